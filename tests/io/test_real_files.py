"""Real files give the counts that are known of them."""

import numpy as np
import pytest

from graphkit.io import read_graph, read_labels

GRAPHS = {
    "blogcatalog.mat": (10_312, 333_983, 0),
    "ppi.mat": (3_890, 37_845, 894),
    "cora_edges.txt.gz": (2_708, 5_278, 0),
    "pubmed_edges.txt.gz": (19_717, 44_324, 0),
    "facebook.txt.gz": (4_039, 88_234, 0),
    "github_edges.csv.gz": (37_700, 289_003, 0),
    "facebook_pages_edges.csv.gz": (22_470, 170_823, 179),
    "ego_twitter.txt.gz": (81_306, 1_342_296, 14),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_graphs(name, real_data):
    graph = read_graph(real_data / name)
    num_nodes, num_edges, num_loops = GRAPHS[name]
    assert (graph.num_nodes, graph.num_self_loops) == (num_nodes, num_loops)
    assert graph.num_edges == num_edges + num_loops
    assert not graph.is_weighted


def test_a_directed_crawl(real_data):
    path = real_data / "cnr_2000.txt.gz"
    assert read_graph(path, directed=True).num_edges == 3_216_152
    graph = read_graph(path, self_loops="drop")
    assert (graph.num_nodes, graph.num_edges) == (325_557, 2_738_969)


LABELS = {
    ("blogcatalog.mat", "blogcatalog.mat"): (39, 14_476),
    ("ppi.mat", "ppi.mat"): (50, 6_640),
    ("cora_edges.txt.gz", "cora_labels.txt.gz"): (7, 2_708),
    ("pubmed_edges.txt.gz", "pubmed_labels.txt.gz"): (3, 19_717),
    ("github_edges.csv.gz", "github_target.csv.gz"): (2, 37_700),
    ("facebook_pages_edges.csv.gz", "facebook_pages_target.csv.gz"): (4, 22_470),
}


@pytest.mark.parametrize("files", LABELS, ids=lambda files: files[1])
def test_labels(files, real_data):
    node_ids = read_graph(real_data / files[0]).node_ids
    labels, names = read_labels(real_data / files[1], node_ids)
    assert (len(names), labels.nnz) == LABELS[files]
    if not files[0].endswith(".mat"):
        assert np.all(labels.sum(axis=1) == 1)


def test_names_of_labels(real_data):
    node_ids = read_graph(real_data / "facebook_pages_edges.csv.gz").node_ids
    _, names = read_labels(real_data / "facebook_pages_target.csv.gz", node_ids)
    assert names == ["company", "government", "politician", "tvshow"]
