"""The contact centre: calls, agents, triage, remote diagnosis."""
