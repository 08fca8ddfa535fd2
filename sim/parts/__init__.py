"""Spare parts in vans, stations and centres."""
