"""Damaged and hostile files of every kind, and what is done with each: it is read and used, or refused."""

import contextlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import graphkit as gk
from campaign.mutations import graph_files, mutated, vector_files
from graphkit.io import mat, mat_child
from graphkit.io.attributes import read_attributes
from graphkit.io.features import read_features
from graphkit.io.labels import read_labels
from graphkit.io.node_lists import read_node_list


@dataclass
class Files:
    """Files of one kind: ``run(number)`` writes the one of that number and uses it."""

    name: str
    content: Callable[[int], bytes]
    run: Callable[[int], Any]


def use(graph):
    """Let kernels follow what was read."""
    if graph.num_nodes < 10**6:
        gk.core_numbers(graph)
        gk.random_walks(graph, walks_per_node=1, walk_length=5, num_threads=1)


def graph_trial(name, folder):
    """A graph in one file."""
    whole, place = graph_files()[name], folder / name

    def content(number):
        return mutated(whole, np.random.default_rng(number))

    def run(number):
        place.write_bytes(content(number))
        use(gk.read_graph(place))

    place.write_bytes(whole)
    use(gk.read_graph(place))
    return Files(name, content, run)


def vector_trial(name, folder):
    """Vectors in one file."""
    whole, place = vector_files()[name], folder / name
    (folder / "v.ids.txt").write_text("".join(f"{i}\n" for i in range(20)))

    def content(number):
        return mutated(whole, np.random.default_rng(number))

    def run(number):
        place.write_bytes(content(number))
        gk.Embedding.load(place).most_similar(3)

    place.write_bytes(whole)
    gk.Embedding.load(place)
    return Files(name, content, run)


IDS = np.arange(30)


def _write_map(place):
    positions = np.random.default_rng(2).normal(size=(20, 2))
    neighbors = np.arange(40).reshape(20, 2) % 20
    columns = {"size": positions[:, 0], "kind": ["a", "b"] * 10}
    gk.maps.MapFrame(IDS[:20], positions, columns, neighbors, neighbors + 0.5).save(place)


def _write_rows(row):
    return lambda place: place.write_bytes(b"id\tlabel\n" + b"".join(row(i) for i in range(30)))


def _train(place):
    graph = gk.Graph.from_edges([(i, i + 1) for i in range(30)])
    made = gk.DeepWalk(dim=4, walks_per_node=1, walk_length=5, window=2, num_threads=1)
    made.fit(graph, checkpoint=place.parent, resume=True)


TABLES = {
    "labels.tsv": (
        _write_rows(lambda i: b"%d\tk%d\n" % (i, i % 4)),
        lambda place: read_labels(place, IDS),
    ),
    "attributes.tsv": (
        _write_rows(lambda i: b"%d\t%d.5\n" % (i, i % 4)),
        lambda place: read_attributes(place, IDS),
    ),
    "features.tsv": (
        _write_rows(lambda i: b"%d\t%d.5\n" % (i, i % 4)),
        lambda place: read_features(place, IDS),
    ),
    "nodes.txt": (
        lambda place: place.write_bytes(b"".join(b"n%d\n" % i for i in range(30))),
        read_node_list,
    ),
    "map.parquet": (_write_map, gk.maps.MapFrame.load),
    "checkpoint.npz": (_train, _train),
}
"""How each is written, and what is done with it."""


def table_trial(name, folder):
    """What else is read in one file: tables of nodes, maps, checkpoints."""
    write, read = TABLES[name]
    place = folder / name
    write(place)
    read(place)
    whole = place.read_bytes()

    def content(number):
        return mutated(whole, np.random.default_rng(number))

    def run(number):
        place.write_bytes(content(number))
        read(place)

    return Files(name, content, run)


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


def folder_trial(name, folder):
    """A folder that graphkit wrote, one of its files damaged."""
    save, open_ = FOLDERS[name]
    whole, damaged = folder / "whole", folder / "damaged"
    save(whole)
    open_(whole)
    files = {file.name: file.read_bytes() for file in sorted(whole.iterdir())}
    names = list(files)
    shutil.copytree(whole, damaged)

    def content(number):
        changed, was = mutated(files[_name(number)], np.random.default_rng(number)), files[_name(number)]
        # As long as it was, more often than not: a length that the manifest does not tell is found at once.
        same = number % 3 and not _name(number).endswith(".json")
        return (changed + was[len(changed) :])[: len(was)] if same else changed

    def _name(number):
        return names[number % len(names)]

    def run(number):
        for file, was in files.items():
            (damaged / file).write_bytes(content(number) if file == _name(number) else was)
        open_(damaged)

    return Files(f"folder of {name}", content, run)


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


def manifest_trial(name, folder):
    """A folder that graphkit wrote, one field of its manifest another."""
    save, open_ = FOLDERS[name]
    place = folder / "folder"
    save(place)
    open_(place)
    whole = (place / "manifest.json").read_text()

    def content(number):
        value = json.loads(whole)
        _with_other_field(value, np.random.default_rng(number))
        return json.dumps(value).encode()

    def run(number):
        (place / "manifest.json").write_bytes(content(number))
        open_(place)

    return Files(f"manifest of {name}", content, run)


TRIALS = {
    **{name: (graph_trial, name) for name in graph_files()},
    **{name: (vector_trial, name) for name in vector_files()},
    **{name: (table_trial, name) for name in TABLES},
    **{f"folder of {name}": (folder_trial, name) for name in FOLDERS},
    **{f"manifest of {name}": (manifest_trial, name) for name in FOLDERS},
}


def make_trial(name, folder):
    """Return the files of a kind, which are written into a folder of their own."""
    folder.mkdir()
    make, what = TRIALS[name]
    return make(what, folder)


@contextlib.contextmanager
def forked_mat_reader():
    """MATLAB's files are read by a process that is forked, not started: a hundred times as many."""

    def asked(content, variable):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                with os.fdopen(writer, "wb") as stream:
                    stream.write(mat_child.answer(content, variable))
                status = 0
            finally:
                os._exit(status)
        os.close(writer)
        with os.fdopen(reader, "rb") as stream:
            said = stream.read()
        _, code = os.waitpid(child, 0)
        return None if code else said

    before = mat._asked
    mat._asked = asked
    try:
        yield
    finally:
        mat._asked = before
