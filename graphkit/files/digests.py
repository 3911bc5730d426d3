"""Digests of what JSON can hold, and of what identifies a file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import InputError
from graphkit.files.atomic import PathLike


def digest(value: Any) -> str:
    """Return 32 hexadecimal digits that stand for a value, whatever the order of its keys.

    Examples
    --------
    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=without_numpy)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def without_numpy(value: Any) -> Any:
    """Return a number or an array of NumPy as JSON can hold it, as `json.dumps` asks of its ``default``.

    Examples
    --------
    >>> json.dumps({"dim": np.int64(8), "weights": np.array([0.0, 1.0])}, default=without_numpy)
    '{"dim": 8, "weights": [0.0, 1.0]}'
    """
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(f"JSON holds no {type(value).__name__}")


def file_mark(path: PathLike) -> dict[str, int]:
    """Return what tells that a file is still the same without reading it: its size and time of change.

    Raises
    ------
    InputError
        If there is no such file.
    """
    try:
        facts = Path(path).stat()
    except FileNotFoundError:
        raise InputError("no such file", path=path) from None
    return {"bytes": facts.st_size, "mtime_ns": facts.st_mtime_ns}


def array_digest(*arrays: NDArray[Any]) -> str:
    """Return a digest of arrays, of their types and shapes too."""
    hashed = hashlib.blake2b(digest_size=16)
    for array in arrays:
        hashed.update(f"{array.dtype} {array.shape} ".encode())
        hashed.update(np.ascontiguousarray(array).data)
    return hashed.hexdigest()
