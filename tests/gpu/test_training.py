"""Training on the device: samples have the CPU's bits, steps are those of the plain twin."""

import contextlib
import itertools

import numpy as np
import pytest
import torch
from support.device_training import (
    DEVICE,
    SEED,
    assert_moved_like,
    in_float64,
    on_device,
    some_walks,
    tables_of,
    trainer_of,
)
from support.graphs import AWKWARD, random_graph
from support.reference import device_skipgram as twin

from graphkit import LINE, CoreWalk, DeepWalk, Graph, Node2Vec, ParameterError, RunError
from graphkit.kernels.cpu.skipgram_arcs import Arcs
from graphkit.sgns.contention import MOST_LOST, MOST_WEIGHT, Contention
from graphkit.sgns.corpus import Corpus
from graphkit.sgns.gpu.arcs import device_arcs
from graphkit.sgns.gpu.chunks import DeviceChunks
from graphkit.sgns.gpu.corpus import DeviceCorpus
from graphkit.sgns.gpu.training import DeviceTrainer, tile_shape
from graphkit.walks.walker import Walker

pytestmark = pytest.mark.usefixtures("few_episodes")


def test_samples_that_would_overshoot_are_damped():
    tables = tables_of(8)
    tables.centers *= 9
    before, wanted = in_float64(tables), in_float64(tables)
    trainer, law = trainer_of(tables, flat=True)
    walks, numbers = some_walks(1, 12)
    trainer._contention.weights[:] = 0
    trainer.train_walks(*on_device(walks, numbers), 1, (0.4, 0.0))
    trainer.finish()
    blocks = list(twin.pieces_of(walks[0].tolist(), int(numbers[0]), 16, 32, law))
    twin.train_tiles(blocks, [0.4], *wanted)
    assert_moved_like(tables, before, wanted, 3e-3)


def take_one_step(trainer, way, nodes, rate):
    """Train on one tile, or on one sample a lane: a walk over the nodes, or an arc from each to the next."""
    nodes = np.asarray(nodes, np.int32)
    if way == "walks":
        walks, numbers = on_device(nodes[None], np.array([2**33]))
        tokens = trainer.tokens_of(walks, numbers)
        trainer._train_tiles(tokens, numbers, tile_shape(len(nodes), trainer._window), (rate, 0.0))
    else:
        arcs = Arcs(nodes[:-1].copy(), nodes[1:].copy(), np.zeros((0, 2), np.uint32))
        train = trainer._train_arc_tiles if way == "tiles of arcs" else trainer._train_arc_pairs
        train(device_arcs(arcs, DEVICE), 2**33, 2**33 + 40, (rate, rate))
    trainer.finish()


@pytest.mark.parametrize("way", ["walks", "tiles of arcs", "arcs"])
def test_both_ends_of_a_sample_are_damped_alike(way):
    """With G the damped gradient dV = G X and dX = G' V, so V' dV = dX' X, whatever damps the samples.

    Were contexts to learn faster than centres, they would outgrow them.
    """
    tables = tables_of(8, scale=1.0)
    # So long that now a centre's factor is the smaller one, now a context's.
    tables.centers *= 3
    # Nothing is lost where factors of products are rounded to float16.
    for table in (tables.centers, tables.contexts):
        table[:] = table.astype(np.float16)
    (centers, contexts), rate = in_float64(tables), 2.0
    trainer, _ = trainer_of(tables, subsample=0.0)
    _, factors = trainer._contended(rate, {"walks": 64.0, "tiles of arcs": 64, "arcs": 64}[way], 1)
    assert 0 < float(factors.min()) < float(factors.max())
    # Rows of all frequencies, and so of all factors.
    take_one_step(trainer, way, [2, 22, 0, 21, 9, 22, 15, 4, 21, 20, 22, 1, 7, 13, 22, 18], rate)
    change_v, change_x = tables.centers - centers, tables.contexts - contexts
    assert np.abs(change_v).max() > 0.1 < np.abs(change_x).max()
    flow = centers.T @ change_v
    np.testing.assert_allclose(change_x.T @ contexts, flow, atol=2e-5 * np.abs(flow).max())


@pytest.mark.parametrize("way", ["walks", "tiles of arcs"])
def test_a_node_in_several_lanes_is_damped_for_all_of_them(way):
    """Each lane alone is a step short enough, their sum would be far too long."""
    tables, nodes, rate = tables_of(8, scale=1.0), [1, 2] * 20, 0.5
    trainer, law = trainer_of(tables, subsample=0.0, flat=True)
    trainer._contention.weights[:] = 0
    if way == "walks":
        (tile,) = twin.pieces_of(nodes, 2**33, 64, 32, law)
    else:
        ends = list(itertools.pairwise(nodes))
        tile = twin.arc_tile(2**33, 40, ends, [], 32, law)
    wanted = in_float64(tables)
    before = twin.loss_of(tile, *wanted)
    take_one_step(trainer, way, nodes, rate)
    assert twin.loss_of(tile, *in_float64(tables)) < before
    start = wanted[0].copy(), wanted[1].copy()
    twin.take_step(tile, rate, *wanted)
    assert_moved_like(tables, start, wanted, 3e-3)


@pytest.mark.parametrize("method", [DeepWalk, Node2Vec, CoreWalk])
def test_methods_train_the_pairs_of_the_cpu(method):
    graph = random_graph(20, 60, weighted=True, seed=4)
    law = {"q": 0.5} if method is Node2Vec else {}
    options = {"dim": 5, "walks_per_node": 2, "walk_length": 4, "window": 2, "epochs": 2, "seed": SEED}
    on_cpu, on_gpu = (method(**options, **law, backend=backend).fit(graph) for backend in ("cpu", "gpu"))
    assert on_gpu.pairs_ == on_cpu.pairs_ > 0
    assert on_gpu.loss_ == pytest.approx(on_cpu.loss_, rel=1e-2)
    assert on_gpu.embedding_.shape == on_cpu.embedding_.shape
    # Both begin with the same vectors, and none of them has come far.
    assert np.abs(on_gpu.embedding_ - on_cpu.embedding_).max() < 0.05


@pytest.mark.parametrize("order", ["first", "second", "both"])
def test_line_trains_the_samples_of_the_cpu(order):
    graph = random_graph(40, 160, weighted=order == "first", directed=True, seed=4)
    options = {"dim": 6, "order": order, "samples": 500, "num_negatives": 2, "seed": SEED}
    on_cpu, on_gpu = (LINE(**options, backend=backend).fit(graph) for backend in ("cpu", "gpu"))
    assert on_gpu.pairs_ == on_cpu.pairs_
    assert on_gpu.loss_ == pytest.approx(on_cpu.loss_, rel=1e-2)
    assert on_gpu.embedding_.shape == (40, 6)
    assert (on_gpu.context_embedding_ is on_gpu.embedding_) == (order == "first")


def test_frequencies_and_walks_are_the_cpus():
    graph = random_graph(30, 90, seed=1)
    starts = np.flatnonzero(graph.degree > 0).astype(np.int32)
    found = []
    for kind, backend in ((Corpus, "cpu"), (DeviceCorpus, "gpu")):
        walker = Walker(graph, walk_length=4, seed=SEED, backend=backend)
        corpus = kind(walker, starts, walks_per_start=starts % 3 + 1, epochs=2, seed=SEED)
        walks, numbers = corpus.walks(11, corpus.num_walks)
        if backend == "gpu":
            walks, numbers = walks.T.cpu().numpy(), numbers.cpu().numpy()
        found.append((corpus.frequencies(), walks, numbers))
    for one, other in zip(*found, strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("name", [name for name in AWKWARD if name != "empty"])
def test_awkward_graphs_stay_finite(name):
    graph = Graph.from_edges(**AWKWARD[name])
    options = {"dim": 3, "walks_per_node": 1, "walk_length": 4, "window": 2, "subsample": 0}
    with pytest.warns(match="no edges") if graph.num_arcs == 0 else contextlib.nullcontext():
        model = DeepWalk(**options, learning_rate=1.0, backend="gpu").fit(graph)
    assert np.isfinite(model.embedding_).all()


def test_new_nodes_alone_are_moved():
    graph = random_graph(30, 90, seed=1)
    model = DeepWalk(dim=4, walks_per_node=1, walk_length=5, window=2, subsample=0, backend="gpu").fit(graph)
    edges = np.vstack([np.array(graph.edge_rows()[:2]).T, [(30, 0), (30, 1)]])
    grown = Graph.from_edges(edges, num_nodes=31)
    before = model.embedding_.copy()
    found = model.transform_new(grown)
    assert found.node_ids.tolist() == [30]
    assert np.isfinite(found.vectors).all()
    assert np.array_equal(model.embedding_, before)


def test_a_checkpoint_is_gone_on_from(tmp_path, monkeypatch):
    monkeypatch.setattr("graphkit.sgns.checkpoints.SECONDS", 0.0)
    graph = random_graph(30, 90, seed=1)
    options = {"dim": 4, "samples": 320, "backend": "gpu", "seed": 3}
    whole = LINE(**options).fit(graph)

    def stop(what, done, total):
        if done >= total // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        LINE(**options).fit(graph, checkpoint=tmp_path, progress=stop)
    resumed = LINE(**options).fit(graph, checkpoint=tmp_path, resume=True)
    # The interpreter adds in order.
    np.testing.assert_allclose(resumed.embedding_, whole.embedding_, rtol=1e-5)
    assert resumed.pairs_ == whole.pairs_


def test_an_episode_without_memory_is_halved_until_it_is_small(monkeypatch):
    graph = random_graph(1200, 4000, seed=1)
    sizes = []

    def scarce(self, arcs, first, last, rates):
        sizes.append(last - first)
        if last - first > limit:
            raise torch.OutOfMemoryError

    monkeypatch.setattr(DeviceTrainer, "train_arcs", scarce)
    model = LINE(dim=2, order="second", samples=64_000, backend="gpu")
    limit = 2500
    model.fit(graph)
    assert sizes[:4] == [32_000, 16_000, 8000, 4000]
    assert sum(size for size in sizes if size <= limit) == 64_000
    limit = 10
    with pytest.raises(RunError, match="no memory left to train 1,000 samples"):
        model.fit(graph)


def test_the_host_is_no_more_than_two_episodes_ahead(monkeypatch):
    log = []

    class Event:
        def record(self, stream):
            log.append(stream)

        def synchronize(self):
            log.append("wait")

    monkeypatch.setattr(torch.cuda, "Event", Event)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: f"record on {device}")
    chunks, done = DeviceChunks(50, 10, torch.device("cuda", 1)), 0
    while done < 50:
        done = chunks.run(done, lambda first, last: log.append(last))
    mark = "record on cuda:1"
    assert log == [10, mark, 20, mark, *(x for end in (30, 40, 50) for x in (end, mark, "wait"))]


def test_the_plan_holds_what_is_needed(monkeypatch):
    seen = []

    def taken(device, plans, backend):
        num_parts, needed = next(iter(plans))
        seen.append(needed)
        return num_parts

    monkeypatch.setattr("graphkit.gpu.placement._first_fitting", taken)
    graph = random_graph(50, 300, seed=1)
    LINE(dim=40, samples=64, backend="gpu").fit(graph)
    assert seen[0] == {"arcs": 8 * graph.num_arcs, "vectors": 3 * 4 * 50 * 32, "noise": 3 * 28 * 50}
    DeepWalk(dim=40, walks_per_node=1, walk_length=3, window=1, backend="gpu").fit(graph)
    assert seen[1]["vectors"] == 2 * 4 * 50 * 64
    assert {"graph", "tables", "walks", "noise"} < seen[1].keys()


def test_vectors_without_a_number_are_an_error():
    tables = tables_of(4)
    trainer, _ = trainer_of(tables)
    trainer.centers[2, 1] = np.nan
    with pytest.raises(RunError, match="diverged"):
        trainer.finish()


def test_no_more_programs_than_hubs_allow():
    even = np.ones(1000)
    assert Contention(even, even, 0.75, 5).programs(0.05, 440, 10_000) == 59
    star = np.ones(1001)
    star[0] = 1000
    contention = Contention(star, star, 0.75, 5)
    assert contention.programs(0.05, 440, 264) == 1
    assert contention.is_too_small(0.05, 440)
    assert not contention.is_too_small(0.05, 4)
    for most in (3, 17, 500):
        programs = contention.programs(0.01, 4, most)
        beyond = np.maximum(contention.weights - MOST_WEIGHT / (0.01 * 4 * programs), 0).sum()
        assert 1 <= programs <= most
        assert programs == 1 or beyond <= MOST_LOST * contention.weights.sum()


def test_rows_that_many_move_at_once_are_damped():
    tables = tables_of(4)
    trainer, _ = trainer_of(tables, subsample=0.0)
    programs, factors = trainer._contended(100.0, 64, 16)
    weights = trainer._contention.weights
    assert programs == 1
    np.testing.assert_allclose(factors.cpu(), np.minimum(1, MOST_WEIGHT / (weights * 6400)), rtol=1e-5)


def test_the_backend_is_named_in_errors():
    for method in (DeepWalk, LINE):
        with pytest.raises(ParameterError, match="unknown backend 'cuda'"):
            method(backend="cuda").fit(random_graph(5, 9))
