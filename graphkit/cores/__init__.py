"""Core numbers, and vectors from the cores outwards."""
