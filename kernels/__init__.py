"""Kernels: functions over arrays, one sub-package a backend (``cpu``: Numba, ``gpu``: Triton)."""

if __name__ != "graphkit.kernels":
    raise ImportError("the kernels live in the package graphkit: import graphkit.kernels")
