"""`plot`: a graph, vectors or a map in one call."""

import numpy as np
import pytest

import graphkit as gk
from graphkit.errors import InputError, ParameterError
from graphkit.maps import MapFrame, Picture

CLUB = gk.datasets.load("karate_club").graph


def num_lines(picture):
    return sum(
        len(each.get_segments())
        for each in picture.figure.axes[0].collections
        if hasattr(each, "get_segments")
    )


def test_a_graph_has_its_edges_and_names(tmp_path):
    picture = CLUB.plot(title="Club")
    assert isinstance(picture, Picture)
    assert num_lines(picture) == CLUB.num_edges
    assert len(picture.figure.axes[0].texts) > 20
    assert picture._repr_png_().startswith(b"\x89PNG")
    picture.save(tmp_path / "club.png", dpi=40)
    assert (tmp_path / "club.png").read_bytes().startswith(b"\x89PNG")
    assert num_lines(gk.plot(CLUB, edges=False)) == 0


def test_places_are_those_of_largevis():
    wanted = gk.LargeVis(seed=3).fit_transform(CLUB)
    drawn = gk.plot(CLUB, "core", seed=3).figure.axes[0].collections[-1].get_offsets()
    assert np.allclose(np.sort(drawn, axis=0), np.sort(wanted, axis=0))


def test_vectors_are_laid_out_unless_they_are_places():
    flat = gk.Embedding(range(30), np.random.default_rng(0).normal(size=(30, 2)))
    drawn = flat.plot().figure.axes[0].collections[0].get_offsets()
    assert np.allclose(np.sort(drawn, axis=0), np.sort(flat.vectors, axis=0))
    deep = gk.Embedding(range(30), np.random.default_rng(0).normal(size=(30, 8)))
    assert deep.plot(np.arange(30)).figure.axes[1]


def test_colours_by_id():
    sides = {node: "left" if node < 17 else "right" for node in range(30)}
    legend = gk.plot(CLUB, sides).figure.axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["left  17", "right  13", "no label  4"]


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((np.ones((3, 2)),), {}, ParameterError, "plot draws a Graph, an Embedding or a MapFrame, got"),
        ((CLUB, "town"), {}, ParameterError, "unknown column 'town'; possible: degree, core"),
        ((CLUB, [1, 2]), {}, InputError, "color"),
        ((MapFrame([1], [[0, 0]]),), {"edges": True}, ParameterError, "edges has no effect but on a Graph"),
    ],
)
def test_refused(arguments, options, error, message):
    with pytest.raises(error, match=message):
        gk.plot(*arguments, **options)
