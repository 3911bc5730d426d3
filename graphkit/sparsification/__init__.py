"""Smaller graphs with nearly the same Laplacian: fewer edges, or fewer nodes."""
