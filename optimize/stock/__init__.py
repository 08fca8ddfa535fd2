"""Stock decisions."""
