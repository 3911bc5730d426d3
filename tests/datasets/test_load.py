"""Loading: every data set has the counts of the catalogue; the shipped ones against other sources."""

import subprocess
import sys

import networkx as nx
import numpy as np
import pytest

from graphkit.datasets import available, load, read_entry
from graphkit.datasets.store import SHIPPED
from graphkit.errors import InputError, ParameterError

SHIPPED_NAMES = ["karate_club", "les_miserables", "wordnet"]
OUTSIDE = [
    *(
        "blogcatalog",
        "cnr_2000",
        "cora",
        "ego_twitter",
        "facebook",
        "facebook_pages",
        "github",
        "ppi",
        "pubmed",
    )
]


def assert_as_catalogued(data):
    entry, graph = read_entry(data.name), data.graph
    assert (graph.num_nodes, graph.num_edges) == (entry.num_nodes, entry.num_edges)
    assert graph.num_self_loops == entry.num_self_loops
    assert (graph.directed, graph.is_weighted) == (entry.directed, entry.weighted)
    assert (data.description, data.source, data.licence) == (entry.description, entry.source, entry.licence)
    assert len(data.label_names) == entry.num_labels
    if entry.labels is None:
        assert data.labels is None
        return
    assert data.labels.shape == (graph.num_nodes, entry.num_labels)
    assert data.labels.format == "csr"
    assert data.labels.dtype == np.bool_
    assert data.labels.sum() == entry.num_assignments


@pytest.mark.parametrize("name", SHIPPED_NAMES)
def test_shipped_data_set_is_as_catalogued(name, monkeypatch):
    monkeypatch.delenv("GRAPHKIT_DATA", raising=False)
    assert_as_catalogued(load(name))


@pytest.mark.parametrize("name", OUTSIDE)
def test_data_set_of_the_data_folder_is_as_catalogued(name, real_data):
    assert all((real_data / file.name).is_file() for file in read_entry(name).files)
    data = load(name)
    assert_as_catalogued(data)
    assert data.graph.node_ids.tolist() == list(range(data.graph.num_nodes))


def test_every_data_set_is_tested():
    assert sorted(SHIPPED_NAMES + OUTSIDE) == available()


def test_label_counts_of_the_data_folder(real_data):
    assert real_data.is_dir()
    assert counts(load("cora")) == dict(zip("0123456", [818, 180, 217, 426, 351, 418, 298]))
    assert counts(load("facebook_pages")) == {
        **{"company": 6495, "government": 6880},
        **{"politician": 5768, "tvshow": 3327},
    }


def test_matlab_rows_are_the_files_rows(real_data):
    import scipy.io

    held = scipy.io.loadmat(real_data / "ppi.mat")
    data = load("ppi")
    assert (data.graph.to_scipy() != held["network"]).nnz == 0
    assert (data.labels != (held["group"] != 0)).nnz == 0


def counts(data):
    return dict(zip(data.label_names, data.labels.sum(axis=0).tolist()))


def test_karate_club_equals_networkx():
    data, theirs = load("karate_club"), nx.karate_club_graph()
    assert weighted_edges(data.graph.to_networkx()) == weighted_edges(theirs)
    clubs = [theirs.nodes[node]["club"] for node in data.graph.node_ids.tolist()]
    assert [data.label_names[column] for column in data.labels.indices] == clubs


def test_les_miserables_equals_networkx():
    assert weighted_edges(load("les_miserables").graph.to_networkx()) == weighted_edges(
        nx.les_miserables_graph()
    )


def weighted_edges(graph):
    return {(frozenset((u, v)), weight) for u, v, weight in graph.edges(data="weight")}


def test_wordnet_holds_what_the_dictionary_says():
    data = load("wordnet")
    graph = data.graph
    assert graph.node_ids[:2].tolist() == ["entity.n.01", "physical_entity.n.01"]
    around = set(graph.neighbors("dog.n.01").tolist())
    assert {"canine.n.02", "domestic_animal.n.01", "puppy.n.01", "corgi.n.01", "pack.n.06"} <= around
    assert label(data, "dog.n.01") == "noun.animal"
    assert label(data, "run.v.01") == "verb.motion"
    assert int((graph.degree == 0).sum()) == 1009
    assert counts(data)["noun.animal"] == 7509
    assert (data.labels.sum(axis=1) == 1).all()


def label(data, node_id):
    return data.label_names[data.labels.indices[data.labels.indptr[data.graph.index.row(node_id)]]]


def test_wordnet_notice_travels_with_the_data():
    notice = (SHIPPED / "wordnet.LICENSE.txt").read_text()
    assert "Permission to use, copy, modify and distribute this software and" in notice
    assert 'PROVIDED "AS IS"' in notice
    assert "WordNet 3.0 Copyright 2006 by Princeton University.  All rights reserved." in notice


def test_unknown_name():
    with pytest.raises(ParameterError, match="did you mean 'karate_club'"):
        load("karate-club")


def test_missing_files_say_what_to_put_where(monkeypatch, tmp_path):
    monkeypatch.setenv("GRAPHKIT_DATA", str(tmp_path))
    monkeypatch.setenv("GRAPHKIT_CACHE", str(tmp_path))
    with pytest.raises(InputError, match=r"cora_edges\.txt\.gz \(sha256 9ed482f5.*GRAPHKIT_DATA"):
        load("cora")


def test_repr_is_one_line():
    assert repr(load("karate_club")) == (
        "Dataset('karate_club', Graph(34 nodes, 78 edges, undirected, weighted), 2 labels)"
    )
    assert repr(load("les_miserables")).endswith("weighted), no labels)")


def test_import_is_light():
    heavy = ["numba", "scipy", "pyarrow", "polars", "rich", "torch"]
    code = (
        f"import sys, graphkit.datasets as d; d.available(); print([m for m in {heavy} if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"
