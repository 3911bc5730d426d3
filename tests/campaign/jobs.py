"""Work that may be broken off at any moment, by a kill or a full disk, and begun again.

Each attempt is a process of its own, so that one that is killed by a signal is counted and named.
"""

import contextlib
import hashlib
import os
import sys
import traceback
from functools import partial
from unittest import mock

import numpy as np
from support.graphs import random_graph
from support.inline_pool import InlinePool

import graphkit as gk
from graphkit import outofcore
from graphkit.engine import Engine, engine
from graphkit.errors import RunError
from graphkit.methods.registry import make_method
from graphkit.sgns import checkpoints, trainer

FULL = 3
"""The exit code of an attempt that ended at a full disk."""


def embedded(folder, work, **params):
    with Engine(work=work, workers=1) as made:
        return outofcore.embed(folder / "graph", engine=made, seed=1, **params).vectors.tobytes()


def cores(folder, work, graph):
    with Engine(work=work, workers=1) as made:
        return outofcore.core_numbers(folder / graph, engine=made).tobytes()


def neighbors(folder, work):
    with Engine(work=work, workers=1) as made:
        found = outofcore.knn_graph(folder / "points.npy", 5, engine=made)
        return found.indices.tobytes() + found.distances.tobytes()


def ranks(folder, work):
    with Engine(work=work, workers=1) as made:
        top = outofcore.top_pagerank(
            folder / "graph", gk.PersonalizedPageRank(tolerance=1e-3), 10, engine=made
        )
        return top.rows.tobytes() + top.scores.tobytes()


def features(folder, work):
    with Engine(work=work, workers=1) as made:
        model = gk.RandomFeatures(seed=1, num_walkers=20)
        found = outofcore.kernel_features(folder / "graph", model, engine=made)
        return found.data.tobytes() + found.indices.tobytes()


def walks(folder, work):
    """The result, too, is written to the disk that fills."""
    work.mkdir(exist_ok=True)
    with Engine(work=work / "run", workers=1) as made:
        outofcore.random_walks(
            folder / "graph", work / "walks.npy", engine=made, seed=1, walk_length=20, overwrite=True
        )
    return (work / "walks.npy").read_bytes()


def converted(folder, work, edges):
    work.mkdir(exist_ok=True)
    with Engine(work=work / "run", workers=1) as made:
        outofcore.convert(folder / edges, work / "graph", engine=made, overwrite=True)
    return b"".join(file.read_bytes() for file in sorted((work / "graph").iterdir()))


def saved(folder, work):
    work.mkdir(exist_ok=True)
    gk.Graph.open(folder / "graph").save(work / "graph", overwrite=True)
    return b"".join(file.read_bytes() for file in sorted((work / "graph").iterdir()))


def written(folder, work, name):
    work.mkdir(exist_ok=True)
    vectors = np.load(folder / "points.npy")
    gk.Embedding(np.arange(len(vectors)), vectors, {}).save(work / name, overwrite=True)
    return b"".join(file.read_bytes() for file in sorted(work.iterdir()))


def indexed(folder, work):
    work.mkdir(exist_ok=True)
    vectors = np.load(folder / "points.npy")
    gk.NeighborIndex(vectors).save(work / "index", overwrite=True)
    return b"".join(file.read_bytes() for file in sorted((work / "index").iterdir()))


def checkpointed(folder, work, method, **params):
    """A run in memory that keeps a checkpoint at every one of its many steps."""
    graph = gk.Graph.open(folder / "graph")
    made = make_method(method, seed=1, num_threads=1, **params)
    with mock.patch.object(checkpoints, "SECONDS", 0.0), mock.patch.object(trainer, "CHUNK_TILES", 8):
        made.fit(graph, checkpoint=work, resume=True)
    return made.embedding_.tobytes() + made.context_embedding_.tobytes()


def drawn(folder, work, name):
    """A map, as a table or as a page."""
    work.mkdir(exist_ok=True)
    points = np.load(folder / "points.npy")[:, :2]
    frame = gk.maps.MapFrame(np.arange(len(points)), points, {"size": points[:, 0]})
    write = frame.save if name.endswith(".parquet") else partial(gk.maps.write_page, frame)
    write(work / name, overwrite=True)
    return (work / name).read_bytes()


_SHORT = {"dim": 8, "walks_per_node": 2, "walk_length": 10, "window": 3}

JOBS = {
    "fastrp": partial(embedded, method="fastrp", dim=16),
    "fastrp, columns side by side": partial(embedded, method="fastrp", dim=16, concatenate=True),
    "deepwalk": partial(embedded, method="deepwalk", dim=8, walks_per_node=2, walk_length=10),
    "node2vec in parts": partial(embedded, method="node2vec", dim=8, walks_per_node=2, num_parts=3),
    "kcore": partial(cores, graph="graph"),
    "kcore, directed": partial(cores, graph="directed"),
    "neighbors": neighbors,
    "pagerank": ranks,
    "kernel features": features,
    "walks": walks,
    "convert numbers": partial(converted, edges="numbers.csv"),
    "convert words": partial(converted, edges="words.csv"),
    "save a graph": saved,
    "save .npy": partial(written, name="vectors.npy"),
    "save .npz": partial(written, name="vectors.npz"),
    "save .parquet": partial(written, name="vectors.parquet"),
    "save .csv": partial(written, name="vectors.csv"),
    "save an index": indexed,
    "save a map": partial(drawn, name="map.parquet"),
    "save a page": partial(drawn, name="map.html"),
    "corewalk": partial(embedded, method="corewalk", dim=8, walk_length=10),
    "checkpoints of deepwalk": partial(checkpointed, method="deepwalk", **_SHORT),
    "checkpoints of node2vec": partial(checkpointed, method="node2vec", p=0.5, q=2, **_SHORT),
    "checkpoints of corewalk": partial(checkpointed, method="corewalk", dim=8, walk_length=10),
    "checkpoints of line": partial(checkpointed, method="line", dim=8, samples=20_000),
}
"""By name: a function of the folder of inputs and of a folder to work in, which returns the result's bytes.

Called again after it was broken off, it goes on.
"""


def make_inputs(folder):
    """Write what the jobs read."""
    graph = random_graph(700, 3000, seed=1)
    graph.save(folder / "graph")
    rng = np.random.default_rng(2)
    edges = rng.integers(0, 600, (4000, 2))
    gk.Graph.from_edges(edges, directed=True).save(folder / "directed")
    np.savetxt(folder / "numbers.csv", edges, "%d", ",")
    (folder / "words.csv").write_text("".join(f"name {a},Ort {b}é\n" for a, b in edges))
    points = rng.normal(size=(900, 12)).astype(np.float32)
    gk.Embedding(np.arange(900), points, {}).save(folder / "points.npy")


@contextlib.contextmanager
def in_one_process():
    """All in one process and one thread."""
    with (
        mock.patch.object(engine, "LocalPool", InlinePool),
        mock.patch.dict(os.environ, GRAPHKIT_NUM_THREADS="1"),
    ):
        yield


def attempt(run, folder):
    """Run in a process of its own: its exit code, and the digest or what it said."""
    place = folder / "said"
    child = os.fork()
    if child == 0:
        status = 1
        try:
            said, status = hashlib.sha256(run()).hexdigest(), 0
        except RunError as error:
            said = str(error)
            status = FULL if "no space left" in said else 1
        except BaseException:
            said = traceback.format_exc()
        place.write_text(said)
        sys.stdout.flush()
        os._exit(status)
    _, code = os.waitpid(child, 0)
    if os.WIFSIGNALED(code):
        return -os.WTERMSIG(code), f"killed by signal {os.WTERMSIG(code)}"
    return os.WEXITSTATUS(code), place.read_text()
