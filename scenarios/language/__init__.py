"""The types of the scenario language and the code that reads it."""
