"""What notebooks show of objects: small tables, whatever the size, with text as text."""

from xml.etree import ElementTree

import numpy as np
import pytest

import graphkit as gk

EDGES = [("a<b>", "c&d"), ("c&d", "e"), ("e", "x" * 100)]
GRAPH = gk.Graph.from_edges(EDGES)
EMBEDDING = gk.Embedding(GRAPH.node_ids, np.arange(40).reshape(4, 10) / 7)
OBJECTS = {
    "graph": (GRAPH, ["source", "target"], 5),
    "weighted": (gk.Graph.from_edges([(0, 1)], weights=[2.5]), ["source", "target", "weight"], 2),
    "no edges": (gk.Graph.from_edges([], num_nodes=2), ["source", "target"], 0),
    "embedding": (EMBEDDING, ["id", *"012345", "…"], 4),
    "thin": (gk.Embedding(range(9), np.ones((9, 2))), ["id", "0", "1"], 5),
    "neighbours": (gk.knn_graph(EMBEDDING.vectors, k=2), ["point", "nearest", "distance"], 4),
    "top nodes": (gk.PersonalizedPageRank().top(GRAPH, k=2), ["source", "first node", "score"], 4),
    "links": (gk.predict_links(EMBEDDING, GRAPH, k=3, operator="inner"), ["source", "target", "score"], 3),
    "labels": (gk.predict_labels(EMBEDDING, {"e": 1, "c&d": 2}), ["id", "label", "probability"], 2),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_previews_are_small_tables(name):
    made, header, num_rows = OBJECTS[name]
    page = ElementTree.fromstring(f"<div>{made._repr_html_()}</div>")
    assert page.find("p").text == repr(made)
    lines = [["".join(cell.itertext()) for cell in row] for row in page.iter("tr")]
    assert lines[0] == header
    body = [line for line in lines[1:] if set(line) != {"…"}]
    assert len(body) == num_rows
    assert all(len(line) == len(header) for line in lines)


def test_text_is_text():
    first = GRAPH._repr_html_()
    assert "a&lt;b&gt;" in first
    assert "x" * 41 not in first
    assert f"<td>{'x' * 40}…</td>" in first
