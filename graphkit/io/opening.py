"""A file's plain bytes: mapped, decompressed in blocks, or taken from standard input."""

from __future__ import annotations

import contextlib
import io
import mmap
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

from graphkit.errors import InputError
from graphkit.files.atomic import PathLike, check_path
from graphkit.files.mapped import check_size, handle_bus_errors
from graphkit.files.unpacking import check_in_memory
from graphkit.io.compression import compression_of, damage_in_words, decompressed, plain_suffix

BLOCK_BYTES = 32 << 20
"""Plain bytes of a compressed file that are in memory at once, twice."""

HEAD_BYTES = 1 << 18

_NEWLINE = b"\n"

_EMPTY = "the file is empty"

_STANDARD_INPUT = "-"

Text = NDArray[np.uint8]


class Source:
    """A file whose plain bytes can be read, as often as needed.

    Parameters
    ----------
    path
        The file, compressed or not, or ``"-"`` for standard input; that and a pipe are kept in memory.

    Attributes
    ----------
    name
        The path, for messages.
    suffix
        The file's suffix without that of the compression, in lower case.

    Raises
    ------
    InputError
        If there is no such file, it is a folder or it is empty.
    """

    def __init__(self, path: PathLike):
        check_path(path)
        self.name = os.fspath(path)
        self._bytes: bytes | None = None
        if self.name == _STANDARD_INPUT:
            self.name, self._bytes = "standard input", sys.stdin.buffer.read()
        else:
            _check_file(Path(path))
            if not Path(path).is_file():
                # A pipe can be read only once.
                self._bytes = Path(path).read_bytes()
        self.suffix = plain_suffix(self.name)
        if not self.num_bytes:
            raise InputError(_EMPTY, self.name)

    @classmethod
    def of_bytes(cls, content: bytes, name: str) -> Self:
        """Return a source of plain bytes at hand; `name` is for messages."""
        source = cls.__new__(cls)
        source.name, source._bytes, source.suffix = name, content, plain_suffix(name)
        return source

    @property
    def num_bytes(self) -> int:
        """Size of the file as it is, compressed or not."""
        return len(self._bytes) if self._bytes is not None else Path(self.name).stat().st_size

    @cached_property
    def compression(self) -> str | None:
        """``"gzip"``, ``"bz2"``, ``"xz"``, ``"zstd"`` or None."""
        with self._raw() as stream:
            return compression_of(stream.read(6))

    @cached_property
    def head(self) -> bytes:
        """The first plain bytes, up to 256 KiB."""
        with self.open() as stream, damage_in_words(self.name):
            head: bytes = stream.read(HEAD_BYTES)
        if not head:
            raise InputError(_EMPTY, self.name)
        return head

    def tail(self, num_bytes: int) -> bytes:
        """Return the last bytes of the file as it is, compressed or not."""
        with self._raw() as stream:
            stream.seek(max(0, self.num_bytes - num_bytes))
            return stream.read()

    @contextlib.contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the plain bytes as a stream."""
        with (
            damage_in_words(self.name),
            self._raw() as raw,
            decompressed(raw, self.compression, self.num_bytes, self.name) as plain,
        ):
            yield plain

    @contextlib.contextmanager
    def seekable(self) -> Iterator[IO[bytes]]:
        """Open the plain bytes as a stream that can be read in any order; in memory if it was compressed."""
        with self.open() as stream:
            yield stream if self.compression is None else io.BytesIO(stream.read())

    def blocks(self) -> Iterator[Text]:
        """Yield the plain bytes in blocks of whole lines; an uncompressed file is one block, not copied."""
        if self.compression is not None:
            yield from _ahead(self._decompressed_blocks())
        elif self._bytes is not None:
            yield np.frombuffer(self._bytes, np.uint8)
        else:
            with self._raw() as stream:
                mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
                size = mapped.size()
                handle_bus_errors()
                yield np.frombuffer(mapped, np.uint8)
                check_size(mapped, size, self.name)

    def _raw(self) -> IO[bytes]:
        return io.BytesIO(self._bytes) if self._bytes is not None else Path(self.name).open("rb")

    def _decompressed_blocks(self) -> Iterator[Text]:
        rest: list[bytes] = []
        with self.open() as stream:
            while block := stream.read(BLOCK_BYTES):
                end = block.rfind(_NEWLINE) + 1
                if end:
                    yield np.frombuffer(b"".join([*rest, block[:end]]), np.uint8)
                    rest = []
                rest.append(block[end:])
                # Of a line without an end.
                check_in_memory(sum(map(len, rest)), self.name)
        if any(rest):
            yield np.frombuffer(b"".join(rest), np.uint8)


def _check_file(path: Path) -> None:
    if not path.exists():
        raise InputError("no such file", path)
    if path.is_dir():
        raise InputError("is a folder that holds no saved graph; give a file", path)
    if not os.access(path, os.R_OK):
        raise InputError("no permission to read it", path)


def _ahead(blocks: Iterator[Text]) -> Iterator[Text]:
    """Make the next block in a second thread while the caller works on this one."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, blocks, None)
        while (block := coming.result()) is not None:
            coming = pool.submit(next, blocks, None)
            yield block
