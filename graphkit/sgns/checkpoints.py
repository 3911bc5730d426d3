"""Checkpoints: a run that was stopped goes on from its last one and ends with the same bits.

A folder holds one file, ``checkpoint.npz``, which is replaced whole: a kill leaves the old one or the new
one. In it stand the vectors, how far the run is, and what it is a run of; another graph or other parameters
are refused.
"""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphkit.checks import as_array
from graphkit.errors import GraphkitWarning, InputError, RunError
from graphkit.files.atomic import PathLike, atomic_path, check_path
from graphkit.files.digests import array_digest
from graphkit.files.json_files import parsed
from graphkit.files.unfinished import remove_unfinished
from graphkit.files.unpacking import open_npz
from graphkit.graph.digest import graph_digest

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph

SECONDS = 60.0
"""Between two checkpoints, about."""

_FILE = "checkpoint.npz"
_HEADER = "header"
_KIND = "graphkit checkpoint 3"
_FORM = {"kind": str, "done": int, "total": int, "run": {}}

GRAPH, INIT = "graph", "initial vectors"
"""Names, in a run, of what is kept as a digest."""

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
        check_path(folder, name="checkpoint")
        self._path = Path(folder) / _FILE
        self._run: dict[str, Any] = json.loads(json.dumps(run, default=_plain))
        self._seconds = SECONDS if seconds is None else seconds
        self._saved = time.monotonic()
        self._failed = False
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise InputError("is a file; a checkpoint needs a folder", path=folder) from error
        except OSError as error:
            raise InputError(f"cannot be made a folder: {error.strerror}", path=folder) from error
        if not resume and self._path.exists():
            raise InputError(
                "is there already; pass resume=True to go on from it, or choose another folder",
                path=self._path,
            )
        remove_unfinished(self._path)

    def tell(self, **more: Any) -> None:
        """Say more of what it is a run of, before it is loaded or saved."""
        self._run.update(more)

    def load(self) -> tuple[int, Arrays]:
        """Return how far the run is and its arrays; 0 and none if there is no checkpoint yet."""
        if not self._path.exists():
            return 0, {}
        header, arrays = _read(self._path)
        differences = _differences(header["run"], self._run)
        if differences:
            raise InputError(
                f"belongs to another run: {'; '.join(differences)}; start it as it was, or choose another "
                "folder",
                path=self._path,
            )
        return header["done"], arrays

    def save(self, done: int, arrays: Callable[[], Arrays], *, total: int) -> None:
        """Write the checkpoint if it is due or the last; a full disk is a warning, and the run goes on.

        `arrays` is called only if it is.
        """
        if done < total and time.monotonic() - self._saved < self._seconds:
            return
        text = json.dumps({"kind": _KIND, "done": int(done), "total": int(total), "run": self._run})
        header = np.frombuffer(text.encode(), np.uint8)
        try:
            with atomic_path(self._path) as temporary:
                np.savez(temporary, allow_pickle=False, **{_HEADER: header}, **arrays())
        except (RunError, InputError, OSError) as error:
            if not self._failed:
                warnings.warn(
                    f"no checkpoint was written, the run goes on without: {error}",
                    GraphkitWarning,
                    stacklevel=3,
                )
            self._failed = True
        self._saved = time.monotonic()


def share_done(folder: PathLike) -> float | None:
    """Return the share of a run that the checkpoint in a folder holds, None if there is none.

    Raises
    ------
    InputError
        If it is damaged.
    """
    path = Path(folder) / _FILE
    if not path.exists():
        return None
    header, _ = _read(path, with_arrays=False)
    return float(header["done"] / max(1, header["total"]))


def run_of(method: str, params: dict[str, Any], graph: Graph, init: ArrayLike | None) -> dict[str, Any]:
    """Return what a checkpoint must agree with; the number of threads changes nothing.

    Examples
    --------
    >>> from graphkit import Graph
    >>> run_of("line", {"dim": 4, "num_threads": 2}, Graph.from_edges([(0, 1)]), None)["dim"]
    4
    """
    start = None if init is None else array_digest(as_array("init", init, np.float32))
    others = {name: value for name, value in params.items() if name != "num_threads"}
    return {"method": method, GRAPH: graph_digest(graph), INIT: start, **others}


def _read(path: Path, *, with_arrays: bool = True) -> tuple[dict[str, Any], Arrays]:
    """What stands in front of a checkpoint, and its arrays."""
    try:
        with path.open("rb") as opened, open_npz(opened, path.stat().st_size) as file:
            header = parsed(file[_HEADER].tobytes(), _FORM, "its header", path)
            arrays = {name: file[name] for name in file.files if with_arrays and name != _HEADER}
        if header["kind"] != _KIND or header["done"] > header["total"]:
            raise ValueError(header["kind"])
    except Exception as error:
        # Of a damaged archive, whose headers are read as Python, whatever comes up.
        raise InputError(
            "is damaged, or no checkpoint of this version of graphkit; remove it to start anew", path=path
        ) from error
    return header, arrays


def _differences(was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What differs; of another method the parameters are others anyway."""
    names = ["method"] if was.get("method") != now.get("method") else list({**now, **was})
    return [
        _difference(name, was.get(name), now.get(name)) for name in names if was.get(name) != now.get(name)
    ]


def _difference(name: str, was: Any, now: Any) -> str:
    """What differs, in words; digests say nothing to anybody."""
    if name == GRAPH:
        return "the graph is another"
    if name == INIT:
        if was is None or now is None:
            return f"there {_given(was)}, here {_given(now)}"
        return "the initial vectors are others"
    return f"there {_shown(name, was)}, here {_shown(name, now)}"


def _shown(name: str, value: Any) -> str:
    return f"no {name}" if value is None else f"{name}={value!r}"


def _given(digest: str | None) -> str:
    return "no initial vectors" if digest is None else "initial vectors"


def _plain(value: Any) -> Any:
    """A number of NumPy's as JSON has it."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be kept in a checkpoint")
