"""Compressed files: recognised by their first bytes, whatever their name says."""

from __future__ import annotations

import contextlib
import io
import zlib
from collections.abc import Iterator
from pathlib import PurePath
from typing import IO, Any

from graphkit.errors import InputError
from graphkit.files.unpacking import check_in_memory, check_unpacked

_MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd"}

_SUFFIXES = (".gz", ".bgz", ".bz2", ".xz", ".zst", ".zstd")

_BUFFER = 1 << 20
_PIECE = 1 << 24
"""Bytes in memory at once where everything is read."""

_CUT_SHORT = "the compressed file ends too early; copy it again, it is not all there"


def compression_of(head: bytes) -> str | None:
    """Return ``"gzip"``, ``"bz2"``, ``"xz"``, ``"zstd"`` or None for a file that begins with `head`.

    Examples
    --------
    >>> compression_of(b"BZh91AY"), compression_of(b"0 1")
    ('bz2', None)
    """
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)


def plain_suffix(path: str) -> str:
    """Return the suffix in front of that of the compression, in lower case.

    Examples
    --------
    >>> plain_suffix("web.MTX.gz"), plain_suffix("-")
    ('.mtx', '')
    """
    name = PurePath(path)
    if name.suffix.lower() in _SUFFIXES:
        name = name.with_suffix("")
    return name.suffix.lower()


def decompressed(stream: IO[bytes], compression: str | None, packed: int, path: str) -> Any:
    """Return a stream of the plain bytes of a file of `packed` bytes, which refuses to become a bomb."""
    if compression is None:
        return stream
    return io.BufferedReader(_Unpacking(_plain(stream, compression), packed, path), _BUFFER)


def _plain(stream: IO[bytes], compression: str) -> Any:
    if compression == "gzip":
        import gzip

        return gzip.GzipFile(fileobj=stream)
    if compression == "bz2":
        import bz2

        return bz2.BZ2File(stream)
    if compression == "xz":
        import lzma

        return lzma.LZMAFile(stream)
    import pyarrow as pa

    return pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), "zstd")


class _Unpacking(io.RawIOBase):
    """Plain bytes, counted as they come."""

    def __init__(self, plain: Any, packed: int, path: str):
        self._plain, self._packed, self._path = plain, packed, path
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count: int = self._plain.readinto(buffer)
        self._count += count
        check_unpacked(self._count, self._packed, self._path)
        return count

    def readall(self) -> bytes:
        pieces, size = [], 0
        while piece := self.read(_PIECE):
            pieces.append(piece)
            size += len(piece)
            check_in_memory(size, self._path)
        return b"".join(pieces)

    def close(self) -> None:
        self._plain.close()
        super().close()


@contextlib.contextmanager
def damage_in_words(path: str) -> Iterator[None]:
    """Turn what the decompressors raise into an `InputError`."""
    import lzma

    try:
        yield
    except EOFError:
        raise InputError(_CUT_SHORT, path) from None
    except (zlib.error, lzma.LZMAError) as error:
        raise InputError(f"the compressed file is damaged ({error}); copy it again", path) from None
    except OSError as error:
        if error.errno is not None:
            raise
        if "Truncated" in str(error):
            raise InputError(_CUT_SHORT, path) from None
        raise InputError(f"the compressed file is damaged ({error}); copy it again", path) from None
