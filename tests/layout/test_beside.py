"""Small parts stand beside the map: apart from one another, in proportion, each on a circle."""

import networkx as nx
import numpy as np
import pytest

import graphkit as gk
from graphkit.layout.beside import SMALL, put_beside


def laid_out(sizes, *, seed=0, dim=2):
    """Positions of parts of some sizes, mixed, and the part of each node."""
    rng = np.random.default_rng(seed)
    part = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    return rng.normal(size=(len(part), dim)).astype(np.float32) * 7 + 3, part


@pytest.mark.parametrize("dim", [2, 3])
def test_small_parts_stand_right_of_the_others(dim):
    positions, part = laid_out([500, 40, SMALL, 3, 3, 2, *[1] * 30], dim=dim)
    before = positions.copy()
    assert put_beside(positions, part) == SMALL + 3 + 3 + 2 + 30
    stays = part <= 1
    assert np.array_equal(positions[stays], before[stays])
    assert positions[~stays, 0].min() > positions[stays, 0].max()
    low, high = before[stays, 1].min(), before[stays, 1].max()
    assert positions[~stays, 1].min() >= low
    assert positions[~stays, 1].max() <= high
    # A twelfth of the nodes, about a twelfth of the room.
    width = np.ptp(positions[:, 0]) / np.ptp(before[stays, 0])
    assert 1.0 < width < 1.35


def test_each_has_a_circle_of_its_own():
    sizes = [300, 9, 5, 5, 4, 2, 2, 1, 1, 1]
    positions, part = laid_out(sizes)
    put_beside(positions, part)
    circles = []
    for number in range(1, len(sizes)):
        mine = positions[part == number].astype(np.float64)
        middle = mine.mean(axis=0)
        radius = np.linalg.norm(mine - middle, axis=1)
        assert np.allclose(radius, radius[0], atol=1e-4)
        assert len(np.unique(mine.round(4), axis=0)) == len(mine)
        circles.append((middle, radius[0]))
    for place, (middle, radius) in enumerate(circles):
        for other, other_radius in circles[:place]:
            assert np.linalg.norm(middle - other) > radius + other_radius


@pytest.mark.parametrize(
    ("sizes", "moved"),
    [([5] * 40, 0), ([2] * 9 + [1] * 4, 4), ([1] * 7, 7), ([50], 0), ([], 0), ([50, 1], 1)],
)
def test_which_parts_are_moved(sizes, moved):
    positions, part = laid_out(sizes)
    assert put_beside(positions, part) == moved
    assert np.isfinite(positions).all()


def test_the_others_on_one_place_or_line():
    for held in (np.zeros((20, 2)), np.column_stack([np.zeros(20), np.arange(20)])):
        positions = np.vstack([held, np.ones((4, 2))]).astype(np.float32)
        put_beside(positions, np.array([0] * 20 + [1, 2, 3, 4]))
        assert len(np.unique(positions[20:], axis=0)) == 4
        assert positions[20:, 0].min() > positions[:20, 0].max()


@pytest.mark.parametrize("method", [gk.LargeVis(seed=1), gk.TSNE(seed=1, steps=60, early_steps=20)])
def test_maps_of_graphs(method):
    graph = nx.disjoint_union_all([nx.random_regular_graph(4, 200, seed=1), *[nx.path_graph(3)] * 5])
    graph.add_nodes_from(range(1000, 1020))
    made = method.fit(gk.as_graph(graph))
    assert made.num_beside_ == 35
    beside = made.embedding_[200:]
    assert beside[:, 0].min() > made.embedding_[:200, 0].max()
    vectors = np.random.default_rng(0).normal(size=(200, 5))
    assert method.fit(vectors).num_beside_ == 0
