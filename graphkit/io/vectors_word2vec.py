"""Vectors in the word2vec formats, as gensim and the original tool read and write them.

Both begin with a line ``n d``. Text: a line ``id v1 … vd`` a node, the shortest decimals that give back
the same float32. Binary: the id, a blank and d little-endian float32 a node. Ids cannot hold blanks.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO

import numpy as np

from graphkit.arrays import NodeIds, Vectors
from graphkit.errors import InputError
from graphkit.files.atomic import PathLike, atomic_write
from graphkit.io.vectors_ids import check_no_blanks, ids_from_text, ids_to_text
from graphkit.io.vectors_rows import RowLayout, read_rows, write_rows

_BLOCK_ROWS = 16_384


def write_text(path: PathLike, node_ids: NodeIds, vectors: Vectors, info: str, *, overwrite: bool) -> None:
    """Write a word2vec text file; `info` has no place in it."""
    del info
    with atomic_write(path, overwrite=overwrite) as file:
        write_text_rows(file, node_ids, vectors, path)


def write_text_rows(file: IO[bytes], node_ids: NodeIds, vectors: Vectors, path: PathLike) -> None:
    """Write header and rows to an open file; `path` names it in messages."""
    texts = ids_to_text(node_ids)
    check_no_blanks(texts, path)
    file.write(_header(vectors))
    write_rows(file, texts, vectors, " ")


def write_binary(path: PathLike, node_ids: NodeIds, vectors: Vectors, info: str, *, overwrite: bool) -> None:
    """Write a word2vec binary file; `info` has no place in it."""
    del info
    texts = ids_to_text(node_ids)
    check_no_blanks(texts, path)
    little_endian = vectors.astype("<f4", copy=False)
    with atomic_write(path, overwrite=overwrite) as file:
        file.write(_header(vectors))
        for start in range(0, len(vectors), _BLOCK_ROWS):
            block = slice(start, start + _BLOCK_ROWS)
            rows = zip(texts[block], little_endian[block], strict=True)
            file.write(b"".join(text.encode() + b" " + row.tobytes() for text, row in rows))


def read_text(path: PathLike) -> tuple[NodeIds, Vectors, str]:
    """Read a word2vec text file."""
    with Path(path).open("rb") as file:
        num_rows, dim = _read_header(file.readline(), path)
        # The original tool ends each line with a blank.
        spare = file.readline().rstrip(b"\r\n").endswith(b" ")
    if num_rows == 0:
        return np.empty(0, np.int64), np.empty((0, dim), np.float32), "{}"
    texts, vectors = read_rows(path, RowLayout(dim, " ", quoted=False, spare=spare))
    if len(vectors) != num_rows:
        raise InputError(f"its first line promises {num_rows} vectors, found {len(vectors)}", path=path)
    return ids_from_text(texts), vectors, "{}"


def read_binary(path: PathLike) -> tuple[NodeIds, Vectors, str]:
    """Read a word2vec binary file, with or without the line breaks that the original tool writes."""
    data = Path(path).read_bytes()
    header, _, _ = data.partition(b"\n")
    num_rows, dim = _read_header(header, path)
    texts, vectors = [], np.empty((num_rows, dim), np.float32)
    place, row = len(header) + 1, 0
    try:
        for row in range(num_rows):
            blank = data.index(b" ", place)
            texts.append(data[place:blank].lstrip(b"\n").decode())
            vectors[row] = np.frombuffer(data, "<f4", dim, blank + 1)
            place = blank + 1 + 4 * dim
    except ValueError as error:
        raise InputError(
            f"ends or breaks in vector {row + 1} of the {num_rows} that its first line promises; "
            "is it a word2vec binary file?",
            path=path,
        ) from error
    return ids_from_text(texts), vectors, "{}"


def _header(vectors: Vectors) -> bytes:
    return f"{vectors.shape[0]} {vectors.shape[1]}\n".encode()


def _read_header(line: bytes, path: PathLike) -> tuple[int, int]:
    if not line:
        raise InputError("the file is empty", path=path)
    fields = line.split()
    are_numbers = len(fields) == 2 and all(field.isdigit() and len(field) < 19 for field in fields)
    if not are_numbers or int(fields[1]) == 0:
        shown = line[:60].decode(errors="replace").rstrip()
        raise InputError(
            f"expected the header 'number-of-vectors dimensions', found {shown!r}", path=path, line=1
        )
    num_rows, dim = map(int, fields)
    if num_rows * dim > (size := Path(path).stat().st_size):
        raise InputError(
            f"its first line promises {num_rows:,} vectors of {dim:,} numbers, more than {size:,} bytes hold",
            path=path,
            line=1,
        )
    return num_rows, dim
