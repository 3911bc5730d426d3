"""Powers of a sparse matrix times thin matrices."""
