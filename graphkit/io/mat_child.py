"""A process of its own that reads one matrix of a MATLAB file: SciPy's reader may crash on a damaged one.

The file comes on standard input; the answer is a NumPy archive on standard output: either ``row``, ``col``,
``data`` and ``shape``, or the ``names`` of the file's variables where the one that is wanted is not there, or
a ``fault`` in words. It is run as a script, and imports nothing of the package.
"""

from __future__ import annotations

import io
import sys
from typing import Any

import numpy as np
import scipy.io
import scipy.sparse

try:
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]


def _answer(stream: io.BytesIO, variable: str) -> dict[str, Any]:
    held = [name for name, *_ in scipy.io.whosmat(stream)]  # type: ignore[arg-type]
    if variable not in held:
        return {"names": np.array(held, dtype=np.str_)}
    stream.seek(0)
    matrix: Any = scipy.io.loadmat(stream, variable_names=[variable])[variable]  # type: ignore[arg-type]
    if scipy.sparse.issparse(matrix):
        if hasattr(matrix, "indptr"):
            matrix.check_format(full_check=True)  # type: ignore[attr-defined]
    elif not isinstance(matrix, np.ndarray) or matrix.ndim != 2:
        return {"fault": f"the variable {variable!r} is no matrix of numbers"}
    if matrix.dtype.kind not in "fiub":
        return {"fault": f"the variable {variable!r} is no matrix of numbers"}
    entries = scipy.sparse.coo_array(matrix)
    return {"row": entries.row, "col": entries.col, "data": entries.data, "shape": np.array(entries.shape)}


def _limit_memory(size: int) -> None:
    """What is compressed within the file may become larger than all memory: an error then."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (size, resource.RLIM_INFINITY))


def answer(content: bytes, variable: str) -> bytes:
    """Return the answer for a file's content, a NumPy archive."""
    try:
        found = _answer(io.BytesIO(content), variable)
    except Exception as error:
        # SciPy raises whatever comes up in a damaged file: TypeError, ValueError, zlib.error, OSError, ...
        found = {"fault": f"is no MATLAB file that can be read: {error}"}
    archive = io.BytesIO()
    np.savez(archive, **found)
    return archive.getvalue()


if __name__ == "__main__":
    _limit_memory(int(sys.argv[2]))
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read(), sys.argv[1]))
