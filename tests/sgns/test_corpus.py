"""The corpus: the walks of `random_walks`, each once an epoch, in an order of its own."""

import numpy as np
import pytest
from support.graphs import random_graph

import graphkit.sgns.corpus
from graphkit.graph.graph import Graph
from graphkit.sgns.corpus import Corpus
from graphkit.walks.random_walks import random_walks
from graphkit.walks.walker import Walker

NUM_NODES, ROUNDS, EPOCHS, LENGTH, SEED = 40, 3, 2, 7, 9


@pytest.fixture(scope="module")
def graph():
    return random_graph(NUM_NODES, 90, directed=True, seed=2)


def make(graph, *, starts=None, rounds=ROUNDS, epochs=EPOCHS, seed=SEED, **law):
    walker = Walker(graph, walk_length=LENGTH, seed=seed, num_threads=1, **law)
    starts = np.arange(graph.num_nodes) if starts is None else np.asarray(starts)
    return Corpus(walker, starts.astype(np.int32), walks_per_start=rounds, epochs=epochs, seed=seed)


def rows(walks):
    return sorted(walks.tolist())


@pytest.mark.parametrize("law", [{}, {"p": 0.5, "q": 2.0}], ids=str)
def test_each_epoch_has_the_walks_of_random_walks_once(graph, law):
    corpus = make(graph, **law)
    wanted = random_walks(graph, walk_length=LENGTH, walks_per_node=ROUNDS, seed=SEED, **law)
    per_epoch = ROUNDS * NUM_NODES
    assert corpus.num_walks == EPOCHS * per_epoch
    for epoch in range(EPOCHS):
        walks, numbers = corpus.walks(epoch * per_epoch, (epoch + 1) * per_epoch)
        assert np.array_equal(walks, wanted[numbers % per_epoch])
        assert rows(walks) == rows(wanted)


def test_numbers_are_those_of_round_and_node_and_never_twice(graph):
    walks, numbers = make(graph).walks(0, EPOCHS * ROUNDS * NUM_NODES)
    assert np.array_equal(walks[:, 0], numbers % NUM_NODES)
    # One round behind the other; the numbers key the draws of training, which differ between epochs.
    for round_, part in enumerate(numbers.reshape(-1, NUM_NODES)):
        assert sorted(part.tolist()) == list(range(round_ * NUM_NODES, (round_ + 1) * NUM_NODES))


def test_each_round_has_an_order_of_its_own(graph):
    walks, _ = make(graph).walks(0, EPOCHS * ROUNDS * NUM_NODES)
    orders = {tuple(part[:, 0].tolist()) for part in walks.reshape(-1, NUM_NODES, LENGTH)}
    assert len(orders) == EPOCHS * ROUNDS
    assert tuple(range(NUM_NODES)) not in orders
    other, _ = make(graph, seed=SEED + 1).walks(0, NUM_NODES)
    assert tuple(other[:, 0].tolist()) not in orders


@pytest.mark.parametrize("stored", [1, 30 * LENGTH, 10**9])
@pytest.mark.parametrize("chunk", [1, 13, 40, 77, 1000])
def test_chunks_and_what_is_stored_do_not_matter(graph, chunk, stored, monkeypatch):
    wanted, wanted_numbers = make(graph).walks(0, EPOCHS * ROUNDS * NUM_NODES)
    monkeypatch.setattr(graphkit.sgns.corpus, "SAMPLE_TOKENS", stored)
    corpus, end = make(graph), len(wanted)
    parts = [corpus.walks(first, min(first + chunk, end)) for first in range(0, end, chunk)]
    assert np.array_equal(np.concatenate([walks for walks, _ in parts]), wanted)
    assert np.array_equal(np.concatenate([numbers for _, numbers in parts]), wanted_numbers)
    # Backwards too: a resumed run begins in the middle.
    assert np.array_equal(corpus.walks(end - 50, end)[0], wanted[-50:])


def test_walks_from_some_starts_alone(graph):
    starts = [3, 8, 30]
    corpus = make(graph, starts=starts)
    walks, numbers = corpus.walks(0, corpus.num_walks)
    everywhere = random_walks(graph, walk_length=LENGTH, walks_per_node=ROUNDS, seed=SEED)
    assert len(walks) == 3 * ROUNDS * EPOCHS
    assert set(numbers % NUM_NODES) == set(starts)
    assert np.array_equal(walks, everywhere[numbers % (ROUNDS * NUM_NODES)])


COUNTS = np.arange(NUM_NODES) % 4 + (np.arange(NUM_NODES) == 7) * 3 + 1


def test_some_starts_have_more_walks_than_others(graph):
    corpus = make(graph, rounds=COUNTS)
    per_epoch, rounds = COUNTS.sum(), COUNTS.max()
    assert corpus.num_walks == EPOCHS * per_epoch
    wanted = random_walks(graph, walk_length=LENGTH, walks_per_node=rounds, seed=SEED)
    for epoch in range(EPOCHS):
        walks, numbers = corpus.walks(epoch * per_epoch, (epoch + 1) * per_epoch)
        assert np.array_equal(walks, wanted[numbers % (rounds * NUM_NODES)])
        assert np.array_equal(np.bincount(walks[:, 0]), COUNTS)
        # A node's walks are its first rounds, one round behind the other.
        turn = numbers // NUM_NODES
        assert (np.diff(turn) >= 0).all()
        assert (turn - epoch * rounds < COUNTS[walks[:, 0]]).all()
        assert len(set(numbers.tolist())) == per_epoch


@pytest.mark.parametrize("chunk", [1, 13, 1000])
def test_chunks_do_not_matter_with_counts_of_their_own(graph, chunk):
    corpus = make(graph, rounds=COUNTS)
    end = corpus.num_walks
    wanted, wanted_numbers = make(graph, rounds=COUNTS).walks(0, end)
    parts = [corpus.walks(first, min(first + chunk, end)) for first in range(0, end, chunk)]
    assert np.array_equal(np.concatenate([walks for walks, _ in parts]), wanted)
    assert np.array_equal(np.concatenate([numbers for _, numbers in parts]), wanted_numbers)


def test_equal_counts_are_one_number(graph):
    one, many = make(graph, rounds=ROUNDS), make(graph, rounds=np.full(NUM_NODES, ROUNDS))
    assert all(np.array_equal(*pair) for pair in zip(one.walks(0, 200), many.walks(0, 200)))


@pytest.mark.parametrize("at_once", [1, 10**6])
def test_frequencies_count_the_walks(graph, at_once, monkeypatch):
    monkeypatch.setattr(graphkit.sgns.corpus, "_COUNTED_AT_ONCE", at_once)
    corpus = make(graph)
    nodes = corpus.walks(0, corpus.num_walks)[0]
    assert (nodes < 0).any()
    assert corpus.frequencies().tolist() == np.bincount(nodes[nodes >= 0], minlength=NUM_NODES).tolist()


def test_frequencies_of_a_part_count_every_start(graph, monkeypatch):
    monkeypatch.setattr(graphkit.sgns.corpus, "SAMPLE_TOKENS", 4 * LENGTH)
    corpus = make(graph)
    nodes = corpus.walks(0, 4)[0]
    counts = np.bincount(nodes[nodes >= 0], minlength=NUM_NODES)
    assert 0 in counts
    assert corpus.frequencies().tolist() == np.maximum(counts, 1).tolist()


def test_no_nodes_and_no_starts(graph):
    for corpus in (make(Graph.from_edges([], num_nodes=0)), make(graph, starts=[])):
        assert corpus.num_walks == 0
        assert corpus.walks(0, 0)[0].shape == (0, LENGTH)
        assert not corpus.frequencies().any()
