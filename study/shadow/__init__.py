"""Closed forms beside the KPIs of a run."""
