"""Random walks of the first and second order."""
