"""NumPy archives: a matrix of ``scipy.sparse.save_npz``, or PecanPy's CSR with ids."""

from __future__ import annotations

from typing import IO, Any

from graphkit.arrays import NodeIds
from graphkit.errors import InputError
from graphkit.files.unpacking import open_npz
from graphkit.graph.node_ids import as_node_ids
from graphkit.io.edge_table import EdgeTable
from graphkit.io.opening import Source
from graphkit.io.options import ReadOptions
from graphkit.io.sparse import from_matrix

_PECANPY = {"IDs", "data", "indptr", "indices"}
_SCIPY = {"format", "shape", "data"}


def read_npz(source: Source, options: ReadOptions) -> EdgeTable:
    """Read an ``.npz`` file; one that holds Python objects (pickles) is refused."""
    weighted = options.weighted("npz")
    try:
        with source.seekable() as stream:
            matrix, node_ids = _matrix(stream, source.num_bytes)
    except InputError as error:
        raise InputError(error.message, source.name) from None
    except Exception as error:
        # NumPy and SciPy raise whatever comes up in a damaged archive, whose headers are read as Python.
        raise InputError(_in_words(error), source.name) from None
    table = from_matrix(matrix, node_ids, weighted=weighted, name=source.name)
    table.description = ".npz, SciPy sparse matrix" if node_ids is None else ".npz, CSR with ids"
    return table


def _matrix(stream: IO[bytes], num_bytes: int) -> tuple[Any, NodeIds | None]:
    """(adjacency matrix, ids of its rows or None)."""
    import scipy.sparse

    with open_npz(stream, num_bytes) as archive:
        keys = set(archive.files)
        if keys >= _PECANPY:
            node_ids = as_node_ids(archive["IDs"])
            arrays = archive["data"], archive["indices"], archive["indptr"]
            return scipy.sparse.csr_array(arrays, shape=(len(node_ids), len(node_ids))), node_ids
    if keys >= _SCIPY:
        stream.seek(0)
        return scipy.sparse.load_npz(stream), None
    raise InputError(
        f"holds {', '.join(sorted(keys)) or 'nothing'}; expected the arrays of scipy.sparse.save_npz, or of "
        "PecanPy (IDs, data, indptr, indices)"
    )


def _in_words(error: Exception) -> str:
    if "pickle" in str(error):
        return (
            "holds Python objects, which only unsafe pickles can carry; save its ids as plain strings, for "
            "instance IDs=np.asarray(ids, dtype='U')"
        )
    return f"holds no sparse matrix that can be read: {error}"
