"""MapFrame: what it takes, what it makes of it, what it refuses."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from graphkit.errors import InputError
from graphkit.graph.graph import Graph
from graphkit.maps import MapFrame


def test_numbers_stay_numbers_and_the_rest_is_words():
    columns = {"n": [1, 2], "x": np.float32([0.5, np.nan]), "w": ["a", None], "b": [True, False]}
    frame = MapFrame([7, 9], [[0, 1], [2, 3]], columns)
    assert frame.columns["n"].dtype == np.int64
    assert frame.columns["x"].dtype == np.float64
    assert frame.columns["w"].tolist() == ["a", ""]
    assert frame.columns["b"].tolist() == ["True", "False"]


def test_a_graphs_map_knows_degree_and_core():
    graph = Graph.from_edges([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")])
    frame = MapFrame.of_graph(graph, np.zeros((4, 3)), {"kind": list("xyxy")})
    assert frame.columns["degree"].tolist() == graph.degree.tolist()
    assert frame.columns["core"].tolist() == [2, 2, 2, 1]
    assert list(frame.columns) == ["degree", "core", "kind"]
    assert frame.dim == 3


@pytest.mark.parametrize("dim", [2, 3])
def test_no_points_are_a_map(dim):
    frame = MapFrame([], np.zeros((0, dim)))
    assert len(frame) == 0
    assert frame.in_the_plane().shape == (0, 2)


def test_the_longest_axes_of_three_far_from_the_origin():
    # A rectangle of 4 by 2 and a height of .01: in the plane distances are those in space, but for that.
    corners = np.array([[0, 0, 0], [4, 0, 0.01], [4, 2, 0], [0, 2, 0.01]])
    plane = MapFrame(list("abcd"), corners + 5e6).in_the_plane()
    assert pdist(plane) == pytest.approx(pdist(corners), abs=1e-4)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"positions": [[0, 1]]}, r"positions must have shape \[2, 2\] or \[2, 3\], got \[1, 2\]"),
        ({"positions": [[0, 1], [2, np.inf]]}, "positions must be finite"),
        ({"positions": [["a", 1], [2, 3]]}, "positions must be numbers"),
        ({"columns": {"n": [1]}}, r"column 'n' must have one value for each of 2 points, got \(1,\)"),
        ({"neighbors": [[1], [2]]}, r"neighbors must lie in \[-1, 2\)"),
        ({"neighbors": [1, 0]}, r"neighbors must be whole numbers of shape \[2, k\]"),
        ({"node_ids": ["a", "a"]}, "appears more than once"),
    ],
)
def test_bad_maps_are_refused(changes, message):
    with pytest.raises(InputError, match=message):
        MapFrame(**{"node_ids": ["a", "b"], "positions": [[0, 1], [2, 3]], **changes})
