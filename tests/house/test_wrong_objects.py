"""What stands in the wrong place ends in a graphkit error: none of NumPy's, no AttributeError."""

import contextlib

import networkx
import numpy as np
import pandas
import pytest
import scipy.sparse
import torch
from torch_geometric.data import Batch, Data

import graphkit as gk
from graphkit import datasets, evaluation, io, neighbors, outofcore
from graphkit.errors import GraphkitError, InputError, ParameterError
from graphkit.maps import MapFrame
from graphkit.pyg import AddEmbedding

WALKS = {"dim": 4, "walks_per_node": 1, "walk_length": 5}
KARATE = datasets.load("karate_club")
GRAPH = KARATE.graph
EMBEDDING = gk.FastRP(dim=4).embed(GRAPH)
VECTORS = EMBEDDING.vectors
SPLIT = evaluation.split_edges(GRAPH, 0.1)
PAIR = Data(edge_index=torch.tensor([[0, 1], [1, 0]]), num_nodes=2)

OBJECTS = {
    "networkx graph": networkx.karate_club_graph(),
    "None": None,
    "text": "edges.txt",
    "name of a data set": "dataset:karate_club",
    "number": 3,
    "table of edges": pandas.DataFrame({"source": [0, 1], "target": [1, 2]}),
    "table of vectors": pandas.DataFrame(VECTORS, columns=list("abcd")),
    "tensor": torch.zeros(3, 2),
    "tensor with a gradient": torch.zeros(3, 2, requires_grad=True),
    "Data": PAIR,
    "Batch": Batch.from_data_list([PAIR, PAIR]),
    "array": np.zeros((3, 2)),
    "no numbers": np.zeros((0, 0)),
    "pairs": [(0, 1)],
    "ragged list": [[1, 2], [3]],
    "strings": np.array(["a", "b"]),
    "objects": np.array([[None, "a"]], object),
    "sparse matrix": scipy.sparse.csr_array(np.eye(3)),
    "Graph": GRAPH,
    "Embedding": EMBEDDING,
    "neighbours": gk.knn_graph(VECTORS, k=3),
}


def out_of_core(work, *given):
    with gk.Engine(work="work", workers=1) as engine:
        work(*given, engine=engine)


PLACES = {
    "FastRP.fit": lambda x: gk.FastRP(dim=4).fit(x),
    "DeepWalk.fit": lambda x: gk.DeepWalk(**WALKS).fit(x),
    "Node2Vec.embed": lambda x: gk.Node2Vec(**WALKS).embed(x),
    "LINE.fit": lambda x: gk.LINE(dim=4, samples=10).fit(x),
    "CoreWalk.fit": lambda x: gk.CoreWalk(dim=4, walk_length=5).fit(x),
    "KCoreEmbedding.fit": lambda x: gk.KCoreEmbedding().fit(x),
    "RandomFeatures.fit": lambda x: gk.RandomFeatures(dim=4).fit(x),
    "embed": lambda x: gk.embed(x, method="fastrp"),
    "features": lambda x: gk.FastRP(dim=4).fit(GRAPH, features=x),
    "init of walks": lambda x: gk.DeepWalk(**WALKS).fit(GRAPH, init=x),
    "init of LINE": lambda x: gk.LINE(dim=4, samples=10).fit(GRAPH, init=x),
    "partial_fit": lambda x: gk.DeepWalk(**WALKS).partial_fit(x),
    "partial_fit of LINE": lambda x: gk.LINE(dim=4, samples=10).partial_fit(x),
    "transform_new": lambda x: gk.LINE(dim=4, samples=10).fit(GRAPH).transform_new(x),
    "random_walks": lambda x: gk.random_walks(x, walk_length=5, walks_per_node=1),
    "starts": lambda x: gk.random_walks(GRAPH, walk_length=5, walks_per_node=1, starts=x),
    "core_numbers": gk.core_numbers,
    "PersonalizedPageRank": lambda x: gk.PersonalizedPageRank().top(x, k=2),
    "sources": lambda x: gk.PersonalizedPageRank().top(GRAPH, k=2, sources=x),
    "local_cluster": lambda x: gk.local_cluster(x, 0),
    "seeds": lambda x: gk.local_cluster(GRAPH, x),
    "local_clusters": lambda x: gk.local_clusters(x, [0]),
    "seeds of clusters": lambda x: gk.local_clusters(GRAPH, x),
    "labels of a local cluster": lambda x: gk.local_cluster(GRAPH, 0, labels=x),
    "FastONL": gk.FastONL,
    "nodes of FastONL": lambda x: gk.FastONL(GRAPH).partial_fit(x, [0], classes=[0, 1]),
    "labels of FastONL": lambda x: gk.FastONL(GRAPH).partial_fit([0], x, classes=[0, 1]),
    "classes of FastONL": lambda x: gk.FastONL(GRAPH).partial_fit([0], [0], classes=x),
    "sparsify": gk.sparsify,
    "Sparsifier.add_edges": lambda x: gk.Sparsifier(GRAPH).add_edges(x, [1.0]),
    "Sparsifier.remove_edges": lambda x: gk.Sparsifier(GRAPH).remove_edges(x),
    "schur_complement": lambda x: gk.schur_complement(x, 0.5),
    "keep": lambda x: gk.schur_complement(GRAPH, x),
    "effective_resistances": gk.effective_resistances,
    "pairs of resistances": lambda x: gk.effective_resistances(GRAPH, x),
    "harmonic_extension": lambda x: gk.harmonic_extension(x, GRAPH),
    "graph of an extension": lambda x: gk.harmonic_extension(EMBEDDING, x),
    "relative_condition_number": lambda x: gk.relative_condition_number(GRAPH, x),
    "knn_graph": lambda x: gk.knn_graph(x, k=2),
    "NeighborIndex": neighbors.NeighborIndex,
    "queries": lambda x: neighbors.NeighborIndex(VECTORS).nearest(x, 2),
    "exclude": lambda x: neighbors.nearest(VECTORS[:3], VECTORS[:3], 1, exclude=x),
    "neighbors of a MapFrame": lambda x: MapFrame(range(3), VECTORS[:3, :2], neighbors=x),
    "split_edges": lambda x: evaluation.split_edges(x, 0.1),
    "vectors of links": lambda x: evaluation.link_prediction(x, SPLIT),
    "split": lambda x: evaluation.link_prediction(VECTORS, x),
    "vectors of nodes": lambda x: evaluation.node_classification(x, KARATE.labels, shuffles=1),
    "vectors of links to predict": lambda x: gk.predict_links(x, GRAPH),
    "graph of links to predict": lambda x: gk.predict_links(VECTORS, x),
    "nodes of links to predict": lambda x: gk.predict_links(VECTORS, GRAPH, x),
    "targets": lambda x: gk.predict_links(VECTORS, GRAPH, targets=x, operator="inner"),
    "vectors of labels to predict": lambda x: gk.predict_labels(x, {0: "a", 1: "b"}),
    "labels to predict from": lambda x: gk.predict_labels(VECTORS, x),
    "nodes of labels to predict": lambda x: gk.predict_labels(VECTORS, {0: "a", 1: "b"}, x),
    "label_names": lambda x: gk.predict_labels(VECTORS, {0: "a", 1: "b"}, label_names=x),
    "labels": lambda x: evaluation.node_classification(VECTORS, x, shuffles=1),
    "graph of a test of walks": lambda x: evaluation.transition_test(x, np.zeros((3, 4), int)),
    "walks": lambda x: evaluation.transition_test(GRAPH, x),
    "as_graph": gk.as_graph,
    "read_graph": gk.read_graph,
    "from_edges": gk.Graph.from_edges,
    "weights": lambda x: gk.Graph.from_edges([(0, 1)], weights=x),
    "node_ids": lambda x: gk.Graph.from_edges([(0, 1)], node_ids=x),
    "nodes": lambda x: gk.as_graph([(0, 1)], nodes=x),
    "rows": GRAPH.rows,
    "subgraph": GRAPH.subgraph,
    "neighbors": GRAPH.neighbors,
    "vectors of an Embedding": lambda x: gk.Embedding(np.arange(34), x),
    "ids of an Embedding": lambda x: gk.Embedding(x, VECTORS),
    "ids asked for": lambda x: EMBEDDING[x],
    "most_similar": EMBEDDING.most_similar,
    "Embedding.load": gk.Embedding.load,
    "MapFrame.of_graph": lambda x: MapFrame.of_graph(x, VECTORS[:, :2]),
    "positions": lambda x: MapFrame.of_graph(GRAPH, x),
    "AddEmbedding": AddEmbedding("fastrp", dim=4),
    "datasets.load": datasets.load,
    "read_labels": lambda x: io.read_labels(x, GRAPH.node_ids),
    "read_features": lambda x: io.read_features(x, GRAPH.node_ids),
    "read_attributes": lambda x: io.read_attributes(x, GRAPH.node_ids),
    "ids of labels": lambda x: io.read_labels("labels.txt", x),
    "read_node_list": io.read_node_list,
    "Graph.open": gk.Graph.open,
    "NeighborIndex.open": neighbors.NeighborIndex.open,
    "MapFrame.load": MapFrame.load,
    "Graph.save": GRAPH.save,
    "Embedding.save": EMBEDDING.save,
    "MapFrame.save": MapFrame.of_graph(GRAPH, VECTORS[:, :2]).save,
    "NeighborIndex.save": neighbors.NeighborIndex(VECTORS).save,
    "TopNodes.save": gk.PersonalizedPageRank().top(GRAPH, k=2).save,
    "checkpoint": lambda x: gk.DeepWalk(**WALKS).fit(GRAPH, checkpoint=x),
    "estimate_memory": io.estimate_memory,
    "convert": lambda x: out_of_core(outofcore.convert, x, "out"),
    "embed out of core": lambda x: out_of_core(outofcore.embed, x, gk.FastRP(dim=4)),
    "work": lambda x: gk.Engine(work=x, workers=1),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("place", PLACES)
def test_what_does_not_fit_is_refused_in_our_words(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for given in OBJECTS.values():
        with contextlib.suppress(GraphkitError):
            PLACES[place](given)


def test_a_graph_of_another_library_hears_what_makes_one_of_it():
    with pytest.raises(ParameterError, match=r"got networkx.Graph; gk.as_graph\(...\) makes one"):
        gk.Node2Vec().fit(networkx.karate_club_graph())
    with pytest.raises(ParameterError, match=r"got str; gk.read_graph\(...\) reads files"):
        gk.FastRP().fit("edges.txt")


def test_the_command_lines_name_of_a_data_set_is_no_file():
    with pytest.raises(InputError, match=r"is a data set, .* graphkit.datasets.load\('karate_club'\).graph"):
        gk.read_graph("dataset:karate_club")


def test_a_batch_is_one_graph_of_all_its_graphs():
    graph = gk.as_graph(OBJECTS["Batch"])
    assert (graph.num_nodes, graph.num_edges) == (4, 2)
