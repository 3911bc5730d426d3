"""Embedding methods, one file a published method; `registry` finds them by name."""
