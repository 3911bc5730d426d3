"""Exact nearest neighbours on a GPU."""
