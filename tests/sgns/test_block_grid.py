"""Training in a grid of blocks: what is in a block, the order of blocks, and that groups are learnt."""

from itertools import pairwise

import numpy as np
import pytest
from support.graphs import random_graph
from support.reference.device_grid import snake
from support.reference.philox import draw
from support.reference.window_pairs import pairs_by_block

from graphkit import LINE, DeepWalk, FastRP, Graph, Node2Vec, random_walks
from graphkit.datasets.generators import stochastic_block_model
from graphkit.distributed import fit_in_parts
from graphkit.errors import ParameterError
from graphkit.seeds import Stream
from graphkit.sgns.block_grid import boustrophedon_order, in_shuffled_order, rounds_of
from graphkit.sgns.block_samples import FEWEST_EPISODES, ArcSamples, WalkPairs
from graphkit.sgns.corpus import Corpus
from graphkit.sgns.trainer import keep_thresholds
from graphkit.walks.walker import Walker


@pytest.mark.parametrize("num_parts", [1, 2, 5])
@pytest.mark.parametrize("subsample", [0.0, 1e-2])
def test_blocks_hold_the_pairs_of_all_windows(num_parts, subsample):
    graph, window, seed = random_graph(40, 90), 3, 7
    corpus = Corpus(
        Walker(graph, walk_length=9, seed=seed),
        np.arange(40, dtype=np.int32),
        walks_per_start=2,
        epochs=1,
        seed=seed,
    )
    frequencies = corpus.frequencies()
    samples = WalkPairs(
        corpus,
        frequencies,
        window=window,
        subsample=subsample,
        learning_rate=0.1,
        seed=seed,
        num_parts=num_parts,
        num_threads=3,
    )
    held = list(range(0, num_parts, 2))
    episode = next(samples.episodes(held))
    walks, numbers = corpus.walks(0, corpus.num_walks // FEWEST_EPISODES)
    words = np.array(
        [[draw(seed, int(number), place, int(Stream.SAMPLE)) for place in range(9)] for number in numbers]
    )
    reaches = 1 + (words[:, :, 1].astype(np.uint64) * np.uint64(window) >> np.uint64(32))
    keep = keep_thresholds(frequencies, subsample)
    wanted = pairs_by_block(walks, reaches, words[:, :, 0] <= keep[walks], num_parts)
    for block in np.ndindex(num_parts, num_parts):
        assert episode.counts[block] == len(wanted[block])
        if block[0] not in held:
            assert block not in episode.blocks
            continue
        arcs = episode.blocks[block]
        centers, contexts = arcs.sources * num_parts + block[0], arcs.targets * num_parts + block[1]
        assert list(zip(centers.tolist(), contexts.tolist(), strict=True)) == wanted[block]


@pytest.mark.parametrize("size", [1, 2, 3, 10, 1000, 4096])
def test_each_pair_is_taken_once(size):
    stride = in_shuffled_order(np.zeros(size, np.int32), np.zeros(size, np.int32)).stride
    taken = np.arange(size) * stride % size
    assert sorted(taken.tolist()) == list(range(size))
    if size > 100:
        assert np.abs(np.diff(taken)).min() > size / 4


@pytest.mark.parametrize("num_parts", [1, 2, 3, 6])
def test_blocks_of_a_round_share_no_part_and_all_blocks_come_once(num_parts):
    rounds = list(rounds_of(num_parts, range(num_parts)))
    for blocks in rounds:
        assert len({first for first, _ in blocks}) == len({second for _, second in blocks}) == num_parts
    assert len({block for blocks in rounds for block in blocks}) == num_parts**2


@pytest.mark.parametrize("num_parts", [1, 2, 3, 6])
def test_a_snake_changes_one_part_at_a_time(num_parts):
    blocks = [
        block for number in range(4) for block in boustrophedon_order(num_parts, backwards=number % 2 == 1)
    ]
    assert blocks == [block for number in range(4) for block in snake(num_parts, number)]
    for number in range(4):
        episode = blocks[number * num_parts**2 : (number + 1) * num_parts**2]
        assert len(set(episode)) == num_parts**2
    for place, (one, other) in enumerate(pairwise(blocks), 1):
        shared = sum(first == second for first, second in zip(one, other, strict=True))
        assert shared == (2 if place % num_parts**2 == 0 else 1)


def test_arcs_are_drawn_in_proportion_to_their_blocks():
    sources, targets = np.array([0, 1, 2, 3], np.int32), np.array([1, 2, 3, 2], np.int32)
    weights = np.array([1, 2, 3, 4], np.float32)
    samples = ArcSamples(sources, targets, weights, num_samples=1000, learning_rate=0.1, num_parts=2)
    episodes = list(samples.episodes([0, 1]))
    assert sum(episode.counts for episode in episodes).tolist() == [[0, 400], [600, 0]]
    assert [episode.first for episode in episodes] == list(range(0, 1000, 125))
    episode = episodes[-1]
    assert episode.blocks[0, 1].sources.tolist() == [0, 1]
    assert episode.blocks[1, 0].targets.tolist() == [1, 1]


@pytest.mark.parametrize("num_parts", [1, 2, 4])
@pytest.mark.parametrize(
    "method",
    [
        DeepWalk(dim=16, walk_length=20, walks_per_node=20, window=3, seed=1),
        Node2Vec(dim=16, walk_length=20, walks_per_node=20, window=3, p=0.5, q=2.0, seed=1),
        LINE(dim=16, order="second", samples_per_edge=60, seed=1),
    ],
    ids=lambda method: method.name,
)
def test_groups_stand_apart(method, num_parts):
    graph = stochastic_block_model([60] * 3, np.eye(3) * 0.28 + 0.02, seed=1).graph
    groups = np.repeat(np.arange(3), 60)
    vectors = fit_in_parts(method, graph, num_parts=num_parts).embedding_
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = unit @ unit.T
    np.fill_diagonal(scores, -1)
    near = groups[np.argsort(-scores, axis=1)[:, :10]]
    assert (near == groups[:, None]).mean() > 0.9
    assert method.pairs_ > 1000
    assert 0 < method.loss_ < 5


def test_threads_do_not_change_a_bit():
    graph = random_graph(300, 900, weighted=True)
    runs = [
        fit_in_parts(DeepWalk(dim=8, walks_per_node=2, seed=1, num_threads=threads), graph, num_parts=3)
        for threads in (1, 2, 5)
    ]
    for run in runs[1:]:
        assert np.array_equal(run.embedding_, runs[0].embedding_)
        assert np.array_equal(run.context_embedding_, runs[0].context_embedding_)
        assert run.loss_ == runs[0].loss_


@pytest.mark.parametrize("num_parts", [1, 3, 20])
def test_few_nodes_and_none(num_parts):
    for graph in (
        Graph.from_edges([], num_nodes=0),
        Graph.from_edges([], num_nodes=2),
        Graph.from_edges([(0, 1)]),
    ):
        for method in (DeepWalk(dim=4), LINE(dim=4, order="second")):
            fitted = fit_in_parts(method, graph, num_parts=num_parts)
            assert fitted.embedding_.shape == (graph.num_nodes, 4)
            assert np.isfinite(fitted.embedding_).all()


def test_what_cannot_be_is_refused():
    graph = Graph.from_edges([(0, 1)])
    with pytest.raises(ParameterError, match="num_parts must be a whole number >= 1, got 0"):
        fit_in_parts(DeepWalk(dim=4), graph, num_parts=0)
    with pytest.raises(ParameterError, match="FastRP is not trained in parts"):
        fit_in_parts(FastRP(dim=4), graph)
    with pytest.raises(ParameterError, match="order must be 'second'"):
        fit_in_parts(LINE(dim=4), graph)


def test_walks_are_those_of_the_library():
    graph = random_graph(30, 60)
    corpus = Corpus(
        Walker(graph, walk_length=5, seed=3),
        np.arange(30, dtype=np.int32),
        walks_per_start=1,
        epochs=1,
        seed=3,
    )
    walks, numbers = corpus.walks(0, 30)
    known = random_walks(graph, walk_length=5, walks_per_node=1, seed=3)
    assert np.array_equal(walks, known[numbers])
