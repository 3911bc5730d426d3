"""Methods that train on walks: out of core they have the bits that they have in memory."""

import numpy as np
import pytest
from support.graphs import random_graph

from graphkit import outofcore
from graphkit.engine import Engine
from graphkit.errors import ParameterError
from graphkit.methods.corewalk import CoreWalk
from graphkit.methods.deepwalk import DeepWalk
from graphkit.methods.node2vec import Node2Vec
from graphkit.outofcore import skipgram


@pytest.fixture
def segments(monkeypatch):
    """Several segments of a chunk each."""
    monkeypatch.setattr(skipgram, "CHUNKS_PER_SEGMENT", 1)


METHODS = {
    "deepwalk": DeepWalk(dim=16, walks_per_node=40, walk_length=10, window=3, seed=4, epochs=2),
    "corewalk": CoreWalk(dim=8, walks_per_node=150, walk_length=8, window=3, seed=2),
    "node2vec": Node2Vec(dim=10, walks_per_node=80, walk_length=8, window=3, p=0.5, q=2.0, seed=1),
}


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS.keys())
@pytest.mark.parametrize("kind", [{}, {"weighted": True, "directed": True}], ids=["plain", "weighted"])
def test_bits_are_those_in_memory(make_engine, segments, tmp_path, method, kind):
    graph = random_graph(1000, 3000, **kind)
    graph.save(tmp_path / "g")
    found = outofcore.embed(tmp_path / "g", method, engine=make_engine())
    expected = method.fit_transform(graph)
    assert np.array_equal(found.vectors.view(np.uint32), expected.view(np.uint32))
    stages = {path.name for path in (tmp_path / "work").iterdir() if path.is_dir()}
    assert "train1" in stages
    assert not list((tmp_path / "work").glob("train*/*"))


def test_worker_processes(segments, tmp_path):
    graph = random_graph(500, 2000)
    graph.save(tmp_path / "g")
    method = METHODS["deepwalk"]
    with Engine(work=tmp_path / "work", workers=2) as engine:
        found = outofcore.embed(tmp_path / "g", method, engine=engine)
    assert np.array_equal(found.vectors, method.fit_transform(graph))


def test_a_run_cut_off_goes_on_with_the_last_segment(make_engine, segments, tmp_path):
    graph = random_graph(1000, 3000)
    graph.save(tmp_path / "g")
    method = METHODS["deepwalk"]
    whole = np.array(outofcore.embed(tmp_path / "g", method, engine=make_engine("whole")).vectors)
    make_engine.release()
    engine = make_engine()
    seen = []

    def interrupt(stage, done, total):
        seen.append(stage)
        if stage == "train2":
            raise KeyboardInterrupt

    engine.progress = interrupt
    with pytest.raises(KeyboardInterrupt):
        outofcore.embed(tmp_path / "g", method, engine=engine)
    make_engine.release()
    seen.clear()
    engine = make_engine()
    engine.progress = lambda stage, done, total: seen.append(stage)
    found = outofcore.embed(tmp_path / "g", method, engine=engine)
    assert np.array_equal(found.vectors, whole)
    assert "train0" not in seen
    assert seen == ["train2", "vectors"]


def test_parameters_are_checked(make_engine, tmp_path):
    random_graph(30, 100).save(tmp_path / "g")
    with pytest.raises(ParameterError, match="window must be a whole number >= 1"):
        outofcore.embed(tmp_path / "g", "deepwalk", engine=make_engine(), window=0)
