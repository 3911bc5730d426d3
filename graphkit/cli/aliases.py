"""Other spellings: command lines of node2vec, PecanPy and DeepWalk run as they are."""

from __future__ import annotations

ALIASES = {
    "--dimensions": "--dim",
    "--representation-size": "--dim",
    "--num-threads": "--threads",
    "--random-state": "--seed",
    "--train-ratio": "--train-ratios",
    "--workers": "--threads",
}
"""Another spelling → ours."""

POSITIONAL = ("--input", "-i")
"""Flags whose value is a positional argument here."""


def translate(arguments: list[str]) -> list[str]:
    """Return arguments in our spelling; underscores in flags become dashes.

    Examples
    --------
    >>> translate(["--input", "a.txt", "--random_state=3", "--workers", "4"])
    ['a.txt', '--seed=3', '--threads', '4']
    """
    translated: list[str] = []
    for position, token in enumerate(arguments):
        if token == "--":
            return translated + arguments[position:]
        flag, equals, value = token.partition("=")
        if flag in POSITIONAL:
            translated += [value] if equals else []
        elif flag.startswith("--"):
            dashed = flag.replace("_", "-")
            translated.append(ALIASES.get(dashed, dashed) + equals + value)
        else:
            translated.append(token)
    return translated
