"""What the caller says about the edges to read and the graph to make of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from numbers import Integral
from typing import Any

from graphkit.checks import check_choice, is_truth, shown
from graphkit.errors import ParameterError
from graphkit.files.atomic import PathLike
from graphkit.io.weights import BAD_WEIGHTS
from graphkit.parameters import check_declared

ID_TYPES = ("auto", "int", "string")

DECIMALS = (".", ",")

Column = str | int


@dataclass(frozen=True)
class ReadOptions:
    """The options of `graphkit.io.read_graph`, which documents them."""

    directed: bool | None = None
    weights: Column | None = "auto"
    columns: tuple[Column, Column] | None = None
    delimiter: str | None = None
    decimal: str | None = None
    comments: str = "#%"
    id_type: str = "auto"
    nodes: PathLike | Iterable[Any] | None = None
    bipartite: bool | None = None
    duplicates: str | None = None
    self_loops: str = "keep"
    bad_weights: str = "error"
    mat_network: str = "network"

    def __post_init__(self) -> None:
        from graphkit.graph.build import DUPLICATES, SELF_LOOPS

        check_declared(ReadOptions, vars(self))
        check_choice("id_type", self.id_type, ID_TYPES)
        check_choice("bad_weights", self.bad_weights, BAD_WEIGHTS)
        check_choice("self_loops", self.self_loops, SELF_LOOPS)
        if self.duplicates is not None:
            check_choice("duplicates", self.duplicates, DUPLICATES)
        if self.delimiter is not None and (len(self.delimiter.encode()) != 1 or self.delimiter in '"\r\n'):
            raise ParameterError(f"delimiter must be one ASCII character or None, got {self.delimiter!r}")
        if self.decimal not in (None, *DECIMALS):
            raise ParameterError(f"decimal must be '.', ',' or None, got {self.decimal!r}")
        if self.decimal == self.delimiter == ",":
            raise ParameterError("decimal=',' needs another delimiter, got delimiter=','")
        if not self.comments.isascii() or any(character.isspace() for character in self.comments):
            raise ParameterError(f"comments must be ASCII characters, got {self.comments!r}")
        if self.columns is not None and not _are_two(self.columns):
            raise ParameterError(
                f"columns must be two, the source's and the target's; got {shown(self.columns)}"
            )
        if self.weights is not None and not _is_column(self.weights):
            raise ParameterError(f"weights must be a name, a number or None, got {shown(self.weights)}")

    def check_effects(self, format: str, effective: set[str]) -> None:
        """Raise `ParameterError` for an option that was given although it has no effect on the format."""
        for option in fields(self):
            value = getattr(self, option.name)
            given = value is not None if option.default is None else value != option.default
            if given and option.name not in effective:
                raise ParameterError(f"{option.name} has no effect on the format {format}; leave it out")

    def weighted(self, format: str) -> bool | None:
        """Whether to take weights where they have no name: None for "if there are some", else no."""
        if self.weights not in ("auto", None):
            raise ParameterError(
                f"weights must be 'auto' or None for the format {format}, got {self.weights!r}"
            )
        return None if self.weights == "auto" else False


def _are_two(columns: Any) -> bool:
    return isinstance(columns, (tuple, list)) and len(columns) == 2 and all(map(_is_column, columns))


def _is_column(column: Any) -> bool:
    """Whether it may name a column, or number it."""
    return isinstance(column, (str, Integral)) and not is_truth(column)
