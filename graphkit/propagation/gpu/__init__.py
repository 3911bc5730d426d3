"""Powers of a sparse matrix times thin matrices, on a GPU."""
