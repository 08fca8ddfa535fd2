"""Lower bounds on the cost of routes by column generation."""
