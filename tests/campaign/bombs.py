"""Small files that unpack to ten gigabytes, or that nest without end."""

import bz2
import gzip
import io
import itertools
import lzma
import zipfile
import zlib
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import zstandard
from pyarrow import parquet

import graphkit as gk
from campaign.children import tried
from graphkit.errors import GraphkitError

SIZE = 10 << 30
MOST = 3 << 30
"""Bytes of memory that reading one may take: edges of half a gigabyte of text, which may come of any file."""

_BLOCK = 1 << 24

_COMPRESSORS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
}

_LINES = {
    "edges.txt": b"0 1\n",
    "ids.txt": b"a b\n",
    "one-line.metis": b"7 ",
    "one-line.adjlist": b"7 ",
    "blanks.json": b"    ",
    "blanks.graphml": b"    ",
    "blanks.gexf": b"    ",
    "blanks.gml": b"    ",
    "blanks.net": b"    ",
    "zeros.mtx": b"1 1\n",
    "zeros.parquet": b"\0\0\0\0",
    "zeros.npz": b"\0\0\0\0",
    "zeros.mat": b"\0\0\0\0",
}

_BEGINNINGS = {
    "zeros.mtx": b"%%MatrixMarket matrix coordinate pattern general\n2 2 3000000000\n",
    "zeros.parquet": b"PAR1",
    "zeros.mat": b"MATLAB 5.0 MAT-file",
    "blanks.graphml": b"<graphml>",
    "blanks.gexf": b"<gexf>",
    "blanks.gml": b"graph [",
    "blanks.net": b"*Vertices 2\n",
    "blanks.json": b'{"nodes":',
}


def _compressed(name, suffix):
    pack = _COMPRESSORS[suffix]
    return pack(_BEGINNINGS.get(name, b"")) + pack(_LINES[name] * (_BLOCK // 4)) * (SIZE // _BLOCK)


def _archive(name):
    """A NumPy archive of one array of zeros, which takes no time to make: one block again and again."""
    header = io.BytesIO()
    facts = {"descr": "<f8", "fortran_order": False, "shape": (SIZE // 8,)}
    np.lib.format.write_array_header_1_0(header, facts)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(header.getvalue()) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(_BLOCK)) + packer.flush(zlib.Z_FULL_FLUSH)
    content = first + block * (SIZE // _BLOCK) + packer.flush(zlib.Z_FINISH)
    found = io.BytesIO()
    archive = zipfile.ZipFile(found, "w")
    for other in {"format", "shape", "data", "node_ids", "vectors"} - {name}:
        archive.writestr(f"{other}.npy", header.getvalue())
    info = zipfile.ZipInfo(f"{name}.npy")
    info.compress_type, info.compress_size, info.CRC = zipfile.ZIP_DEFLATED, len(content), 0
    info.file_size, info.header_offset = SIZE + len(header.getvalue()), found.tell()
    found.write(info.FileHeader(zip64=True) + content)
    archive.filelist.append(info)
    archive.start_dir, archive._didModify = found.tell(), True
    archive.close()
    return found.getvalue()


def _entities(open_, close):
    """Ten entities of ten of the one before: ten thousand million letters."""
    named = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 11))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "a">{named}]>{open_}&e10;{close}'.encode()


def _long_entity(open_, close):
    """One long entity, named very often."""
    named, used = f'<!ENTITY e "{"a" * 10**5}">', "&e;" * 10**5
    return f'<?xml version="1.0"?><!DOCTYPE x [{named}]>{open_}{used}{close}'.encode()


_GRAPHML = '<graphml><graph edgedefault="directed"><node id="', '"/></graph></graphml>'
_GEXF = '<gexf><graph><nodes><node id="', '"/></nodes></graph></gexf>'


def _constant_parquet():
    """As many rows as there is patience for, each the same."""
    rows = np.zeros(1 << 22, np.int64)
    table, found = pa.table({"source": rows, "target": rows}), io.BytesIO()
    with parquet.ParquetWriter(found, table.schema, compression="zstd") as writer:
        for _ in range(64):
            writer.write_table(table)
    return found.getvalue()


FEW = [f"{name}.{suffix}" for name, suffix in zip(_LINES, itertools.cycle(_COMPRESSORS), strict=False)]
"""Each format, compressed in one way."""

BOMBS = {
    **{
        f"{name}.{suffix}": partial(_compressed, name, suffix)
        for name, suffix in itertools.product(_LINES, _COMPRESSORS)
    },
    "data.npz": lambda: _archive("data"),
    "vectors.npz": lambda: _archive("vectors"),
    "entities.graphml": lambda: _entities(*_GRAPHML),
    "entities.gexf": lambda: _entities(*_GEXF),
    "long-entity.graphml": lambda: _long_entity(*_GRAPHML),
    "long-entity.gexf": lambda: _long_entity(*_GEXF),
    "nested.json": lambda: b"[" * 10**6,
    "nested-objects.json": lambda: b'{"nodes":' * 10**6,
    "nested.graphml": lambda: b"<graphml>" + b"<graph>" * 10**5,
    "nested-data.graphml": lambda: b"<graphml><graph>" + b"<data>" * 10**6,
    "nested.gexf": lambda: b"<gexf>" + b"<graph>" * 10**6,
    "nested.gml": lambda: b"graph [ " + b"node [ " * 10**5,
    "constant.parquet": _constant_parquet,
}
"""Makes each file's bytes, by its name."""


def fault(name, folder):
    """Read a bomb in a process of its own; return what went wrong, or None."""
    path = folder / name
    path.write_bytes(BOMBS[name]())
    read = gk.Embedding.load if name.startswith("vectors") else gk.read_graph

    def trial(_):
        Path("/proc/self/clear_refs").write_text("5")
        before = _most_held()
        try:
            read(path)
        finally:
            taken = _most_held() - before
            assert taken < MOST, f"{taken:,} bytes of memory"

    _, faults = tried(trial, 0, 1, GraphkitError)
    path.unlink()
    return faults[0].what if faults else None


def _most_held():
    """Bytes of memory that this process had at its peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) << 10
