"""Compressed files, standard input and pipes."""

import bz2
import gzip
import io
import lzma
import os
import threading

import numpy as np
import pyarrow as pa
import pytest
from support.edge_files import edges_of

from graphkit.errors import InputError
from graphkit.io import load_graph, opening, read_graph
from graphkit.io.opening import Source

TEXT = b"# c\n1 2\n2 3\n"
EDGES = [(1, 2), (2, 3)]


def zstd(content):
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return sink.getvalue().to_pybytes()


PACKERS = {"gzip": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zstd": zstd}


@pytest.mark.parametrize("name", PACKERS)
@pytest.mark.parametrize("suffix", ["edges.txt", "edges.txt.gz", "edges"])
def test_compression_is_recognised_whatever_the_name(name, suffix, write):
    loaded = load_graph(write(PACKERS[name](TEXT), suffix))
    assert edges_of(loaded.graph) == EDGES
    assert loaded.report.compression == name
    assert f"({name})" in str(loaded.report)


@pytest.mark.parametrize("name", PACKERS)
def test_a_file_that_was_cut_is_refused(name, write):
    rows = "\n".join(f"{a} {b}" for a, b in np.random.default_rng(0).integers(0, 10**9, (50_000, 2)).tolist())
    packed = PACKERS[name](rows.encode())
    path = write(packed[: len(packed) * 2 // 3])
    with pytest.raises(InputError) as caught:
        read_graph(path)
    assert (
        str(caught.value) == f"{path}: the compressed file ends too early; copy it again, it is not all there"
    )


@pytest.mark.parametrize("name", ["gzip", "bz2", "xz"])
def test_a_damaged_file_is_refused(name, write):
    rows = "\n".join(f"{a} {b}" for a, b in np.random.default_rng(0).integers(0, 10**9, (50_000, 2)).tolist())
    packed = bytearray(PACKERS[name](rows.encode()))
    packed[len(packed) // 2] ^= 255
    packed[-6] ^= 255
    # bz2 hands out what a damaged block holds before it checks the block.
    with pytest.raises(InputError, match="is damaged" if name != "bz2" else "is damaged|is not text"):
        read_graph(write(bytes(packed)))


def test_an_empty_file_within_a_compressed_one(write):
    with pytest.raises(InputError, match="the file is empty"):
        read_graph(write(gzip.compress(b"")))


@pytest.mark.parametrize("as_text", [False, True])
def test_a_file_of_many_blocks_reads_as_one(as_text, write, monkeypatch):
    monkeypatch.setattr(opening, "BLOCK_BYTES", 1000)
    edges = np.random.default_rng(2).integers(0, 900, (3000, 2))
    mark = "n" * as_text
    rows = "".join(f"{mark}{a} {mark}{b}\n" for a, b in edges.tolist())
    graph = read_graph(write(gzip.compress(rows.encode())), directed=True)
    plain = read_graph(write(rows), directed=True)
    assert edges_of(graph) == edges_of(plain)


def test_a_line_longer_than_a_block_and_no_newline_at_the_end(write, monkeypatch):
    monkeypatch.setattr(opening, "BLOCK_BYTES", 4)
    graph = read_graph(write(gzip.compress(b"1234567 2\n2 12345678")))
    assert edges_of(graph) == [(2, 1234567), (2, 12345678)]


@pytest.mark.parametrize(
    ("row", "text"), [("1 x", "expected a whole number"), ("1 2 3", "expected 2 columns, found 3")]
)
def test_lines_are_counted_through_the_blocks(row, text, write, monkeypatch):
    monkeypatch.setattr(opening, "BLOCK_BYTES", 100)
    rows = ["# c", *["1 2"] * 500]
    rows[444] = row
    with pytest.raises(InputError, match=f"line 445: {text}"):
        read_graph(write(gzip.compress("\n".join(rows).encode())))


@pytest.mark.parametrize("content", [TEXT, gzip.compress(TEXT)], ids=["plain", "gzip"])
def test_standard_input(content, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    loaded = load_graph("-")
    assert edges_of(loaded.graph) == EDGES
    assert str(loaded.report).startswith("standard input: text")


def test_faults_of_standard_input_name_the_line(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"1 2\n3 x\n")))
    with pytest.raises(InputError, match="standard input, line 2: expected a whole number"):
        read_graph("-")


def test_a_pipe_is_read_once(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(gzip.compress(TEXT),))
    writer.start()
    assert edges_of(read_graph(path)) == EDGES
    writer.join()


def test_other_formats_may_be_compressed_too(write):
    mtx = b"%%MatrixMarket matrix coordinate pattern symmetric\n3 3 2\n2 1\n3 2\n"
    assert edges_of(read_graph(write(gzip.compress(mtx), "a.mtx.gz"))) == EDGES
    assert edges_of(read_graph(write(bz2.compress(b"3 2\n2\n1 3\n2\n"), "a.graph.bz2"))) == EDGES


def test_a_source_says_what_it_is(write):
    source = Source(write(gzip.compress(TEXT), "Web.CSV.gz"))
    assert (source.suffix, source.compression, source.head) == (".csv", "gzip", TEXT)
