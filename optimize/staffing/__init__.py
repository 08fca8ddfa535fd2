"""Decisions about people."""
