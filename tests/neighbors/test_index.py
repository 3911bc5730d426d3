"""NeighborIndex: against all pairs, its recall, ids, files, bits for a seed, what is refused."""

import json

import numpy as np
import pytest

from graphkit.errors import InputError, ParameterError
from graphkit.files.atomic import digest_of
from graphkit.files.json_files import sealed
from graphkit.neighbors import NeighborIndex, nearest

METRICS = ("cosine", "inner_product", "euclidean")
KINDS = ("exact", "lists", "hnsw")


def groups(num_points, seed=0, dim=24):
    random = np.random.default_rng(seed)
    centers = np.random.default_rng(7).normal(0, 3, (15, dim))
    drawn = centers[random.integers(15, size=num_points)] + random.normal(size=(num_points, dim))
    return (drawn + 5).astype(np.float32)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("kind", KINDS)
def test_new_vectors_find_their_neighbours(metric, kind):
    vectors, queries = groups(3000), groups(40, seed=1)
    index = NeighborIndex(vectors, metric=metric, kind=kind, recall=0.9)
    found = index.nearest(queries, 12)
    wanted = nearest(vectors, queries, 12, metric=metric)
    right = [np.isin(mine, theirs).mean() for mine, theirs in zip(found.rows, wanted.rows, strict=True)]
    assert np.mean(right) > (0.999 if kind == "exact" else 0.85)
    order = -found.scores if metric != "euclidean" else found.scores
    assert (np.diff(order, axis=1) >= 0).all()
    same = found.rows == wanted.rows
    np.testing.assert_allclose(found.scores[same], wanted.scores[same], rtol=2e-3)


@pytest.mark.parametrize("kind", ["lists", "hnsw"])
def test_the_recall_is_reached_and_measured(kind):
    vectors = groups(4000)
    index = NeighborIndex(vectors, metric="euclidean", kind=kind, recall=0.9)
    rows = np.arange(500)
    wanted = nearest(vectors, vectors[rows], 10, metric="euclidean", exclude=rows)
    found = index.nearest(vectors[rows], 10, exclude=rows)
    recall = (found.scores <= wanted.scores[:, -1:] * (1 + 1e-4)).mean()
    assert recall > 0.87
    assert abs(recall - index.recall) < 0.04
    assert (found.rows != rows[:, None]).all()
    # An effort of the expert's is kept.
    weak = NeighborIndex(vectors, metric="euclidean", kind=kind, effort=1)
    assert weak.effort == 1
    assert weak.recall <= index.recall


def test_the_kind_follows_the_size(monkeypatch):
    from graphkit.neighbors import index

    assert NeighborIndex(groups(100)).kind == "exact"
    monkeypatch.setattr(index, "_FEW_VALUES", 1000)
    assert NeighborIndex(groups(100)).kind == "lists"


def test_ids_come_back():
    index = NeighborIndex(np.eye(3), ["a", "b", "c"])
    assert index.most_similar([[0, 1, 0.5]], k=2)[0][0][0] == "b"
    assert [one for one, _ in index.most_similar([[0, 1, 0.5]], k=9)[0]] == ["b", "c", "a"]
    assert len(index) == 3


@pytest.mark.parametrize("kind", ["lists", "hnsw"])
def test_lists_that_hold_too_few_are_made_up_for(kind):
    vectors = groups(300)
    index = NeighborIndex(vectors, kind=kind, effort=1)
    found = index.nearest(vectors[:5], 300)
    assert all(sorted(row) == list(range(300)) for row in found.rows.tolist())


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ids", [None, [f"node é {i}" for i in range(800)]])
def test_a_saved_index_answers_the_same(tmp_path, metric, kind, ids):
    vectors, queries = groups(800), groups(20, seed=2)
    index = NeighborIndex(vectors, ids, metric=metric, kind=kind)
    index.save(tmp_path / "index")
    back = NeighborIndex.open(tmp_path / "index")
    assert repr(back) == repr(index)
    assert back.node_ids.tolist() == index.node_ids.tolist()
    for one, two in zip(index.nearest(queries, 7), back.nearest(queries, 7), strict=True):
        assert np.array_equal(one, two)


@pytest.mark.parametrize("kind", ["exact", "lists"])
def test_the_seed_decides_every_bit(kind):
    vectors, queries = groups(3000), groups(50, seed=1)
    one, two = (NeighborIndex(vectors, kind=kind, seed=3, num_threads=threads) for threads in (1, 3))
    assert one.effort == two.effort
    for mine, theirs in zip(
        one.nearest(queries, num_threads=1), two.nearest(queries, num_threads=3), strict=True
    ):
        assert np.array_equal(mine, theirs)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"metric": "manhattan"}, "unknown metric 'manhattan'"),
        ({"kind": "tree"}, "unknown kind 'tree'"),
        ({"recall": 0.0}, r"recall must lie in \(0, 1\], got 0.0"),
        ({"effort": 0}, "effort must be a whole number >= 1, got 0"),
        ({"node_ids": [1, 2]}, "node_ids must have 30 entries, one a vector, got 2"),
        ({"seed": -1}, "seed must lie in"),
    ],
)
def test_bad_parameters_are_refused(changes, message):
    with pytest.raises(ParameterError, match=message):
        NeighborIndex(groups(30), **changes)


def test_bad_queries_are_refused():
    index = NeighborIndex(groups(30))
    with pytest.raises(ParameterError, match="vectors must have 24 columns, got 3"):
        index.nearest(np.ones((2, 3)))
    with pytest.raises(ParameterError, match=r"k must be whole and in \[1, 30\]"):
        index.nearest(groups(2), 31)
    with pytest.raises(ParameterError, match="NaN or infinity in row 1"):
        index.nearest([[0] * 24, [np.nan] * 24])


def test_what_is_no_index_is_refused(tmp_path):
    with pytest.raises(InputError, match="is no neighbour index that can be read"):
        NeighborIndex.open(tmp_path)
    index = NeighborIndex(groups(30))
    index.save(tmp_path / "index")
    with pytest.raises(InputError, match="exists already"):
        index.save(tmp_path / "index")
    index.save(tmp_path / "index", overwrite=True)
    (tmp_path / "other").mkdir()
    with pytest.raises(InputError, match="holds no index and is not replaced"):
        index.save(tmp_path / "other", overwrite=True)
    (tmp_path / "index/index.faiss").write_bytes(b"nothing")
    with pytest.raises(InputError, match="is no neighbour index that can be read"):
        NeighborIndex.open(tmp_path / "index")
    index.save(tmp_path / "index", overwrite=True)
    manifest = json.loads((tmp_path / "index/manifest.json").read_text())
    (tmp_path / "index/manifest.json").write_text(json.dumps({**manifest, "version": 99}))
    with pytest.raises(InputError, match="another version; make it anew"):
        NeighborIndex.open(tmp_path / "index")
    np.save(tmp_path / "index/node_ids.npy", np.arange(29))
    digest = digest_of(tmp_path / "index/node_ids.npy")
    changed = manifest | {"digests": manifest["digests"] | {"node_ids.npy": digest}}
    (tmp_path / "index/manifest.json").write_text(json.dumps(changed))
    with pytest.raises(InputError, match="its manifest is not what was saved"):
        NeighborIndex.open(tmp_path / "index")
    del changed["seal"]
    (tmp_path / "index/manifest.json").write_text(json.dumps(sealed(changed)))
    with pytest.raises(InputError, match="another number of ids"):
        NeighborIndex.open(tmp_path / "index")
