"""Fair rosters: who works which shift on which day."""
