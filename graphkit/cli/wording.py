"""The library's messages in the words of the command line: parameters become flags."""

from __future__ import annotations

import re

_SPECIAL = {
    "overwrite=True": "--force",
    "weights=None": "--unweighted",
    "directed=False": "--undirected",
}
_PARAMETER = re.compile(r"\b([a-z_]+)=('[^']*'|None|True|False|[\w.]+(?:[+-]\d+)?)(?=[\s;,.)]|$)")
_NAMES = {"weights": "--weight-column", "num_threads": "--threads", "column": "--label-column"}


def in_flags(message: str) -> str:
    """Return a message with ``name='value'`` as ``--name value``.

    Examples
    --------
    >>> in_flags("pass bad_weights='drop' to leave such edges out")
    'pass --bad-weights drop to leave such edges out'
    >>> in_flags("exists already; pass overwrite=True to replace it")
    'exists already; pass --force to replace it'
    >>> in_flags("pass resume=True to go on from it")
    'pass --resume to go on from it'
    """
    return _PARAMETER.sub(_flag, message)


def _flag(match: re.Match[str]) -> str:
    if match[0] in _SPECIAL:
        return _SPECIAL[match[0]]
    name, value = match[1], match[2]
    flag = _NAMES.get(name, "--" + name.replace("_", "-"))
    if value in ("True", "False"):
        return flag if value == "True" else flag.replace("--", "--no-", 1)
    bare = value.strip("'")
    return f"{flag} {bare}" if bare else f"{flag} ''"
