"""Damaged and hostile files: each is read, or refused by an error of ours; no crash, no hang, no other error.

`GRAPHKIT_CAMPAIGN_FILES` files are tried of each kind, with seeds from `GRAPHKIT_CAMPAIGN_SEED` on.
"""

import json
import os
import shutil

import numpy as np
import pytest

import graphkit as gk
from campaign.children import faults_of
from campaign.mutations import graph_files, mutated, vector_files
from graphkit.errors import GraphkitError
from graphkit.io.labels import read_labels

FILES = int(os.environ.get("GRAPHKIT_CAMPAIGN_FILES", "30"))
SEED = int(os.environ.get("GRAPHKIT_CAMPAIGN_SEED", "1"))
GRAPHS, VECTORS = graph_files(), vector_files()


def use(graph):
    """Let kernels follow what was read."""
    if graph.num_nodes < 10**6:
        gk.core_numbers(graph)
        gk.random_walks(graph, walks_per_node=1, walk_length=5, num_threads=1)


def check(trial, tmp_path, name, content):
    faults = faults_of(trial, FILES, GraphkitError, first=SEED)
    for fault in faults:
        (tmp_path / f"fault-{fault.trial}-{name}").write_bytes(content(fault.trial))
    assert not faults, "\n".join(f"{name}, seed {fault.trial}: {fault.what}" for fault in faults)


@pytest.mark.parametrize("name", GRAPHS)
def test_files_of_graphs(name, tmp_path):
    place = tmp_path / name

    def content(number):
        return mutated(GRAPHS[name], np.random.default_rng(number))

    def trial(number):
        place.write_bytes(content(number))
        use(gk.read_graph(place))

    place.write_bytes(GRAPHS[name])
    use(gk.read_graph(place))
    check(trial, tmp_path, name, content)


@pytest.mark.parametrize("name", VECTORS)
def test_files_of_vectors(name, tmp_path):
    place = tmp_path / name
    (tmp_path / "v.ids.txt").write_text("".join(f"{i}\n" for i in range(20)))

    def content(number):
        return mutated(VECTORS[name], np.random.default_rng(number))

    def trial(number):
        place.write_bytes(content(number))
        gk.Embedding.load(place).most_similar(3)

    place.write_bytes(VECTORS[name])
    gk.Embedding.load(place)
    check(trial, tmp_path, name, content)


def _saved_graph(folder):
    edges = np.random.default_rng(0).integers(0, 40, (90, 2))
    gk.Graph.from_edges(edges, np.arange(1, 91) / 7).save(folder)


def _saved_words(folder):
    gk.Graph.from_edges([("ä", "b"), ("b", "c"), ("c", "d")]).save(folder)


def _saved_index(folder):
    gk.NeighborIndex(np.random.default_rng(0).normal(size=(50, 4))).save(folder)


def _use_index(folder):
    gk.NeighborIndex.open(folder).nearest(np.ones((2, 4)), 3)


FOLDERS = {
    "graph": (_saved_graph, lambda folder: use(gk.Graph.open(folder))),
    "graph of words": (_saved_words, lambda folder: use(gk.Graph.open(folder))),
    "index": (_saved_index, _use_index),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_folders(name, tmp_path):
    save, open_ = FOLDERS[name]
    whole, damaged = tmp_path / "whole", tmp_path / "damaged"
    save(whole)
    open_(whole)
    names = sorted(file.name for file in whole.iterdir())

    def content(number):
        file = names[number % len(names)]
        return mutated((whole / file).read_bytes(), np.random.default_rng(number))

    def trial(number):
        shutil.rmtree(damaged, ignore_errors=True)
        shutil.copytree(whole, damaged)
        file = damaged / names[number % len(names)]
        # As long as it was, more often than not: a length that the manifest does not tell is found at once.
        changed, size = content(number), file.stat().st_size
        same = number % 3 and file.suffix != ".json"
        file.write_bytes((changed + file.read_bytes()[len(changed) :])[:size] if same else changed)
        open_(damaged)

    check(trial, tmp_path, name, content)


HOSTILE = [None, True, -1, 2**63, 10**30, 1e300, "", "a", "\ud800", "a\0b", "../x", [], [1], {}, {"a": 1}]


def _with_other_field(value, rng):
    """JSON with one field, wherever it is, taken away or of another value."""
    holders = [value]
    for holder in holders:
        inside = holder.values() if isinstance(holder, dict) else holder
        holders += [each for each in inside if isinstance(each, (dict, list)) and each]
    holder = holders[rng.integers(len(holders))]
    place = list(holder if isinstance(holder, dict) else range(len(holder)))[rng.integers(len(holder))]
    choice = rng.integers(len(HOSTILE) + 2)
    if choice < len(HOSTILE):
        holder[place] = HOSTILE[choice]
    elif choice == len(HOSTILE) or isinstance(holder, list):
        del holder[place]
    else:
        holder[str(HOSTILE[5 + rng.integers(6)])] = holder.pop(place)


@pytest.mark.parametrize("name", FOLDERS)
def test_manifests(name, tmp_path):
    save, open_ = FOLDERS[name]
    folder = tmp_path / "folder"
    save(folder)
    open_(folder)
    whole = (folder / "manifest.json").read_text()

    def content(number):
        value = json.loads(whole)
        _with_other_field(value, np.random.default_rng(number))
        return json.dumps(value).encode()

    def trial(number):
        (folder / "manifest.json").write_bytes(content(number))
        open_(folder)

    check(trial, tmp_path, name, content)


def test_labels(tmp_path):
    graph = gk.Graph.from_edges([(i, i + 1) for i in range(30)])
    text = b"id\tlabel\n" + b"".join(b"%d\tk%d\n" % (i, i % 4) for i in range(30))
    place = tmp_path / "labels.tsv"

    def content(number):
        return mutated(text, np.random.default_rng(number))

    def trial(number):
        place.write_bytes(content(number))
        read_labels(place, graph.node_ids)

    check(trial, tmp_path, "labels.tsv", content)
