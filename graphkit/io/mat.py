"""MATLAB files: an adjacency matrix, and memberships of its rows in groups."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from graphkit.errors import InputError
from graphkit.io.edge_table import EdgeTable
from graphkit.io.opening import Source
from graphkit.io.options import ReadOptions
from graphkit.io.sparse import from_matrix
from graphkit.resources import available_memory

HDF5_MAGIC = b"MATLAB 7.3"


def read_mat(source: Source, options: ReadOptions) -> EdgeTable:
    """Read an adjacency matrix; the ids are its rows, from 0."""
    matrix = read_variable(source, options.mat_network, "mat_network")
    table = from_matrix(matrix, weighted=options.weighted("mat"), name=source.name)
    table.description = f"MATLAB, variable {options.mat_network!r}"
    table.remarks.append("ids are the rows of the matrix, from 0")
    return table


def read_variable(source: Source, variable: str, parameter: str) -> Any:
    """Return a matrix of a MATLAB file as SciPy sparse, read by a process of its own; see `mat_child`."""
    import scipy.sparse

    if source.head.startswith(HDF5_MAGIC):
        raise InputError(
            "is a MATLAB 7.3 file (HDF5); save it again in MATLAB with the option -v7", source.name
        )
    with source.seekable() as stream:
        said = _asked(stream.read(), variable)
    if said is None:
        raise InputError("is no MATLAB file that can be read: it is damaged", source.name)
    with np.load(io.BytesIO(said), allow_pickle=False) as archive:
        answer = dict(archive)
    if "fault" in answer:
        raise InputError(str(answer["fault"]), source.name)
    if "names" in answer:
        raise InputError(
            f"no variable is called {variable!r} ({parameter}); there are: {', '.join(answer['names'])}",
            source.name,
        )
    places = answer["row"], answer["col"]
    return scipy.sparse.coo_array((answer["data"], places), shape=tuple(answer["shape"].tolist()))


def _asked(content: bytes, variable: str) -> bytes | None:
    """The answer of the process that reads, a NumPy archive; None if it crashed."""
    # -P: the folder of the script is no place to import from.
    script = str(Path(__file__).with_name("mat_child.py"))
    command = [sys.executable, "-P", script, variable, str(available_memory())]
    ended = subprocess.run(command, input=content, capture_output=True, check=False)
    return None if ended.returncode else ended.stdout
