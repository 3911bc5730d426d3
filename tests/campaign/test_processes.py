"""Forked and spawned processes and threads at once: the bits of a plain call, and none waits without end."""

import functools
import multiprocessing
import os
import signal
import threading
import time

import joblib
import numpy as np
import pytest
from support.graphs import random_graph

import graphkit as gk

SECONDS = 120
SHORT = {"dim": 8, "walks_per_node": 2, "walk_length": 10, "window": 3, "seed": 1}


def _points():
    return np.random.default_rng(1).normal(size=(1500, 12)).astype(np.float32)


def _graph():
    return random_graph(200, 900, seed=2)


CALLS = {
    "FastRP": lambda: gk.FastRP(dim=8, seed=1).fit_transform(_graph()),
    "DeepWalk": lambda: gk.DeepWalk(**SHORT).fit_transform(_graph()),
    "Node2Vec": lambda: gk.Node2Vec(p=0.5, **SHORT).fit_transform(_graph()),
    "LINE": lambda: gk.LINE(dim=8, samples=5000, seed=1).fit_transform(_graph()),
    "random walks": lambda: gk.random_walks(_graph(), walk_length=9, seed=1),
    "PageRank": lambda: gk.PersonalizedPageRank().top(_graph(), k=5).scores,
    "cores": lambda: gk.core_numbers(_graph()),
    "NetMF": lambda: gk.NetMF(dim=8).fit_transform(_graph()),
    "NetSMF": lambda: gk.NetSMF(dim=8, seed=1).fit_transform(_graph()),
    "VERSE": lambda: gk.VERSE(dim=8, samples_per_node=50, seed=1).fit_transform(_graph()),
    "NRP": lambda: gk.NRP(dim=8).fit_transform(_graph()),
    "RandomFeatures": lambda: gk.RandomFeatures(dim=8, seed=1).fit_transform(_graph()),
    "nearest": lambda: gk.knn_graph(_points(), 4).indices,
    "index": lambda: np.asarray(gk.NeighborIndex(_points()).nearest(_points()[:9], 3).rows),
    "LargeVis": lambda: gk.LargeVis(samples_per_node=20, seed=1).fit_transform(_points()[:150]),
    "TSNE": lambda: gk.TSNE(steps=30, seed=1).fit_transform(_points()[:150]),
}


def call(name):
    """In a process of its own, too."""
    return CALLS[name]()


@functools.cache
def expected(name):
    return call(name)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_goes_on(name):
    """Once the parent has used all that starts threads of its own."""
    for other in ("nearest", "index", "DeepWalk"):
        expected(other)
    right = expected(name)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if np.array_equal(call(name), right) else 2
        finally:
            os._exit(status)
    assert _exit_code(child) == 0


def _exit_code(child):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        done, code = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(code)
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "it waits without end"


@pytest.mark.parametrize("name", CALLS)
def test_threads_at_once_have_the_same_bits(name):
    right, found = expected(name), [None] * 4

    def work(place):
        found[place] = call(name)

    threads = [threading.Thread(target=work, args=[place]) for place in range(len(found))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert all(np.array_equal(result, right) for result in found)


def test_a_spawned_pool_has_the_same_bits():
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        results = pool.map_async(call, CALLS).get(SECONDS)
    assert all(np.array_equal(result, expected(name)) for name, result in zip(CALLS, results))


def test_a_pool_of_joblib_has_the_same_bits():
    names = ["Node2Vec", "nearest", "PageRank", "FastRP"]
    results = joblib.Parallel(2, timeout=SECONDS)(joblib.delayed(call)(name) for name in names)
    assert all(np.array_equal(result, expected(name)) for name, result in zip(names, results))


def test_an_interrupted_fit_leaves_no_thread():
    graph = random_graph(3000, 30_000, seed=1)
    before = set(threading.enumerate())
    model = gk.Node2Vec(dim=64, seed=1, epochs=1000, num_threads=2)

    def progress(_, done, __):
        if done:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        model.fit(graph, progress=progress)
    assert set(threading.enumerate()) == before
