"""Training in a grid on a device: the CPU's samples and noise, the plain twin's steps, and no race."""

import contextlib
import gc
import itertools
import math
import mmap
import random
import weakref
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from support.graphs import AWKWARD, random_graph
from support.reference import device_grid as twin
from support.reference.device_skipgram import Rule

from graphkit import LINE, CoreWalk, DeepWalk, Graph, InputError, Node2Vec, ParameterError, RunError
from graphkit.datasets.generators import stochastic_block_model
from graphkit.distributed import fit_in_parts
from graphkit.gpu.backend import usable_device
from graphkit.gpu.streams import Streams
from graphkit.sgns.block_grid import BlockTrainer, Episode, Objective, in_shuffled_order
from graphkit.sgns.block_job import BlockJob, RingParts
from graphkit.sgns.contention import Contention
from graphkit.sgns.gpu import block_grid, block_steps, grid_job, parts, ring_blocks
from graphkit.sgns.gpu.arcs import pair_shape
from graphkit.sgns.gpu.block_grid import DeviceBlockTrainer
from graphkit.sgns.gpu.block_steps import BlockSteps
from graphkit.sgns.gpu.grid_job import episode_samples, plans_in_parts
from graphkit.sgns.gpu.ring_blocks import RingBlockTrainer, SamplesAhead, on_device, ring_bytes
from graphkit.sgns.partition import part_of, part_shapes
from graphkit.sgns.ring import Alone
from graphkit.sgns.trainer import VectorTables, noise_table
from graphkit.sgns.training_loop import run

SEED = (1 << 63) | 77
DEVICE = usable_device()


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """Room for few samples, and few episodes, which cost the interpreter the same whatever their size."""
    for module in (block_grid, grid_job, ring_blocks):
        monkeypatch.setattr(module, "PIECE_SAMPLES", 1000)
    monkeypatch.setattr("graphkit.sgns.block_samples.FEWEST_EPISODES", 2)


def room_for(monkeypatch, num_parts):
    """A device with room for so many parts."""
    monkeypatch.setattr("graphkit.gpu.placement._first_fitting", lambda device, plans, backend: num_parts)


class SomeSamples:
    """Episodes of pairs drawn at random, as many in each block as there are counts."""

    def __init__(self, counts, sizes, *, num_episodes=1, rate=0.05):
        self.num_parts, self.num_episodes = len(counts), num_episodes
        self.made = []
        rng, first = np.random.default_rng(len(counts)), 2**33 + 9
        for number in range(num_episodes):
            blocks = {
                block: in_shuffled_order(
                    rng.integers(sizes[block[0]], size=count).astype(np.int32),
                    rng.integers(sizes[block[1]], size=count).astype(np.int32),
                )
                for block, count in np.ndenumerate(counts)
            }
            rates = rate / (number + 1), rate / (number + 2)
            self.made.append(Episode(np.array(counts), first, rates, blocks))
            first += 10_000

    def episodes(self, held, begin=0):
        assert list(held) == list(range(self.num_parts))
        yield from self.made[begin:]


def tables_of(num_nodes, dim, *, one=False, frozen=()):
    rng = np.random.default_rng(dim)
    centers, contexts = (rng.normal(size=(num_nodes, dim)).astype(np.float32) / 2 for _ in range(2))
    still = np.isin(np.arange(num_nodes), frozen)
    return VectorTables(centers, centers if one else contexts, still)


def objective_of(num_nodes, num_negatives, *, flat=False):
    frequencies = np.ones(num_nodes, np.int64) if flat else np.arange(1, num_nodes + 1) ** 8
    return Objective(frequencies, frequencies, num_negatives, 0.75, SEED)


def trainer_of(tables, objective, num_parts):
    return DeviceBlockTrainer(tables, objective, num_parts, device=DEVICE, num_threads=2)


def trained_by_the_twin(samples, tables, objective, programs_of, order=twin.snake):
    """Both tables as float64, and the loss of each episode; `programs_of` says how a block is trained."""
    num_parts, one = samples.num_parts, tables.contexts is tables.centers
    centers = tables.centers.astype(np.float64)
    contexts = centers if one else tables.contexts.astype(np.float64)
    rows = [range(part, len(centers), num_parts) for part in range(num_parts)]
    losses = []
    for number, episode in enumerate(samples.made):
        losses.append(0.0)
        for block in order(num_parts, number):
            arcs = episode.blocks[block]
            ordered = twin.in_order(
                list(zip(arcs.sources.tolist(), arcs.targets.tolist(), strict=True)), arcs.stride
            )
            first = episode.first + sum(
                int(count) for place, count in np.ndenumerate(episode.counts) if place < block
            )
            rates = np.linspace(*episode.rates, len(ordered) + 1)
            frequencies = objective.frequencies[rows[block[1]]].astype(float)
            law = {
                "seed": SEED,
                "num_negatives": objective.num_negatives,
                "drawn": math.ceil(objective.num_negatives),
                "noise": noise_table(frequencies, 0.75).tolist(),
            }
            tiles, programs, size = programs_of(block, episode.rates[0])
            for begin in range(0, len(ordered), 1000):
                piece = ordered[begin : begin + 1000]
                share = frequencies**0.75 / (frequencies**0.75).sum()
                factors = twin.factors_of(
                    piece, [len(rows[part]) for part in block], share, objective.num_negatives,
                    rates[begin] * min(len(piece), size * programs), one=one and block[0] == block[1],
                )  # fmt: skip
                rule = Rule(*factors, *(~tables.frozen[rows[part]] for part in block))
                v, x = (table[rows[part]] for table, part in zip((centers, contexts), block, strict=True))
                if one and block[0] == block[1]:
                    x = v
                losses[-1] += twin.train_piece(
                    first + begin, piece, (rates[begin], rates[begin + len(piece)]), law, v, x, rule,
                    tiles=tiles, programs=programs, block=size,
                )  # fmt: skip
                centers[rows[block[0]]] = v
                contexts[rows[block[1]]] = x
    return centers, contexts, losses


@pytest.mark.parametrize(
    ("dim", "num_negatives", "one", "flat"),
    [(5, 1.0, False, False), (33, 2.5, True, False), (64, 5.0, False, True), (7, 5.0, True, True)],
)
def test_episodes_are_the_twins(dim, num_negatives, one, flat):
    """In tiles where hubs allow it, pair by pair where they do not; some blocks are empty, one in pieces."""
    num_nodes = 600 if flat else 23
    tables = tables_of(num_nodes, dim, one=one, frozen=[4])
    objective = objective_of(num_nodes, num_negatives, flat=flat)
    counts = [[70, 0, 3], [1, 130, 20], [5, 1100 if flat else 90, 0]]
    sizes, rate = [len(range(part, num_nodes, 3)) for part in range(3)], 0.05 if flat else 0.1 if one else 0.2
    samples = SomeSamples(counts, sizes, num_episodes=2, rate=rate)
    before = tables.centers.copy(), tables.contexts.copy()
    trainer = trainer_of(tables, objective, 3)
    ways = []

    def programs_of(block, rate):
        contentions = [
            Contention(counts, counts, 0.75, num_negatives, one_table=one)
            for counts in (part_of(objective.frequencies, part, 3) for part in block)
        ]
        tiles = not any(contention.is_too_small(rate, 64) for contention in contentions)
        size, each = (64, 2) if tiles else (pair_shape(64, num_negatives)["BLOCK"], 16)
        ways.append(tiles)
        return tiles, min(contention.programs(rate, size, each) for contention in contentions), size

    *wanted, losses = trained_by_the_twin(samples, tables, objective, programs_of)
    assert list(trainer.train(samples)) == [1, 2]
    trainer.finish()
    assert all(ways) if flat else not any(ways)
    for found, start, end in zip((tables.centers, tables.contexts), before, wanted, strict=True):
        change = end - start
        tolerance = 3e-3 if flat else 2e-5
        np.testing.assert_allclose(found - start, change, atol=tolerance * np.abs(change).max())
        assert np.array_equal(found[4], start[4])
    assert trainer.record.pairs == [np.sum(counts)] * 2
    np.testing.assert_allclose(np.multiply(trainer.record.losses, np.sum(counts)), losses, rtol=1e-3)


def diagonals(num_parts, number):
    return [(part, (part + shift) % num_parts) for shift in range(num_parts) for part in range(num_parts)]


def test_episodes_in_a_ring_are_the_twins():
    """Parts are on the device all the time, and blocks come diagonal by diagonal, as on the CPU."""
    num_nodes, dim, num_negatives = 600, 33, 2.5
    # In no two parts alike.
    frequencies = 1 + np.arange(num_nodes) * (1 + np.arange(num_nodes) % 3) % num_nodes
    tables = tables_of(num_nodes, dim)
    objective = Objective(frequencies, frequencies, num_negatives, 0.75, SEED)
    sizes = [rows for rows, _ in part_shapes((num_nodes, dim), 3).values()]
    samples = SomeSamples([[70, 0, 3], [1, 130, 20], [5, 1100, 0]], sizes, num_episodes=2)

    def programs_of(block, rate):
        contentions = [
            Contention(counts, counts, 0.75, num_negatives)
            for counts in (part_of(objective.frequencies, part, 3) for part in block)
        ]
        assert not any(contention.is_too_small(rate, 64) for contention in contentions)
        return True, min(contention.programs(rate, 64, 2) for contention in contentions), 64

    *wanted, losses = trained_by_the_twin(samples, tables, objective, programs_of, diagonals)
    trainer = RingBlockTrainer(objective, 3, dim, device=DEVICE, num_threads=2)
    centers, contexts = (
        {part: on_device(part_of(table, part, 3), DEVICE) for part in range(3)}
        for table in (tables.centers, tables.contexts)
    )
    shapes = part_shapes((num_nodes, 64), 3)
    parts = RingParts(centers, contexts, shapes, Alone())
    run([BlockJob(SamplesAhead(samples), trainer, parts)])
    for found, start, end in zip(
        (parts.centers, parts.contexts), (tables.centers, tables.contexts), wanted, strict=True
    ):
        for part, rows in found.items():
            change = (end - start)[part::3]
            given = rows.cpu().numpy()
            assert given.shape == shapes[part]
            assert not given[:, dim:].any()
            atol = 3e-3 * np.abs(end - start).max()
            np.testing.assert_allclose(given[:, :dim] - start[part::3], change, atol=atol)
    counted, loss = trainer._stats.tolist()
    assert counted == trainer.num_pairs == 2 * 1329
    assert loss == pytest.approx(sum(losses), rel=1e-3)


def test_what_a_rank_needs_is_what_lies_on_its_device():
    trainer = RingBlockTrainer(objective_of(100, 5.0), 4, 40, device=DEVICE, num_threads=1)
    needed, steps = ring_bytes(100, 40, 4, num_ranks=2), trainer._steps
    assert sum(tensor.nbytes for tensor in [*steps.noise, *steps._shares, *steps._moving]) == needed["noise"]
    assert sum(buffer.samples.nbytes for buffer in trainer._buffers) == needed["samples"]
    assert on_device(np.ones((25, 40), np.float32), DEVICE).nbytes * 2 * 3 == needed["vectors"]


def test_noise_is_that_of_the_cpus_grid():
    objective = objective_of(40, 5.0)
    trainer = trainer_of(tables_of(40, 4), objective, 3)
    on_cpu = BlockTrainer(objective, 3, num_threads=1)
    for part in range(3):
        tables = VectorTables(*np.zeros((2, len(range(part, 40, 3)), 4), np.float32))
        wanted = on_cpu._trainer(part, tables).law.noise
        assert np.array_equal(trainer._steps.noise[part].cpu().numpy(), wanted.view(np.int64).ravel())


class Shuffled(Streams):
    """Streams whose work is put off as long as anything allows, and done in any order that marks allow."""

    def __init__(self, device, seed):
        self.device, self.random = device, random.Random(seed)
        self.queues, self.done = {"copy": [], "compute": []}, set()

    def compute(self, work, after=()):
        return self.put("compute", work, after)

    def copy(self, work, after=()):
        return self.put("copy", work, after)

    def put(self, stream, work, after):
        mark = object()
        self.queues[stream].append((work, [given for given in after if given is not None], mark))
        for _ in range(self.random.choice([0, 0, 1, 3])):
            self.go_on()
        return mark

    def go_on(self):
        able = [queue for queue in self.queues.values() if queue and self.done.issuperset(queue[0][1])]
        if able:
            work, _, mark = self.random.choice(able).pop(0)
            work()
            self.done.add(mark)
        return bool(able)

    def wait(self, mark):
        while mark is not None and mark not in self.done:
            assert self.go_on()


def order_matters(step, programs, arcs, rows, samples, rates, seed, *, taken):
    """Stands for training: whatever is read too early, too late or from elsewhere shows."""
    sources, targets = arcs.ends & 0xFFFFFFFF, arcs.ends >> 32
    changed = (0.5 * rows.centers + rows.contexts[targets[0]]).sin() + arcs.ends.sum() % 97
    rows.contexts.mul_(0.9).add_(rows.centers[sources[-1]] + samples[0] % 89)
    rows.centers.copy_(changed)
    return rows.noise.new_tensor([len(arcs.ends), 1.0], dtype=torch.float64)


@pytest.mark.parametrize("one", [False, True])
@pytest.mark.parametrize("num_parts", [2, 3, 5])
def test_whatever_the_streams_do_first_the_bits_are_the_same(num_parts, one, monkeypatch):
    monkeypatch.setattr(block_steps, "train_samples", order_matters)
    monkeypatch.setattr(BlockSteps, "_factors", lambda *_: (None, None))
    monkeypatch.setattr(block_grid, "PIECE_SAMPLES", 10)
    counts = np.random.default_rng(1).integers(0, 35, size=(num_parts, num_parts))
    sizes = [len(range(part, 32, num_parts)) for part in range(num_parts)]
    samples = SomeSamples(counts, sizes, num_episodes=3)

    def run():
        tables = tables_of(32, 4, one=one)
        trainer = trainer_of(tables, objective_of(32, 5.0), num_parts)
        for done in trainer.train(samples):
            if done == 2:
                trainer.state()
        trainer.finish()
        assert trainer.record.pairs == [counts.sum()] * 3
        return tables

    wanted = run()
    for seed in range(25):
        monkeypatch.setattr(block_grid, "Streams", lambda device, seed=seed: Shuffled(device, seed))
        found = run()
        assert np.array_equal(found.centers, wanted.centers)
        assert np.array_equal(found.contexts, wanted.contexts)


@pytest.mark.parametrize(
    ("num_parts", "one", "comings"), [(2, True, 2), (2, False, 2 + 3 * 3 - 2), (4, False, 2 + 3 * 15 - 2)]
)
def test_parts_come_once_for_each_turn_of_the_snake(num_parts, one, comings, monkeypatch):
    """A part of the tables is on the device from one block to the next, and three are at most."""
    log = []

    class Counted(parts.PartSlots):
        def bring(self, wanted, present):
            before = set(self._held)
            super().bring(wanted, present)
            log.extend(set(self._held) - before)
            assert len(self._held) + len(self._free) == parts.NUM_SLOTS

    monkeypatch.setattr(block_grid, "PartSlots", Counted)
    monkeypatch.setattr(block_steps, "train_samples", order_matters)
    monkeypatch.setattr(BlockSteps, "_factors", lambda *_: (None, None))
    samples = SomeSamples(np.ones((num_parts, num_parts), int), [4] * num_parts, num_episodes=3)
    trainer = trainer_of(tables_of(20, 4, one=one), objective_of(20, 5.0), num_parts)
    list(trainer.train(samples))
    # Those of the first block, and one for each block after it but where an episode ends: behind an end a
    # part is wanted that has not left yet.
    assert len(log) == comings


METHODS = {
    "deepwalk": DeepWalk(dim=5, walks_per_node=2, walk_length=4, window=2, subsample=0, seed=SEED),
    "node2vec": Node2Vec(dim=5, walks_per_node=2, walk_length=4, window=2, q=0.5, epochs=2, seed=SEED),
    "corewalk": CoreWalk(dim=5, walk_length=8, window=2, subsample=0, seed=SEED),
    "line": LINE(dim=5, order="second", samples=300, num_negatives=2, seed=SEED),
}


@pytest.mark.parametrize("num_parts", [2, 3])
@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS.keys())
def test_methods_train_the_pairs_of_the_cpus_grid(method, num_parts, monkeypatch):
    graph = random_graph(20, 60, weighted=True, seed=4)
    on_cpu = fit_in_parts(type(method)(**method.get_params()), graph, num_parts=num_parts)
    room_for(monkeypatch, num_parts)
    on_gpu = type(method)(**method.get_params() | {"backend": "gpu"}).fit(graph)
    assert on_gpu.parts_ == on_cpu.parts_ == on_gpu.measured()["parts"] == num_parts
    assert on_gpu.pairs_ == on_cpu.pairs_ > 0
    # That is of the last block of each part, this of the last episode.
    assert on_gpu.loss_ == pytest.approx(on_cpu.loss_, rel=0.15)
    assert on_gpu.embedding_.shape == on_gpu.context_embedding_.shape == (20, 5)


def test_lines_orders_are_trained_one_after_the_other(monkeypatch):
    graph = random_graph(40, 160, directed=True, seed=4)
    options = {"dim": 6, "samples": 300, "num_negatives": 2, "seed": SEED}
    on_cpu = LINE(**options).fit(graph)
    room_for(monkeypatch, 3)
    seen = []
    on_gpu = LINE(**options, backend="gpu").fit(graph, progress=lambda *report: seen.append(report))
    assert (on_gpu.parts_, on_cpu.parts_, on_gpu.pairs_) == (3, 1, on_cpu.pairs_)
    assert np.isfinite(on_gpu.embedding_).all()
    assert seen == [("train", done, 4) for done in range(1, 5)]


def test_groups_stand_apart_as_on_the_cpu(monkeypatch):
    graph = stochastic_block_model([20] * 3, np.eye(3) * 0.5 + 0.02, seed=1).graph
    room_for(monkeypatch, 2)
    options = {"dim": 8, "walk_length": 10, "walks_per_node": 10, "window": 2, "subsample": 0, "seed": 1}
    method = DeepWalk(**options, learning_rate=0.05, backend="gpu")
    vectors = method.fit_transform(graph)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = unit @ unit.T
    np.fill_diagonal(scores, -1)
    groups = np.repeat(np.arange(3), 20)
    near = groups[np.argsort(-scores, axis=1)[:, :5]]
    assert method.parts_ == 2
    assert (near == groups[:, None]).mean() > 0.9


def test_the_plan_takes_the_fewest_parts_that_fit(monkeypatch):
    graph = random_graph(896, 3000, seed=1)
    taken = []

    def planned(tables, samples, objective, room, num_threads):
        taken.append(room.num_parts)
        raise KeyboardInterrupt

    monkeypatch.setattr("graphkit.methods.walk_skipgram.GridJob", planned)
    method, plans = DeepWalk(dim=40, backend="gpu"), dict(plans_in_parts(896, 40))
    assert list(plans) == list(range(2, 65))
    whole = dict(method._plans(graph))[1]
    assert min(sum(whole.values()), 10**9) > sum(plans[2].values())
    for num_parts in (2, 7, 64):
        for more in (0, 1):
            free = sum(plans[num_parts].values()) + more
            monkeypatch.setattr("graphkit.gpu.placement._free_memory", lambda device, free=free: free)
            with pytest.raises(KeyboardInterrupt):
                method.fit(graph)
            # A graph of tensors has its vectors beside it.
            assert method.device_for_tensors(graph) is None
    assert taken == [2, 2, 7, 7, 64, 64]
    monkeypatch.setattr("graphkit.gpu.placement._free_memory", lambda device: sum(plans[64].values()) - 1)
    parts = r"samples 15\.62 KiB, noise .*, 3 of 128 parts of the vectors 10\.5 KiB"
    message = rf"backend gpu needs .* on the device \({parts}, .*free"
    with pytest.raises(ParameterError, match=message):
        method.fit(graph)
    assert next(plans_in_parts(1, 8), None) is None


def test_the_plan_is_what_lies_on_the_device():
    tables, num_parts = tables_of(100, 40), 3
    plan = dict(plans_in_parts(100, 40))[num_parts]
    trainer = trainer_of(tables, objective_of(100, 5.0), num_parts)
    slots, buffers = trainer._slots._free, [buffer.samples for buffer in trainer._buffers]
    assert sum(slot.nbytes for slot in slots) == plan["3 of 6 parts of the vectors"]
    assert sum(buffer.nbytes for buffer in buffers) == plan["samples"]
    steps = trainer._steps
    laid = [*steps.noise, *steps._shares, *steps._moving]
    assert sum(tensor.nbytes for tensor in laid) == plan["noise"]


def test_a_larger_graph_has_longer_episodes():
    assert episode_samples(1000) == 1 << 26
    assert episode_samples(10**8) == 64 * 10**8


@pytest.mark.parametrize("name", ["star", "one edge", "sink", "isolated nodes", "no edges"])
def test_awkward_graphs_stay_finite(name, monkeypatch):
    graph = Graph.from_edges(**AWKWARD[name])
    room_for(monkeypatch, 2)
    options = {"dim": 3, "walks_per_node": 1, "walk_length": 4, "window": 2, "subsample": 0}
    model = DeepWalk(**options, learning_rate=1.0, backend="gpu")
    if graph.num_arcs:
        model.fit(graph)
    else:
        with pytest.warns(match="no edges"):
            model.fit(graph)
    assert model.parts_ == 2
    assert np.isfinite(model.embedding_).all()


def test_a_row_that_a_block_contends_for_is_damped():
    """The hub's share of its part is two thirds, and all of the block's centres."""
    num_leaves = 400
    frequencies = np.ones(num_leaves + 1, np.int64)
    frequencies[0] = num_leaves
    objective = Objective(frequencies, frequencies, 5.0, 0.75, SEED)
    trainer = trainer_of(tables_of(num_leaves + 1, 4), objective, 2)
    leaves = torch.arange(200, device=DEVICE)
    for block, hub in (((0, 1), 0), ((1, 0), 1)):
        samples = leaves << 32 if hub == 0 else leaves
        factors = trainer._steps._factors(samples, block, 100.0)
        weight = 6.0 if hub == 0 else 1 + 5 * float(trainer._steps._shares[0][0])
        assert float(factors[hub][0]) == pytest.approx(8 / (100 * weight), rel=1e-5)
        assert float(factors[1 - hub][0]) == 1.0


def test_new_nodes_alone_are_moved(monkeypatch):
    graph = random_graph(30, 90, seed=1)
    options = {"dim": 4, "walks_per_node": 1, "walk_length": 5, "window": 2, "subsample": 0}
    model = DeepWalk(**options, backend="gpu").fit(graph)
    room_for(monkeypatch, 3)
    grown = Graph.from_edges(np.vstack([np.array(graph.edge_rows()[:2]).T, [(30, 0), (30, 1)]]), num_nodes=31)
    before = model.embedding_.copy()
    found = model.transform_new(grown)
    assert found.node_ids.tolist() == [30]
    assert np.abs(found.vectors).max() > 0
    assert np.array_equal(model.embedding_, before)


@pytest.mark.parametrize("order", ["second", "both"])
def test_a_checkpoint_is_gone_on_from(order, tmp_path, monkeypatch):
    monkeypatch.setattr("graphkit.sgns.checkpoints.SECONDS", 0.0)
    graph = random_graph(30, 90, seed=1)
    options = {"dim": 4, "samples": 200, "backend": "gpu", "seed": 3, "order": order}
    room_for(monkeypatch, 2)
    whole = LINE(**options).fit(graph)

    def stop(what, done, total):
        if done == (3 if order == "both" else 1):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        LINE(**options).fit(graph, checkpoint=tmp_path, progress=stop)
    room_for(monkeypatch, 3)
    with pytest.raises(InputError, match="another run: there parts=2, here parts=3"):
        LINE(**options).fit(graph, checkpoint=tmp_path, resume=True)
    room_for(monkeypatch, 2)
    resumed = LINE(**options).fit(graph, checkpoint=tmp_path, resume=True)
    # The interpreter adds in order.
    np.testing.assert_allclose(resumed.embedding_, whole.embedding_, rtol=1e-5)
    assert resumed.pairs_ == whole.pairs_
    assert resumed.loss_ == pytest.approx(whole.loss_)


def test_vectors_without_a_number_are_an_error():
    trainer = trainer_of(tables_of(10, 4), objective_of(10, 5.0), 2)
    trainer._host[1].rows[2, 1] = np.nan
    with pytest.raises(RunError, match="diverged"):
        trainer.finish()


def test_a_device_without_memory_is_an_error(monkeypatch):
    def scarce(*_, **__):
        raise torch.OutOfMemoryError

    monkeypatch.setattr(block_steps, "train_samples", scarce)
    room_for(monkeypatch, 2)
    with pytest.raises(RunError, match="the device has no memory left to train 2 parts"):
        LINE(dim=4, samples=20, backend="gpu").fit(random_graph(10, 20))


def test_memory_is_not_held_by_a_circle():
    trainer = trainer_of(tables_of(10, 4), objective_of(10, 5.0), 2)
    seen = weakref.ref(trainer), weakref.ref(trainer._host[0])
    gc.disable()
    try:
        del trainer
        assert [held() for held in seen] == [None, None]
    finally:
        gc.enable()


@pytest.fixture
def cuda(monkeypatch):
    """Torch's streams, events and locked pages of a GPU that is not there; what they are told."""
    log = []

    class Event:
        def record(self, stream):
            self.name = f"{stream.name} {sum(line[0] == 'record' for line in log)}"
            log.append(("record", self.name))

        def synchronize(self):
            log.append(("host waits", self.name))

    class Stream:
        def __init__(self, device, name="copies"):
            self.name = name

        def wait_event(self, event):
            log.append(("wait", self.name, event.name))

    @contextlib.contextmanager
    def taken(stream):
        log.append(("to", stream.name))
        yield

    class Runtime:
        failing = 0

        def cudaHostRegister(self, address, size, flags):
            log.append(("lock", address, size))
            return self.failing

        def cudaHostUnregister(self, address):
            log.append(("unlock", address))

    runtime = Runtime()
    monkeypatch.setattr(torch.cuda, "Event", Event)
    monkeypatch.setattr(torch.cuda, "Stream", Stream)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: Stream(device, "present"))
    monkeypatch.setattr(torch.cuda, "stream", taken)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda device: log.append(("host waits", device)))
    monkeypatch.setattr(torch.cuda, "cudart", lambda: runtime)
    for module in ("gpu.streams", "sgns.gpu.parts"):
        monkeypatch.setattr(f"graphkit.{module}.made_present", lambda device: contextlib.nullcontext())
    return SimpleNamespace(log=log, runtime=runtime)


def test_streams_wait_for_marks_and_the_host_for_none(cuda):
    streams = Streams(torch.device("cuda", 1))
    come = streams.copy(lambda: cuda.log.append("come"))
    trained = streams.compute(lambda: cuda.log.append("trained"), [come, None])
    streams.wait(streams.copy(lambda: cuda.log.append("gone"), [trained]))
    streams.wait(None)
    assert cuda.log == [
        ("to", "copies"), "come", ("record", "copies 0"),
        ("wait", "present", "copies 0"), ("to", "present"), "trained", ("record", "present 1"),
        ("wait", "copies", "present 1"), ("to", "copies"), "gone", ("record", "copies 2"),
        ("host waits", "copies 2"),
    ]  # fmt: skip


def test_no_page_is_locked_twice(cuda):
    device = torch.device("cuda", 1)
    tables = [parts.HostParts(np.ones((number, 40), np.float32), 1, device) for number in range(1, 40)]
    locked = sorted(entry[1:] for entry in cuda.log)
    assert len(locked) == len(tables)
    pages = [range(first // mmap.PAGESIZE, -(-(first + size) // mmap.PAGESIZE)) for first, size in locked]
    assert all(one.stop <= other.start for one, other in itertools.pairwise(pages))
    for table, (_, size) in zip(sorted(tables, key=lambda held: held.rows.data_ptr()), locked, strict=True):
        assert table.rows.nbytes <= size
        assert table.part(0)[:, :40].min() == 1
        assert table.part(0)[:, 40:].max() == 0


def test_pages_are_locked_as_long_as_their_owner_lives(cuda):
    device = torch.device("cuda", 1)
    table = np.random.default_rng(0).random((7, 40), np.float32)
    held = parts.HostParts(table, 2, device)
    address = held.rows.data_ptr()
    assert cuda.log == [("lock", address, mmap.PAGESIZE)]
    assert np.array_equal(held.part(1)[:, :40].numpy(), table[1::2])
    assert not held.part(1)[:, 40:].any()
    found = np.empty_like(table)
    held.write_into(found)
    assert np.array_equal(found, table)
    del held
    assert cuda.log[1:] == [("host waits", device), ("unlock", address)]
    cuda.runtime.failing = 2
    with pytest.raises(RunError, match=r"the system locks no 1\.75 KiB of memory"):
        parts.HostParts(table, 2, device)
