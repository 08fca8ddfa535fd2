"""After-sales service: what its rooms share. Requests pass the installed base, contact centre, field, parts."""
