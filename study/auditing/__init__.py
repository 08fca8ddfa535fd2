"""A plan held against the runs: what it promised, what was delivered, and why they differ."""
