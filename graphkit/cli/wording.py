"""The library's messages in the words of the command line: parameters become flags."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SPECIAL = {
    "overwrite=True": "--force",
    "weights=None": "--unweighted",
    "directed=False": "--undirected",
}
_PARAMETER = r"\b(?P<name>[a-z_]+)=(?P<value>'[^']*'|None|True|False|[\w.]+(?:[+-]\d+)?)(?=[\s;,.)]|$)"
_QUOTED = r"""(?<![\w=])'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
"""What stands in quotes behind anything but a name was given, and is repeated as it is."""
_NAMES = {
    "column": "--label-column",
    "num_threads": "--threads",
    "separator": "--label-separator",
    "weights": "--weight-column",
}


def in_flags(message: str, given: Iterable[str] = ()) -> str:
    """Return a message with ``name='value'`` as ``--name value``.

    Parameters
    ----------
    message
        What the library says of its parameters.
    given
        Words that are data even if they look like parameters: what was typed, paths.

    Examples
    --------
    >>> in_flags("pass bad_weights='drop' to leave such edges out")
    'pass --bad-weights drop to leave such edges out'
    >>> in_flags("exists already; pass overwrite=True to replace it")
    'exists already; pass --force to replace it'
    >>> in_flags("pass resume=True to go on from it")
    'pass --resume to go on from it'
    >>> in_flags("seed=1.txt: found 'p=2'", ["seed=1.txt"])
    "seed=1.txt: found 'p=2'"
    """
    data = [re.escape(word) for word in sorted(given, key=len, reverse=True) if "=" in word]
    return re.sub("|".join([f"(?P<data>{'|'.join([*data, _QUOTED])})", _PARAMETER]), _flag, message)


def _flag(match: re.Match[str]) -> str:
    if match["data"] is not None:
        return match[0]
    if match[0] in _SPECIAL:
        return _SPECIAL[match[0]]
    name, value = match["name"], match["value"]
    flag = _NAMES.get(name, "--" + name.replace("_", "-"))
    if value in ("True", "False"):
        return flag if value == "True" else flag.replace("--", "--no-", 1)
    bare = value.strip("'")
    return f"{flag} {bare}" if bare else f"{flag} ''"
