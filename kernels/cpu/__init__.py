"""Numba kernels: nopython, released GIL, a range of rows each; threads are the caller's matter."""
