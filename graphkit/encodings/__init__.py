"""Structural and positional encodings: of the random walk's powers, of the Laplacian, of degrees."""
