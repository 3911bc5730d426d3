"""MATLAB files: an adjacency matrix, and memberships of its rows in groups."""

from __future__ import annotations

from typing import Any

from graphkit.errors import InputError
from graphkit.io.edge_table import EdgeTable
from graphkit.io.opening import Source
from graphkit.io.options import ReadOptions
from graphkit.io.sparse import from_matrix

HDF5_MAGIC = b"MATLAB 7.3"


def read_mat(source: Source, options: ReadOptions) -> EdgeTable:
    """Read an adjacency matrix; the ids are its rows, from 0."""
    matrix = read_variable(source, options.mat_network, "mat_network")
    table = from_matrix(matrix, weighted=options.weighted("mat"), name=source.name)
    table.description = f"MATLAB, variable {options.mat_network!r}"
    table.remarks.append("ids are the rows of the matrix, from 0")
    return table


def read_variable(source: Source, variable: str, parameter: str) -> Any:
    """Return a matrix of a MATLAB file as SciPy sparse."""
    import scipy.io
    import scipy.sparse

    if source.head.startswith(HDF5_MAGIC):
        raise InputError(
            "is a MATLAB 7.3 file (HDF5); save it again in MATLAB with the option -v7", source.name
        )
    try:
        with source.seekable() as stream:
            held = [name for name, *_ in scipy.io.whosmat(stream)]  # type: ignore[arg-type]
            if variable not in held:
                raise InputError(
                    f"no variable is called {variable!r} ({parameter}); there are: {', '.join(held)}",
                    source.name,
                )
            stream.seek(0)
            matrix = scipy.io.loadmat(stream, variable_names=[variable])[variable]  # type: ignore[arg-type]
    except InputError:
        raise
    except Exception as error:
        # SciPy raises whatever comes up in a damaged file: TypeError, ValueError, zlib.error, OSError, ...
        raise InputError(f"is no MATLAB file that can be read: {error}", source.name) from None
    if not scipy.sparse.issparse(matrix) and (matrix.ndim != 2 or matrix.dtype.kind not in "fiub"):
        raise InputError(f"the variable {variable!r} is no matrix of numbers", source.name)
    return scipy.sparse.coo_array(matrix)
