"""Training on the device: samples have the CPU's bits, steps are those of the plain twin."""

import contextlib
import itertools

import numpy as np
import pytest
import torch
from support.graphs import AWKWARD, random_graph
from support.reference import device_skipgram as twin
from support.reference.skipgram import tokens_of

from graphkit import LINE, CoreWalk, DeepWalk, Graph, Node2Vec, ParameterError, RunError
from graphkit.gpu.backend import usable_device
from graphkit.kernels.cpu.row_alias import build_row_alias
from graphkit.kernels.cpu.skipgram_arcs import Arcs
from graphkit.kernels.cpu.skipgram_block import LONGEST
from graphkit.sgns.contention import MOST_LOST, MOST_WEIGHT, Contention
from graphkit.sgns.corpus import Corpus
from graphkit.sgns.gpu.arcs import device_arcs
from graphkit.sgns.gpu.chunks import DeviceChunks
from graphkit.sgns.gpu.corpus import DeviceCorpus
from graphkit.sgns.gpu.training import DeviceTrainer, tile_shape
from graphkit.sgns.trainer import VectorTables, keep_thresholds, noise_table
from graphkit.walks.walker import Walker

SEED = (1 << 63) | 77
NUM_NODES = 23
DEVICE = usable_device()


@pytest.fixture(autouse=True)
def few_episodes(monkeypatch):
    """An episode costs the interpreter as much whatever its size."""
    monkeypatch.setattr("graphkit.sgns.gpu.training._EPISODES", 2)


def tables_of(dim, *, one=False, frozen=(), scale=0.5):
    rng = np.random.default_rng(dim)
    centers, contexts = ((scale * rng.normal(size=(NUM_NODES, dim))).astype(np.float32) for _ in range(2))
    still = np.isin(np.arange(NUM_NODES), frozen)
    return VectorTables(centers, centers if one else contexts, still)


def trainer_of(tables, *, window=3, num_negatives=5.0, subsample=0.3, flat=False):
    frequencies = np.ones(NUM_NODES) if flat else np.arange(1, NUM_NODES + 1)
    trainer = DeviceTrainer(
        tables, frequencies, device=DEVICE, window=window, num_negatives=num_negatives,
        subsample=subsample, seed=SEED,
    )  # fmt: skip
    law = {
        "seed": SEED,
        "window": window,
        "num_negatives": num_negatives,
        "drawn": int(np.ceil(num_negatives)),
        "keep": keep_thresholds(frequencies, subsample).tolist(),
        "noise": noise_table(frequencies, 0.75).tolist(),
    }
    return trainer, law


def some_walks(num_walks, length):
    """Walks that end early, and walk numbers beyond 2**32."""
    rng = np.random.default_rng(length)
    walks = rng.integers(NUM_NODES, size=(num_walks, length)).astype(np.int32)
    walks[np.arange(length) >= rng.integers(1, 2 * length, size=(num_walks, 1))] = -1
    return walks, np.arange(num_walks) * 5 + 2**33


def on_device(walks, numbers):
    return torch.tensor(walks.T.copy(), device=DEVICE), torch.tensor(numbers, device=DEVICE)


def in_float64(tables):
    centers = tables.centers.astype(np.float64)
    return centers, centers if tables.contexts is tables.centers else tables.contexts.astype(np.float64)


def assert_moved_like(tables, before, wanted, tolerance):
    """The changes agree to a share of the largest of them."""
    for found, start, end in zip((tables.centers, tables.contexts), before, wanted, strict=True):
        change = end - start
        np.testing.assert_allclose(found - start, change, atol=tolerance * np.abs(change).max())


def test_tokens_and_windows_are_the_cpus():
    walks, numbers = some_walks(150, 9)
    trainer, law = trainer_of(tables_of(2))
    tokens, reaches, counts = (part.tolist() for part in trainer.tokens_of(*on_device(walks, numbers)))
    for row in range(0, 150, 7):
        wanted = tokens_of(walks[row].tolist(), int(numbers[row]), law)
        found = list(zip(tokens[row], reaches[row]))[: counts[row]]
        assert found == wanted


@pytest.mark.parametrize(
    ("dim", "num_negatives", "weighted", "one", "scale"),
    [
        (1, 1.0, False, False, 0.5),
        (33, 5.0, True, False, 2.0),
        (64, 2.5, False, True, 0.5),
        (130, 1.0, True, True, 1.0),
    ],
)
def test_arcs_are_the_twins(dim, num_negatives, weighted, one, scale):
    """With vectors so long that samples are damped, too."""
    tables = tables_of(dim, one=one, frozen=[3], scale=scale)
    before, wanted = in_float64(tables), in_float64(tables)
    trainer, law = trainer_of(tables, num_negatives=num_negatives)
    ends = np.random.default_rng(0).integers(NUM_NODES, size=(70, 2)).astype(np.int32)
    table = np.zeros((70 if weighted else 0, 2), np.uint32)
    if weighted:
        build_row_alias(np.array([0, 70]), np.arange(1.0, 71), table, 0, 1)
    arcs = device_arcs(Arcs(ends[:, 0].copy(), ends[:, 1].copy(), table), DEVICE)
    trainer._pair_shape["BLOCK"] = 8
    first, count = 2**33 + 5, 45
    trainer._train_arc_pairs(arcs, first, first + count, (0.1, 0.01))
    trainer.finish()
    rates, moving = np.linspace(0.1, 0.01, count, endpoint=False), np.arange(NUM_NODES) != 3
    programs, factors = trainer._contended(0.1, 8, 16)
    factors = 1.0 if factors is None else factors.cpu().numpy()
    rule = twin.Rule(factors, factors, moving, moving)
    loss = twin.train_arcs(
        first, count, ends.tolist(), table.tolist(), rates, programs, 8, law, *wanted, rule
    )
    assert_moved_like(tables, before, wanted, 1e-5)
    assert trainer.record.pairs == [count]
    assert trainer.record.last_loss == pytest.approx(loss / count, rel=1e-5)


@pytest.mark.parametrize(("dim", "scale", "one"), [(33, 1, False), (64, 1, True), (5, 30, False)])
def test_tiles_of_arcs_are_the_twins(dim, scale, one):
    """With vectors so long that steps are shortened, too."""
    tables = tables_of(dim, one=one)
    tables.centers *= scale
    before, wanted = in_float64(tables), in_float64(tables)
    trainer, law = trainer_of(tables, flat=True)
    ends = np.random.default_rng(0).integers(NUM_NODES, size=(70, 2)).astype(np.int32)
    arcs = device_arcs(Arcs(ends[:, 0].copy(), ends[:, 1].copy(), np.zeros((0, 2), np.uint32)), DEVICE)
    first, count, rate = 2**33 + 5, 150, 0.01
    trainer.train_arcs(arcs, first, first + count, (rate, 0.0))
    trainer.finish()
    programs, factors = trainer._contended(rate, 64, 2)
    assert (programs, factors) == (2, None)
    begins = [0, 128, 64]
    tiles = [
        twin.arc_tile(first + begin, min(64, count - begin), ends.tolist(), [], 32, law) for begin in begins
    ]
    samples, loss = twin.train_tiles(tiles, [rate * (1 - begin / count) for begin in begins], *wanted)
    assert_moved_like(tables, before, wanted, 3e-3)
    assert trainer.record.pairs == [samples] == [count]
    assert trainer.record.last_loss == pytest.approx(loss / count, rel=1e-3)


@pytest.mark.parametrize(("dim", "length", "window", "scale"), [(33, 7, 2, 2.0), (5, 3, 60, 0.5)])
def test_pairs_of_walks_are_the_twins(dim, length, window, scale, monkeypatch):
    """With vectors so long that samples are damped, too."""
    monkeypatch.setattr("graphkit.sgns.gpu.training.tile_shape", lambda *_: None)
    tables = tables_of(dim, frozen=[3], scale=scale)
    before, wanted = in_float64(tables), in_float64(tables)
    trainer, law = trainer_of(tables, window=window, num_negatives=3.0)
    trainer._pair_shape["BLOCK"] = 4
    walks, numbers = some_walks(6, length)
    trainer.train_walks(*on_device(walks, numbers), 1, (0.1, 0.02))
    trainer.finish()
    programs, factors = trainer._contended(0.1, 4 * (window + 1), 16)
    factors = 1.0 if factors is None else factors.cpu().numpy()
    rates, moving = np.linspace(0.1, 0.02, 6, endpoint=False), np.arange(NUM_NODES) != 3
    rule = twin.Rule(factors, factors, moving, moving)
    pairs = twin.train_pairs(walks, numbers, rates, programs, 4, law, *wanted, rule)
    assert_moved_like(tables, before, wanted, 1e-5)
    assert trainer.record.pairs == [pairs]


@pytest.mark.parametrize(("dim", "length", "window"), [(1, 5, 2), (33, 16, 20), (70, 70, 3)])
def test_tiles_are_the_twins(dim, length, window):
    tables = tables_of(dim, frozen=[3])
    before, wanted = in_float64(tables), in_float64(tables)
    trainer, law = trainer_of(tables, window=window, flat=True, num_negatives=3.0)
    walks, numbers = some_walks(4, length)
    rate = 1e-3
    trainer.train_walks(*on_device(walks, numbers), 1, (rate, 0.0))
    trainer.finish()
    size = tile_shape(length, window).centers
    programs, factors = trainer._contended(rate, size * (window + 1), 2)
    assert factors is None
    tiles = [
        (walk, piece, block)
        for walk in range(4)
        for piece, block in enumerate(
            twin.pieces_of(walks[walk].tolist(), int(numbers[walk]), size, trainer.num_shared, law)
        )
    ]
    pieces = -(-length // size)
    tiles.sort(key=lambda tile: ((tile[0] * pieces + tile[1]) % programs, tile[0], tile[1]))
    rates = [rate * (1 - walk / 4) for walk, _, _ in tiles]
    moving = np.arange(NUM_NODES) != 3
    rule = twin.Rule(center_moving=moving, context_moving=moving)
    pairs, loss = twin.train_tiles([block for *_, block in tiles], rates, *wanted, rule)
    # Factors of products are rounded to float16.
    assert_moved_like(tables, before, wanted, 3e-3)
    assert trainer.record.pairs == [pairs]
    assert trainer.record.last_loss == pytest.approx(loss / pairs, rel=1e-3)


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


def test_steps_are_as_long_as_the_cpus():
    from graphkit.kernels.gpu import skipgram_step

    assert skipgram_step.LONGEST.value == LONGEST == twin.LONGEST


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

    monkeypatch.setattr("graphkit.gpu.backend._first_fitting", taken)
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
