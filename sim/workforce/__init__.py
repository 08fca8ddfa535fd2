"""The people of field service: presence, skill, morale, attrition, quality of their work."""
