"""Random walks on a GPU: the same walks."""
