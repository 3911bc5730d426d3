"""Two maps of the same ids as a page has them: one table, one scale, the second laid onto the first."""

import numpy as np
import pytest

from graphkit.errors import InputError, ParameterError
from graphkit.maps import MapFrame, write_page
from graphkit.maps.views import MOVED, WHERE, two_views

TITLES = ("Monday", "Tuesday")


def spread(size, seed=0):
    return np.random.default_rng(seed).normal(size=(size, 2)) * [3, 1]


def both(first, second, edges=(None, None)):
    return two_views([first, second], TITLES, edges)


def test_a_map_that_was_turned_mirrored_and_scaled_lies_on_the_first():
    positions, angle = spread(40), 0.7
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([1, -1])
    order = np.random.default_rng(1).permutation(40)
    other = MapFrame(order, (2.5 * positions @ turn + [7, -3])[order])
    first, second = (view.points for view in both(MapFrame(range(40), positions), other).views)
    assert second == pytest.approx(first, abs=1e-6)


def test_a_map_that_fits_as_it_is_stays():
    positions = spread(40)
    moved = positions.copy()
    moved[:12] += [50, 20]
    second = both(MapFrame(range(40), positions), MapFrame(range(40), moved)).views[1]
    assert np.array_equal(second.points, moved)


def test_ids_of_one_map_stand_in_the_table_too():
    first = MapFrame(["a", "b", "c"], [[0, 0], [4, 0], [0, 4]], neighbors=[[1, 2], [0, -1], [0, 1]])
    second = MapFrame(["c", "d", "a"], [[0, 4], [2, 2], [0, 0]], neighbors=[[2], [0], [1]])
    found = both(first, second, ([[0, 1]], [[0, 1], [2, 1]]))
    assert found.node_ids.tolist() == ["a", "b", "c", "d"]
    monday, tuesday = found.views
    assert (monday.title, tuesday.title) == TITLES
    assert np.isnan(monday.points[3]).all()
    assert np.isnan(tuesday.points[1]).all()
    assert tuesday.points[[0, 2, 3]].tolist() == [[0, 0], [0, 4], [2, 2]]
    assert monday.neighbors.tolist() == [[1, 2], [0, -1], [0, 1], [-1, -1]]
    assert tuesday.neighbors.tolist() == [[3], [-1], [0], [2]]
    assert monday.edges.tolist() == [[0, 1]]
    assert tuesday.edges.tolist() == [[2, 3], [0, 3]]
    assert found.columns[WHERE].tolist() == ["both", "Monday only", "both", "Tuesday only"]
    assert np.array_equal(found.columns[MOVED], [0, np.nan, 0, np.nan], equal_nan=True)


def test_how_far_points_moved_is_in_hundredths_of_the_longer_side():
    first = [[0, 0], [10, 0], [0, 5], [10, 5], [5, 2]]
    second = [[0, 0], [10, 0], [0, 5], [10, 5], [5, 4]]
    found = both(MapFrame(range(5), first), MapFrame(range(5), second))
    assert found.columns[MOVED].tolist() == pytest.approx([0, 0, 0, 0, 20])
    assert WHERE not in found.columns


def test_columns_that_agree_are_one_and_others_two():
    same, words = [1, 2, 3], ["x", "", "z"]
    first = MapFrame(
        [1, 2, 3], spread(3), {"same": same, "word": words, "degree": [1, 2, 3], "own": [5, 6, 7]}
    )
    second = MapFrame(
        [2, 3, 4],
        spread(3),
        {"same": [2, 3, 4], "word": ["", "z", "u"], "degree": [9, 3, 1], MOVED: [0, 0, 0]},
    )
    found = both(first, second).columns
    assert list(found) == ["same", "word", "degree (Monday)", "degree (Tuesday)", "own", MOVED, WHERE]
    assert found["same"].tolist() == [1, 2, 3, 4]
    assert found["word"].tolist() == ["x", "", "z", "u"]
    for name, wanted in (
        ("degree (Monday)", [1, 2, 3, np.nan]),
        ("degree (Tuesday)", [np.nan, 9, 3, 1]),
        ("own", [5, 6, 7, np.nan]),
        # A column of that name is the reader's own.
        (MOVED, [np.nan, 0, 0, 0]),
    ):
        assert np.array_equal(found[name], wanted, equal_nan=True)


@pytest.mark.parametrize("frames", [[[3, 3]] * 2, [[1, 1]], [[0, 0], [2, 2]]])
def test_maps_without_extent(frames, tmp_path):
    maps = [MapFrame(range(len(frames)), frames), MapFrame(range(len(frames)), np.ones((len(frames), 2)))]
    write_page(maps, tmp_path / "map.html")
    points = both(*maps).views[1].points
    assert np.isfinite(points).all()


def test_what_is_refused(tmp_path):
    frame, path = MapFrame(range(3), spread(3)), tmp_path / "map.html"
    with pytest.raises(InputError, match="the two maps have no id in common"):
        write_page([frame, MapFrame(["0", "1"], spread(2))], path)
    with pytest.raises(ParameterError, match="a page shows one map or two, got 3"):
        write_page([frame] * 3, path)
    with pytest.raises(ParameterError, match="a page shows a MapFrame or two, got"):
        write_page([frame, spread(3)], path)
    with pytest.raises(ParameterError, match="titles must differ, got 'a' twice"):
        write_page([frame, frame], path, titles=["a", "a"])
    with pytest.raises(ParameterError, match="titles must be two names, one for each map, got 'ab'"):
        write_page([frame, frame], path, titles="ab")
    with pytest.raises(ParameterError, match="titles are those of two maps; title is that of one"):
        write_page(frame, path, titles=["a", "b"])
    with pytest.raises(ParameterError, match="edges of two maps are a pair"):
        write_page([frame, frame], path, edges=[[0, 1], [1, 2]])
    with pytest.raises(ParameterError, match=r"edges must lie in \[0, 3\)"):
        write_page([frame, frame], path, edges=[None, [[0, 3]]])
    with pytest.raises(ParameterError, match="unknown column 'degree'"):
        write_page([frame, frame], path, color="degree")
    assert list(tmp_path.iterdir()) == []
