"""Options of other tools that more than a name sets apart from ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from graphkit.errors import ParameterError

Rewritten = Callable[[str], list[str]]
"""From an option's value to what stands for both here."""


def rewritten(arguments: list[str], rules: dict[str, Rewritten]) -> list[str]:
    """Return arguments with the options in `rules` as we spell them, and without those that do nothing.

    Raises
    ------
    ParameterError
        For a value that asks for what we do not do.
    """
    ours: list[str] = []
    tokens = iter(arguments)
    for token in tokens:
        if token == "--":
            return [*ours, token, *tokens]
        flag, equals, value = token.partition("=")
        flag = flag.replace("_", "-") if flag.startswith("--") else flag
        if flag in _SWITCHES:
            ours += _SWITCHES[flag]
        elif flag in rules:
            value = value if equals else next(tokens, "")
            if not value:
                raise ParameterError(f"{flag} requires an argument")
            ours += rules[flag](value)
        elif token in ("True", "False") and ours[-1:] == ["--undirected"]:
            _check_undirected(token)
        else:
            ours.append(token)
    _check_mode(arguments)
    return ours


def _named(flag: str) -> Rewritten:
    return lambda value: [flag, value]


def _dropped(value: str) -> list[str]:
    """What has no meaning here."""
    del value
    return []


def _format(value: str) -> list[str]:
    return ["--format", {"edgelist": "text"}.get(value, value)]


def _task(value: str) -> list[str]:
    if value != "pecanpy":
        raise ParameterError(
            f"--task {value} is not done by embed; `graphkit convert FILE FOLDER` saves a graph"
        )
    return []


_MODES = ("DenseOTF", "FirstOrderUnweighted", "PreComp", "PreCompFirstOrder", "SparseOTF")


def _mode(value: str) -> list[str]:
    if value not in _MODES:
        raise ParameterError(f"unknown --mode {value!r}; possible: {', '.join(_MODES)}")
    return ["--unweighted"] if value == "FirstOrderUnweighted" else []


def _check_mode(arguments: list[str]) -> None:
    """Modes of the first order refuse p and q, as in PecanPy."""
    given = _values(arguments)
    mode = given.get("--mode", "")
    if "FirstOrder" in mode and any(_number(given.get(flag, "1")) != 1 for flag in ("--p", "--q")):
        raise ParameterError(f"--mode {mode} is for --p 1 --q 1; leave out --mode, which has no effect here")
    if mode == "FirstOrderUnweighted" and "--weighted" in arguments:
        raise ParameterError(f"--mode {mode} and --weighted contradict each other")


def _values(arguments: list[str]) -> dict[str, str]:
    """What follows each flag."""
    joined = [token.partition("=")[::2] for token in arguments if "=" in token]
    return dict(pairwise(arguments)) | dict(joined)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 1.0


def _check_undirected(value: str) -> None:
    if value == "False":
        raise ParameterError(
            "--undirected False: DeepWalk takes any word here for True; write --directed or --undirected"
        )


VALUES: dict[str, Rewritten] = {
    "--format": _format,
    "--log": _dropped,
    "--max-memory-data-size": _dropped,
    "--mode": _mode,
    "--task": _task,
}
_SWITCHES: dict[str, list[str]] = {"--debug": [], "--verbose": [], "--vertex-freq-degree": []}


def _millions(value: str) -> list[str]:
    try:
        return ["--samples", f"{float(value) * 1e6:.0f}"]
    except (ValueError, OverflowError):
        raise ParameterError(f"-samples takes a number of millions, got {value!r}") from None


def _order(value: str) -> list[str]:
    if value not in ("1", "2"):
        raise ParameterError(f"-order takes 1 or 2, got {value!r}; for both, --method line --order both")
    return ["--order", "first" if value == "1" else "second"]


LINE_VALUES: dict[str, Rewritten] = {
    "-train": lambda value: [value, "--directed"],
    "-output": _named("--output"),
    "-binary": lambda value: ["--output-format", "bin" if value == "1" else "txt"],
    "-size": _named("--dim"),
    "-order": _order,
    "-negative": _named("--num-negatives"),
    "-samples": _millions,
    "-rho": _named("--learning-rate"),
    "-threads": _named("--threads"),
}

_SNAP_VALUE = re.compile(r"-([iodlrkepq]):(.+)")
_SNAP_FLAGS = {
    "o": "--output",
    "d": "--dim",
    "l": "--walk-length",
    "r": "--walks-per-node",
    "k": "--window",
    "e": "--epochs",
    "p": "--p",
    "q": "--q",
}
_SNAP_SWITCHES = {"-v": [], "-dr": ["--directed"], "-w": ["--weighted"]}


def is_of_snap(arguments: list[str]) -> bool:
    """Whether values stand behind colons."""
    return any(_SNAP_VALUE.match(token) for token in arguments)


def of_snap(arguments: list[str]) -> list[str]:
    """Return a line of SNAP's in our spelling.

    Examples
    --------
    >>> of_snap(["-i:a.txt", "-q:0.5", "-w"])
    ['a.txt', '--q', '0.5', '--weighted']
    """
    ours: list[str] = []
    for token in arguments:
        match = _SNAP_VALUE.match(token)
        if token == "-ow":
            raise ParameterError("-ow is not done by embed; `graphkit walks FILE -o OUT` writes walks")
        if match is None:
            ours += _SNAP_SWITCHES.get(token, [token])
        else:
            ours += [match[2]] if match[1] == "i" else [_SNAP_FLAGS[match[1]], match[2]]
    return ours
