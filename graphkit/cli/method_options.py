"""A method's parameters as options."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from graphkit.cli.fit_options import fit_flags
from graphkit.cli.parameters import option
from graphkit.cli.signature_options import flag_for, options_of, values_of
from graphkit.cli.structure_input import structure_flags
from graphkit.methods.base import Embedder
from graphkit.methods.registry import MAPS, METHODS, find_method

DEFAULT_METHOD, DEFAULT_MAP = "auto", "largevis"

OUT_OF_CORE_METHOD = "fastrp"
"""The default with ``--engine``."""


def method_option() -> inspect.Parameter:
    """Return the option that chooses the method."""
    return option(
        "method", DEFAULT_METHOD, f"How to embed: {', '.join(METHODS)}.", metavar="NAME", values=METHODS
    )


def map_option() -> inspect.Parameter:
    """Return the option that chooses the method of a map."""
    return option("method", DEFAULT_MAP, f"How to lay out: {', '.join(MAPS)}.", metavar="NAME", values=MAPS)


def method_options(method: type[Embedder]) -> list[inspect.Parameter]:
    """Return one option for each parameter of a method."""
    return options_of(method.parameters(), method, panel=f"Method {method.name}")


def make_method(name: str, values: dict[str, Any]) -> Embedder:
    """Return the method of a name with the options' values, checked.

    Raises
    ------
    ParameterError
        For a value outside its range.
    """
    method = find_method(name)
    made: Embedder = method(**values_of(method.parameters(), values))
    # Estimating checks the parameters, long before a graph is read.
    made.estimate(1, 1)
    return made


def flags_of(name: str, among: Mapping[str, str] = METHODS) -> set[str]:
    """Return the flags of a method's parameters, and of the types or times that it needs."""
    method = find_method(name, among)
    return set(map(flag_for, method.parameters())) | structure_flags(method.takes)


def owners_of(flag: str, among: Mapping[str, str]) -> list[str]:
    """Return the names of the methods that have a flag, as a parameter of theirs or of their `fit`."""
    return [name for name in among if flag in flags_of(name, among) | fit_flags(find_method(name, among))]


def all_flags(among: Mapping[str, str]) -> list[str]:
    """Return the flags of the parameters of all methods."""
    return sorted(set().union(*(flags_of(name, among) for name in among)))
