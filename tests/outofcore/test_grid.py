"""DeepWalk and node2vec out of core in a grid of parts have the bits of the grid in memory."""

import numpy as np
import pytest
from support.graphs import random_graph

from graphkit import CoreWalk, DeepWalk, Graph, Node2Vec, outofcore
from graphkit.distributed import fit_in_parts
from graphkit.errors import ParameterError

METHODS = {
    "deepwalk": DeepWalk(dim=16, walks_per_node=8, walk_length=10, window=3, seed=4, epochs=2),
    "corewalk": CoreWalk(dim=8, walks_per_node=9, walk_length=8, window=3, seed=2),
    "node2vec": Node2Vec(dim=10, walks_per_node=5, walk_length=8, window=3, p=0.5, q=2.0, seed=1),
}


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS.keys())
@pytest.mark.parametrize("kind", [{}, {"weighted": True, "directed": True}], ids=["plain", "weighted"])
@pytest.mark.parametrize("num_parts", [1, 3])
def test_bits_are_those_in_memory(make_engine, tmp_path, method, kind, num_parts):
    graph = random_graph(300, 900, **kind)
    graph.save(tmp_path / "g")
    found = outofcore.embed(tmp_path / "g", method, engine=make_engine(), num_parts=num_parts)
    expected = fit_in_parts(method, graph, num_parts=num_parts).embedding_
    assert np.array_equal(found.vectors.view(np.uint32), expected.view(np.uint32))
    assert found.info["params"]["num_parts"] == num_parts
    stages = {path.name for path in (tmp_path / "work").iterdir() if path.is_dir()}
    assert {"initial", "train0", "train3", "vectors"} <= stages
    assert not list((tmp_path / "work").glob("train*/*"))


def test_a_run_cut_off_goes_on_with_the_last_segment(make_engine, tmp_path):
    graph = random_graph(300, 900)
    graph.save(tmp_path / "g")
    expected = fit_in_parts(METHODS["deepwalk"], graph, num_parts=2).embedding_.copy()

    def interrupt(stage, done, total):
        if stage == "train2":
            raise KeyboardInterrupt

    engine = make_engine()
    engine.progress = interrupt
    with pytest.raises(KeyboardInterrupt):
        outofcore.embed(tmp_path / "g", METHODS["deepwalk"], engine=engine, num_parts=2)
    make_engine.release()
    seen, engine = [], make_engine()
    engine.progress = lambda stage, done, total: seen.append(stage)
    found = outofcore.embed(tmp_path / "g", METHODS["deepwalk"], engine=engine, num_parts=2)
    assert np.array_equal(found.vectors, expected)
    assert "train1" not in seen
    assert "train3" in seen


@pytest.mark.parametrize("size", [0, 1, 2])
def test_few_nodes(make_engine, tmp_path, size):
    graph = Graph.from_edges([], num_nodes=size)
    graph.save(tmp_path / "g")
    found = outofcore.embed(tmp_path / "g", "deepwalk", dim=4, engine=make_engine(), num_parts=3)
    assert found.vectors.shape == (size, 4)
    assert np.array_equal(found.vectors, fit_in_parts(DeepWalk(dim=4), graph, num_parts=3).embedding_)


def test_what_has_no_parts_is_refused(make_engine, tmp_path):
    random_graph(30, 100).save(tmp_path / "g")
    engine = make_engine()
    with pytest.raises(ParameterError, match="num_parts has no effect for fastrp"):
        outofcore.embed(tmp_path / "g", "fastrp", engine=engine, num_parts=2)
    make_engine.release()
    with pytest.raises(ParameterError, match="num_parts must be a whole number >= 1, got 0"):
        outofcore.embed(tmp_path / "g", "deepwalk", engine=make_engine("other"), num_parts=0)
