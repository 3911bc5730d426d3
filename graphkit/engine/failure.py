"""What a task raised, on its way from the worker to the driver."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

from graphkit import errors
from graphkit.errors import GraphkitError, InputError, RunError
from graphkit.files.atomic import is_full_disk

KEPT = "what is done is kept: the same run again goes on from there"


def described(error: Exception) -> dict[str, Any]:
    """Return an error as JSON can hold it."""
    if isinstance(error, InputError):
        return {"kind": "InputError", "message": error.message, "path": error.path, "line": error.line}
    if isinstance(error, GraphkitError):
        return {"kind": type(error).__name__, "message": str(error)}
    if isinstance(error, MemoryError):
        return {"kind": "RunError", "message": "a task ran out of memory; fewer workers need less"}
    if isinstance(error, OSError) and is_full_disk(error):
        return {"kind": "RunError", "message": "no space left on the disk"}
    if isinstance(error, FileNotFoundError):
        gone = (
            f"{error.filename}: a file of the run is gone; if this is said again, begin in a new work folder"
        )
        return {"kind": "RunError", "message": gone}
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}, line {place.lineno}"
    return {"kind": "RunError", "message": f"{type(error).__name__}: {error} ({where})"}


def rebuilt(failure: dict[str, Any], stage: str) -> GraphkitError:
    """Return the error again; one of the run says which stage failed, and that nothing is lost."""
    kind, message = failure["kind"], failure["message"]
    if kind == "InputError":
        return InputError(message, failure["path"], failure["line"])
    if kind == "RunError":
        return RunError(f"{message} [stage {stage}]; {KEPT}")
    found: type[GraphkitError] = getattr(errors, kind)
    return found(message)
