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


def _main() -> None:
    content = io.BytesIO(sys.stdin.buffer.read())
    try:
        answer = _answer(content, sys.argv[1])
    except Exception as error:
        # SciPy raises whatever comes up in a damaged file: TypeError, ValueError, zlib.error, OSError, ...
        answer = {"fault": f"is no MATLAB file that can be read: {error}"}
    archive = io.BytesIO()
    np.savez(archive, **answer)
    sys.stdout.buffer.write(archive.getvalue())


if __name__ == "__main__":
    _main()
