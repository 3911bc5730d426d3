"""Graphs to try things on: shipped, found in ``GRAPHKIT_DATA``, downloaded, or generated."""

if __name__ != "graphkit.datasets":
    raise ImportError("the data sets live in the package graphkit: import graphkit.datasets")
