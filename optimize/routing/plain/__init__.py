"""Fast search for plain problems: one capacity, one time window per stop, one or several depots."""
