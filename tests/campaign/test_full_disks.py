"""A disk that fills at every step: a run ends in an error, and goes on to the bits of an unbroken one.

Each attempt is a process of its own, so that one that is killed by a signal is counted and named. The long
form tries `GRAPHKIT_CAMPAIGN_SIZES` sizes of disk for each job.
"""

import hashlib
import os
import sys
import traceback
from functools import partial

import numpy as np
import pytest
from support.graphs import random_graph
from support.inline_pool import InlinePool
from support.small_disk import SmallDisk

import graphkit as gk
from graphkit import outofcore
from graphkit.engine import Engine, engine
from graphkit.errors import RunError

SIZES = int(os.environ.get("GRAPHKIT_CAMPAIGN_SIZES", "6"))
ROOM = 64 << 20
FULL = 3


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
        top = outofcore.top_pagerank(folder / "graph", gk.PersonalizedPageRank(), 10, engine=made)
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
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inputs")
    graph = random_graph(700, 3000, seed=1)
    graph.save(folder / "graph")
    rng = np.random.default_rng(2)
    edges = rng.integers(0, 600, (4000, 2))
    gk.Graph.from_edges(edges, directed=True).save(folder / "directed")
    np.savetxt(folder / "numbers.csv", edges, "%d", ",")
    (folder / "words.csv").write_text("".join(f"name {a},Ort {b}é\n" for a, b in edges))
    points = rng.normal(size=(900, 12)).astype(np.float32)
    gk.Embedding(np.arange(900), points, {}).save(folder / "points.npy")
    return folder


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    try:
        made = SmallDisk(tmp_path_factory.mktemp("disk"), ROOM)
    except OSError as error:
        pytest.skip(f"no file system can be mounted here: {error}")
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _inline(monkeypatch):
    monkeypatch.setattr(engine, "LocalPool", InlinePool)
    monkeypatch.setenv("GRAPHKIT_NUM_THREADS", "1")


@pytest.mark.parametrize("job", JOBS)
def test_a_full_disk_never_leads_to_another_result(job, folder, disk, tmp_path):
    run, work = JOBS[job], disk.path / "work"
    disk.empty()
    disk.resize(ROOM)
    status, expected = _attempt(partial(run, folder, work), tmp_path)
    assert status == 0, expected
    needed, full = _bytes_needed(disk, partial(run, folder, work), tmp_path), 0
    for size in np.unique(np.linspace(4 << 10, needed, SIZES).astype(int) >> 12 << 12):
        disk.empty()
        disk.resize(int(size))
        status, said = _attempt(partial(run, folder, work), tmp_path)
        assert status in (0, FULL), f"{size} bytes of disk: {said}"
        assert status == FULL or said == expected, f"{size} bytes of disk: another result"
        full += status == FULL
        disk.resize(ROOM)
        status, said = _attempt(partial(run, folder, work), tmp_path)
        assert (status, said) == (0, expected), f"after {size} bytes of disk"
    assert full >= SIZES // 4


def _bytes_needed(disk, run, folder):
    """A size at which the run comes to its end, the next half of it being too small."""
    size, status = 16 << 10, FULL
    while status == FULL:
        size *= 2
        disk.empty()
        disk.resize(size)
        status, _ = _attempt(run, folder)
    return size


def _attempt(run, folder):
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
