"""Node ids as the caller gave them, and the way from an id to its row."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphkit.arrays import NodeIds
from graphkit.checks import kind_of
from graphkit.errors import InputError, UnknownNodeError

STRING = np.dtypes.StringDType()

_TOO_LARGE = "node ids must be whole numbers of 64 bits; give larger ones as strings"

_FEW_IDS = 64
"""That are looked for without a table of all."""

_DENSE_FACTOR = 4
"""A table over the ids' whole range is used while it has at most this many slots a node."""


def as_node_ids(values: Iterable[Any]) -> NodeIds:
    """Return unique node ids as an int64 or a string array, refusing anything else.

    Parameters
    ----------
    values
        Whole numbers that fit into 64 bits, or strings; not both.

    Returns
    -------
    int64 or StringDType [len(values)]

    Raises
    ------
    InputError
        For floats, missing values, a mixture of numbers and strings, or a repeated id.

    Examples
    --------
    >>> as_node_ids([10, -3])
    array([10, -3])
    >>> as_node_ids([1, "a"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    graphkit.errors.InputError: node ids must be all whole numbers or all strings, found int and str; give ...
    """
    ids = coerce_ids(values)
    unique, first, counts = np.unique(ids, return_index=True, return_counts=True)
    if len(unique) < len(ids):
        repeated = np.sort(first[counts > 1])[:1]
        raise InputError(f"node id {ids[repeated].tolist()[0]!r} appears more than once")
    return ids


def coerce_ids(values: Iterable[Any]) -> NodeIds:
    """Return ids, repeated ones allowed, as an int64 or a string array."""
    if not isinstance(values, Iterable):
        raise InputError(f"node ids must be a list or an array of ids, got {kind_of(values)}")
    array = values if isinstance(values, np.ndarray) else _array_of_one_kind(list(values))
    if array.ndim != 1:
        raise InputError(f"node ids must be one-dimensional, got shape {array.shape}")
    if array.dtype.kind == "U" or array.dtype == STRING:
        return as_strings(array)
    # Strings of another type of NumPy's may be missing, as those of pandas.
    if array.dtype.kind in "OT":
        return coerce_ids(_array_of_one_kind(array.tolist()))
    if array.dtype == np.uint64 and array.max(initial=0) >= 2**63:
        raise InputError(_TOO_LARGE)
    if array.dtype.kind not in "iu":
        raise InputError(_neither(str(array.dtype)))
    return array.astype(np.int64, copy=False)


def _array_of_one_kind(values: list[Any]) -> NodeIds:
    """Make an array without NumPy's silent conversion of mixed lists into strings or floats."""
    kinds = {_kind(value) for value in set(map(type, values))}
    if len(kinds) > 1:
        remedy = "give all as strings, for instance by str(id)"
        if kinds & {"NoneType", "float"}:
            remedy = "leave out what has no id, and give the others as whole numbers or as strings"
        found = " and ".join(sorted(kinds))
        raise InputError(f"node ids must be all whole numbers or all strings, found {found}; {remedy}")
    if kinds == {"str"}:
        return as_strings(values)
    if kinds <= {"int"}:
        try:
            return np.array(values, dtype=np.int64)
        except OverflowError:
            raise InputError(_TOO_LARGE) from None
    raise InputError(_neither(kinds.pop()))


def as_strings(values: Any) -> NodeIds:
    """Return texts as an array of strings, or raise `InputError` for one that is no Unicode text."""
    try:
        return np.array(values, dtype=STRING)
    except (UnicodeEncodeError, TypeError):
        wrong = next(text for text in values if text != text.encode(errors="replace").decode())
        raise InputError(
            f"the id {str(wrong)!r} holds half of a character, a surrogate, which no file can hold; take it "
            "out, for instance by .encode('utf-8', 'replace').decode()"
        ) from None


def _neither(kind: str) -> str:
    return (
        f"node ids must be strings or whole numbers of 64 bits, got {kind}; give them as strings, or as "
        "whole numbers, for instance by .astype('int64')"
    )


def _kind(type_: type) -> str:
    if issubclass(type_, (str, np.str_)):
        return "str"
    if issubclass(type_, (int, np.integer)) and not issubclass(type_, bool):
        return "int"
    return type_.__name__


class NodeIndex:
    """From node ids to rows.

    Parameters
    ----------
    node_ids
        Unique ids, int64 or strings, [num_nodes].

    Notes
    -----
    Whole numbers in a dense range are looked up in a table, others by binary search, strings in a
    dictionary; each is made at the first question that needs it: a few numbers that are row numbers, or stand
    in ascending order, are found without.

    Examples
    --------
    >>> index = NodeIndex(as_node_ids(["cat", "dog"]))
    >>> index.row("dog"), index.find(["cat", "cow"]).tolist()
    (1, [0, -1])
    """

    def __init__(self, node_ids: NodeIds):
        self.node_ids = node_ids

    def find(self, ids: Iterable[Any]) -> NDArray[np.int64]:
        """Return the row of each id, -1 where it is unknown; int64 [len(ids)]."""
        wanted = coerce_ids(ids)
        if wanted.size == 0:
            return np.empty(0, np.int64)
        if wanted.dtype != self.node_ids.dtype:
            return np.full(len(wanted), -1)
        if wanted.dtype == np.int64:
            return self._find_numbers(wanted)
        table = self._dictionary
        return np.fromiter((table.get(text, -1) for text in wanted.tolist()), np.int64, len(wanted))

    def rows(self, ids: Iterable[Any]) -> NDArray[np.int64]:
        """Return the row of each id; int64 [len(ids)].

        Raises
        ------
        UnknownNodeError
            For the first id that is not there, with the nearest one that is.
        """
        wanted = coerce_ids(ids)
        rows = self.find(wanted)
        missing = np.flatnonzero(rows < 0)
        if missing.size:
            raise self.unknown(wanted[missing[0]])
        return rows

    def row(self, node_id: Any) -> int:
        """Return the row of one id, or raise `UnknownNodeError`."""
        # Most numbers are those of their rows.
        if type(node_id) is int and 0 <= node_id < len(self.node_ids) and self.node_ids[node_id] == node_id:
            return node_id
        return int(self.rows([node_id])[0])

    def unknown(self, node_id: Any) -> UnknownNodeError:
        """Return the error for an id that is not there."""
        held = "strings" if self.node_ids.dtype == STRING else "whole numbers"
        if not isinstance(node_id, str):
            hint = f"; the ids here are {held}" if held == "strings" else ""
            return UnknownNodeError(f"no node has the id {int(node_id)}{hint}")
        if held != "strings":
            return UnknownNodeError(f"no node has the id {node_id!r}; the ids here are {held}")
        nearest = difflib.get_close_matches(node_id, self.node_ids[:200_000].tolist(), n=1)
        hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
        return UnknownNodeError(f"no node has the id {node_id!r}{hint}")

    def _find_numbers(self, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
        if len(wanted) <= _FEW_IDS and "_table" not in self.__dict__:
            rows = self._likely_rows(wanted)
            if (rows >= 0).all():
                return rows
        low, table = self._table
        if table is not None:
            inside = (wanted >= low) & (wanted < low + len(table))
            slots = np.where(inside, wanted - low, 0)
            return np.where(inside, table[slots], -1)
        order, ordered = self._sorted
        if order.size == 0:
            return np.full(len(wanted), -1)
        places = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
        return np.where(ordered[places] == wanted, order[places], -1)

    def _likely_rows(self, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row of each id where ids are row numbers or ascend, which reads little of a file; else -1."""
        if self.node_ids.size == 0:
            return np.full(len(wanted), -1)
        last = len(self.node_ids) - 1
        numbers = np.clip(wanted, 0, last)
        places = np.minimum(np.searchsorted(self.node_ids, wanted), last)
        rows = np.where(self.node_ids[numbers] == wanted, numbers, places)
        return np.where(self.node_ids[rows] == wanted, rows, -1)

    @cached_property
    def _table(self) -> tuple[int, NDArray[np.int64] | None]:
        """The lowest id and the row of each id of the range, None where the range is not dense."""
        ids = self.node_ids
        if ids.size == 0:
            return 0, None
        low, high = int(ids.min()), int(ids.max())
        if high - low >= _DENSE_FACTOR * len(ids):
            return low, None
        table = np.full(high - low + 1, -1)
        table[ids - low] = np.arange(len(ids))
        return low, table

    @cached_property
    def _sorted(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        order = np.argsort(self.node_ids, kind="stable")
        return order, self.node_ids[order]

    @cached_property
    def _dictionary(self) -> dict[str, int]:
        return {text: row for row, text in enumerate(self.node_ids.tolist())}
