"""Checkpoints: a run that was stopped goes on from its last one and ends with the same bits.

A folder holds one file, ``checkpoint.npz``, which is replaced whole: a kill leaves the old one or the new
one. In it stand the vectors, how far the run is, and what it is a run of; another graph or other parameters
are refused.
"""

from __future__ import annotations

import hashlib
import json
import time
import warnings
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import GraphkitWarning, InputError, RunError
from graphkit.files import PathLike, atomic_path

if TYPE_CHECKING:
    from graphkit.graph import Graph

SECONDS = 60.0
"""Between two checkpoints, about."""

_FILE = "checkpoint.npz"
_HEADER = "header"

Arrays = dict[str, NDArray[Any]]


class Checkpoint:
    """The checkpoint of one run.

    Parameters
    ----------
    folder
        Where it is; made if it does not exist.
    run
        What it is a run of, as JSON can hold it: names and values.
    resume
        Whether to go on from a checkpoint that is there; without it, one that is there is refused.
    seconds
        Between two checkpoints, >= 0.

    Raises
    ------
    InputError
        If the folder holds a checkpoint and `resume` is false, or one of another run, or a damaged one.
    """

    def __init__(
        self, folder: PathLike, run: dict[str, Any], *, resume: bool = False, seconds: float | None = None
    ):
        self._path = Path(folder) / _FILE
        self._run: dict[str, Any] = json.loads(json.dumps(run))
        self._seconds = SECONDS if seconds is None else seconds
        self._saved = time.monotonic()
        self._failed = False
        if not resume and self._path.exists():
            raise InputError("is there already: resume from it, or choose another folder", path=self._path)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot be made a folder: {error.strerror}", path=folder) from error

    def load(self) -> tuple[int, Arrays]:
        """Return how far the run is and its arrays; 0 and none if there is no checkpoint yet."""
        if not self._path.exists():
            return 0, {}
        try:
            with np.load(self._path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            header = json.loads(arrays.pop(_HEADER).tobytes())
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise InputError(f"is damaged or no checkpoint of graphkit: {error}", path=self._path) from error
        other = [
            name for name in {**header["run"], **self._run} if header["run"].get(name) != self._run.get(name)
        ]
        if other:
            differences = "; ".join(
                f"{name} was {header['run'].get(name)!r}, is {self._run.get(name)!r}"
                for name in sorted(other)
            )
            raise InputError(f"belongs to another run: {differences}", path=self._path)
        return int(header["done"]), arrays

    def save(self, done: int, arrays: Arrays, *, last: bool = False) -> None:
        """Write the checkpoint if it is due or the last; a full disk is a warning, and the run goes on."""
        if not last and time.monotonic() - self._saved < self._seconds:
            return
        header = np.frombuffer(json.dumps({"done": done, "run": self._run}).encode(), np.uint8)
        try:
            with atomic_path(self._path) as temporary:
                np.savez(temporary, allow_pickle=False, **{_HEADER: header}, **arrays)
        except (RunError, InputError, OSError) as error:
            if not self._failed:
                warnings.warn(
                    f"no checkpoint was written, the run goes on: {error}", GraphkitWarning, stacklevel=3
                )
            self._failed = True
        self._saved = time.monotonic()


def graph_digest(graph: Graph) -> str:
    """Return a digest of a graph's nodes, arcs and weights.

    Examples
    --------
    >>> from graphkit import Graph
    >>> graph_digest(Graph.from_edges([(0, 1)])) == graph_digest(Graph.from_edges([(0, 2)]))
    False
    """
    digest = hashlib.blake2b(digest_size=16)
    for array in (graph.indptr, graph.indices, graph.weights):
        if array is not None:
            digest.update(np.ascontiguousarray(array).data)
    digest.update(json.dumps([graph.directed, graph.node_ids.tolist()]).encode())
    return digest.hexdigest()
