"""``--config FILE``: options from a TOML file, as if they were typed before the others."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from graphkit.cli.parameters import flag_of
from graphkit.errors import InputError, ParameterError

FLAG = "--config"


def with_config(arguments: list[str], groups: set[str]) -> list[str]:
    """Return a command line with the options of its ``--config`` file in it.

    Parameters
    ----------
    arguments
        What was typed; later options win, so that what is typed outdoes the file.
    groups
        Commands that have a second word.

    Raises
    ------
    ParameterError
        If no file follows.
    InputError
        For a file that cannot be read, or holds what is no option.
    """
    words, files = _taken_out(arguments)
    if not files:
        return arguments
    at = 2 if words[:1] and words[0] in groups else 1
    options = [word for file in files for word in _options_of(file)]
    return [*words[:at], *options, *words[at:]]


def _taken_out(arguments: list[str]) -> tuple[list[str], list[str]]:
    """The command line without ``--config FILE``, and the files; behind ``--`` nothing is an option."""
    words, files = [], []
    left = iter(arguments)
    for word in left:
        if word == "--":
            words += [word, *left]
        elif word == FLAG:
            file = next(left, None)
            if file is None:
                raise ParameterError(f"{FLAG} takes a file: {FLAG} run.toml")
            files.append(file)
        elif word.startswith(f"{FLAG}="):
            files.append(word.removeprefix(f"{FLAG}="))
        else:
            words.append(word)
    return words, files


def _options_of(file: str) -> list[str]:
    try:
        held = tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=file) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"is not TOML: {error}", path=file) from None
    return [word for name, value in held.items() for word in _words_of(name, value, file)]


def _words_of(name: str, value: Any, file: str) -> list[str]:
    """An option as it is typed: on or off, once for each word of a list, numbers of a list with commas."""
    flag = flag_of(name)
    if isinstance(value, bool):
        return [flag] if value else [f"--no-{flag[2:]}"]
    if isinstance(value, (str, int, float)):
        return [f"{flag}={value}"]
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return [f"{flag}={each}" for each in value]
    if isinstance(value, list) and value and all(isinstance(each, (int, float)) for each in value):
        return [f"{flag}={','.join(map(str, value))}"]
    raise InputError(
        f"{name} must be a word, a number, true or false, or a list of words or numbers", path=file
    )
