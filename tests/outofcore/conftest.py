"""An engine without processes, and constants small enough for many pieces of little data."""

import pytest
from support.inline_pool import InlinePool

from graphkit.engine import Engine, engine
from graphkit.graph import shards
from graphkit.outofcore import arc_blocks, edge_chunks, number_sorted, pieces


@pytest.fixture
def make_engine(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "LocalPool", InlinePool)
    made = []

    def make(name="work", **parameters):
        made.append(Engine(work=tmp_path / name, workers=2, **parameters))
        return made[-1]

    def release():
        while made:
            made.pop().close()

    make.release = release
    yield make
    release()


@pytest.fixture
def small(monkeypatch):
    """Hundreds of bytes a piece, a dozen edges a block."""
    monkeypatch.setattr(pieces, "PIECE_BYTES", 1200)
    monkeypatch.setattr(pieces, "BLOCK_ROWS", 90)
    monkeypatch.setattr(arc_blocks, "ARCS_PER_BLOCK", 200)
    monkeypatch.setattr(arc_blocks, "_MIN_BUCKETS", 8)
    monkeypatch.setattr(edge_chunks, "_BYTES_PER_BUCKET", 1 << 10)
    monkeypatch.setattr(number_sorted, "_IDS_PER_RANGE", 50)
    monkeypatch.setattr(number_sorted, "_SAMPLES", 8)
    monkeypatch.setattr(shards, "WORK_PER_SHARD", 400)
    monkeypatch.setattr(shards, "ROWS_PER_STEP", 4)
