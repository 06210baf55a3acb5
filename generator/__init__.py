"""Synthetic county-months of any size, obviously invented."""

from generator.county_months import Summary, generate

__all__ = ["Summary", "generate"]
