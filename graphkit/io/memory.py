"""Memory that reading a file will take, estimated before it is read."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from typing import NamedTuple

from graphkit.errors import InputError
from graphkit.files.atomic import PathLike
from graphkit.io.formats import find_format
from graphkit.io.opening import Source
from graphkit.resources import available_memory, in_bytes

_EXPANSION = {None: 1.0, "gzip": 4.0, "bz2": 5.0, "xz": 6.0, "zstd": 4.5}
"""Plain bytes per compressed byte of edge lists, typical."""

_GZIP_SIZE_HOLDS = 1 << 28
"""Up to this size, the plain size modulo 2**32 that ends a gzip file is the plain size."""

_BYTES_PER_EDGE = 60
"""At the peak: two ids of 8 bytes, two rows of 4, then two arcs of 4, twice while sorted; offsets."""

_BYTES_PER_ENTRY = 12
"""Of a sparse matrix: an index and a value."""

_CELL = re.compile(rb"[^\s,;|]+")

_BYTES_PER_CELL = 80
"""Of a matrix as text, taken apart."""

_STRING_COPIES = 2
"""Strings stand in memory as they were read and once more as ids."""

_XML_COPIES = 8


_FEW_BYTES = 1 << 28
"""That are not worth a look at the system."""


@dataclass(frozen=True)
class MemoryEstimate:
    """What reading a file will take.

    Attributes
    ----------
    file_bytes
        Size of the file.
    num_edges
        Rows, from the size of the file and its first lines.
    needed_bytes
        Memory at the peak of reading.
    available_bytes
        Memory that this process may still take.
    """

    file_bytes: int
    num_edges: int
    needed_bytes: int
    available_bytes: int

    @property
    def fits(self) -> bool:
        """Whether there is enough memory."""
        return self.needed_bytes <= self.available_bytes


class _Content(NamedTuple):
    num_edges: float
    text_bytes: float
    """Bytes that strings will take."""


def estimate_memory(path: PathLike) -> MemoryEstimate:
    r"""Estimate what reading a graph from a file will take, from its size and its first lines.

    Parameters
    ----------
    path
        The file, of any format.

    Returns
    -------
    MemoryEstimate
        Right within a factor of about two.

    Raises
    ------
    InputError
        If there is no such file.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "edges.txt"
    >>> _ = path.write_text("0 1\n1 2\n")
    >>> estimate_memory(path).num_edges
    2
    """
    source = Source(path)
    return estimate(source, find_format(source))


def estimate(source: Source, format: str) -> MemoryEstimate:
    """Return the estimate for a file of a known format."""
    content = _SIZE_OF.get(format, _lines)(source)
    needed = content.num_edges * _BYTES_PER_EDGE + content.text_bytes
    return MemoryEstimate(source.num_bytes, round(content.num_edges), round(needed), available_memory())


def check_memory(source: Source, format: str) -> None:
    """Raise `InputError` if the file's graph will not fit into memory."""
    found = estimate(source, format)
    if not found.fits:
        raise _too_many(source, f"about {found.num_edges:,}", found.needed_bytes, found.available_bytes)


def check_growth(source: Source, num_edges: int) -> None:
    """Raise `InputError` if the edges that were read so far of a compressed file will not fit into memory.

    What is compressed may hold more than `check_memory` expects. A third of what an edge needs is there then.
    """
    needed = num_edges * _BYTES_PER_EDGE * 2 // 3
    if source.compression and needed > _FEW_BYTES and needed > (available := available_memory()):
        raise _too_many(source, f"more than {num_edges:,}", needed, available)


def _too_many(source: Source, edges: str, needed: int, available: int) -> InputError:
    return InputError(
        f"{edges} edges need about {in_bytes(needed)} of memory, {in_bytes(available)} are "
        "available; convert the file out of core, with: graphkit convert FILE FOLDER --engine local "
        "--work WORK; the folder opens without being read into memory",
        source.name,
    )


def _plain_bytes(source: Source) -> float:
    if source.compression == "gzip" and source.num_bytes < _GZIP_SIZE_HOLDS:
        return max(source.num_bytes, int.from_bytes(source.tail(4), "little"))
    return source.num_bytes * _EXPANSION[source.compression]


def _lines(source: Source) -> _Content:
    """An edge a line."""
    plain, head = _plain_bytes(source), source.head
    others = head.translate(None, b"0123456789+-.eE,;| \t\r\n")
    is_numeric = len(others) < len(head) / 4
    return _Content(
        plain * head.count(b"\n") / len(head) or 1.0, 0.0 if is_numeric else _STRING_COPIES * plain
    )


def _numbers(source: Source) -> _Content:
    """An edge a number."""
    return _Content(_plain_bytes(source) * len(source.head.split()) / len(source.head), 0.0)


def _cells(source: Source) -> _Content:
    """A number a cell, of 8 bytes, and the text of it."""
    num_cells = _plain_bytes(source) * len(_CELL.findall(source.head)) / len(source.head)
    return _Content(0.0, num_cells * _BYTES_PER_CELL)


def _xml(source: Source) -> _Content:
    """An element a line at most, and an object each."""
    return _Content(_lines(source).num_edges, _XML_COPIES * _plain_bytes(source))


def _matrix(source: Source) -> _Content:
    return _Content(_plain_bytes(source) * _EXPANSION["gzip"] / _BYTES_PER_ENTRY, 0.0)


def _archive(source: Source) -> _Content:
    """The arrays of an .npz file, whose directory tells their sizes."""
    try:
        with source.seekable() as stream, zipfile.ZipFile(stream) as archive:
            return _Content(sum(entry.file_size for entry in archive.infolist()) / _BYTES_PER_ENTRY, 0.0)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError):
        raise InputError("is no .npz file", source.name) from None


def _parquet(source: Source) -> _Content:
    """The rows that the footer tells."""
    import pyarrow.parquet

    from graphkit.io.arrow_tables import in_arrow_words

    with source.seekable() as stream, in_arrow_words(source.name):
        footer = pyarrow.parquet.read_metadata(stream)
    plain = sum(footer.row_group(number).total_byte_size for number in range(footer.num_row_groups))
    has_text = any(
        footer.schema.column(place).physical_type == "BYTE_ARRAY" for place in range(footer.num_columns)
    )
    return _Content(footer.num_rows, _STRING_COPIES * plain if has_text else 0.0)


_SIZE_OF = {
    "adjlist": _numbers,
    "gexf": _xml,
    "gml": _xml,
    "json": _xml,
    "pajek": _xml,
    "graphml": _xml,
    "mat": _matrix,
    "matrix": _cells,
    "metis": _numbers,
    "npz": _archive,
    "parquet": _parquet,
    "feather": _matrix,
}
