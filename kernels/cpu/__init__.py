"""Numba kernels: nopython, released GIL, a range of rows each; threads are the caller's matter."""

from graphkit.kernels.cpu.compiled_cache import watch_all_kernels

watch_all_kernels()
