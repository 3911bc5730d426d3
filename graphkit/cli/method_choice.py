"""Which method a line of ``graphkit embed`` means that does not name one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.cli.method_options import DEFAULT_METHOD, OUT_OF_CORE_METHOD, flags_of
from graphkit.methods.registry import METHODS

if TYPE_CHECKING:
    from graphkit.cli.aliases import Line

_SHORT = {"-d": "--dim", "-o": "--output"}


def completed(line: Line) -> Line:
    """Return the line with ``--method`` and, if it is another tool's as it is, with that tool's defaults.

    The method is the tool's, or else the default, FastRP with ``--engine``, unless another has more of the
    options that were given. A tool whose method it is not does not count as the line's.
    """
    arguments, tool = line.arguments, line.tool
    given = _flags(arguments)
    if "--method" in given or given & {"--help", "-h"}:
        return replace(line, tool=None)
    default = OUT_OF_CORE_METHOD if "--engine" in given else DEFAULT_METHOD
    method = _most_fitting(given, tool.method if tool else default)
    if tool and method != tool.method:
        tool = None
    if method != DEFAULT_METHOD:
        arguments = [arguments[0], "--method", method, *arguments[1:]]
    if tool and line.whole:
        defaults = tool.defaults | _output_format(arguments)
        arguments += [part for flag, value in defaults.items() if flag not in given for part in (flag, value)]
    return replace(line, arguments=arguments, tool=tool, chosen=method != DEFAULT_METHOD)


def _most_fitting(given: set[str], preferred: str) -> str:
    """The method that has most of the flags; of several the preferred one, then FastRP, then node2vec."""
    order = [preferred, *(name for name in ("fastrp", "node2vec", *METHODS) if name != preferred)]
    return max(order, key=lambda name: len(given & flags_of(name)))


def _flags(arguments: Iterable[str]) -> set[str]:
    flags = {token.partition("=")[0] for token in arguments if token.startswith("-")}
    return {_SHORT.get(flag, flag) for flag in flags}


def _output_format(arguments: list[str]) -> dict[str, str]:
    """The tools write text under any name; here the suffix tells the format, if it is a known one."""
    from graphkit.io.vectors import FORMATS

    following = dict(pairwise(arguments))
    output = following.get("--output", following.get("-o", "-"))
    known = output == "-" or Path(output).suffix.lower() in FORMATS
    return {} if known else {"--output-format": "txt"}
