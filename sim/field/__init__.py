"""Field service: dispatch, technicians, visits."""
