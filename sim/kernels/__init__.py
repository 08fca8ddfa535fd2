"""Compiled steps on arrays: pure functions, without Python objects and without memory of their own."""
