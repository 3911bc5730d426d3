"""Tasks in phases: each once, none before the phase ahead of its own has ended, for any number of threads."""

import threading

import numpy as np
import pytest
from numba import njit

from graphkit.kernels.cpu.tickets import NUM_COUNTERS, finish, take, wait_for


@njit(nogil=True)
def work(counters, tasks, lengths, done, early, scratch):
    """Do tasks, `tasks` in a phase; early[k] = how many of the phases before task k were not done by then.

    Task k takes lengths[k] sums; `done` counts how often each was done.
    """
    while True:
        ticket = take(counters)
        if ticket >= len(done):
            return
        first = ticket // tasks * tasks
        wait_for(counters, first)
        for other in range(first):
            early[ticket] += done[other] == 0
        value = 1.0
        for _ in range(lengths[ticket]):
            value = value * 0.999 + 1.0
        scratch[ticket] = value
        done[ticket] += 1
        finish(counters)


def run(num_threads, tasks=5, phases=40, seed=0):
    rng = np.random.default_rng(seed)
    count = tasks * phases
    # Some take long: who does not wait is early.
    lengths = np.where(rng.random(count) < 0.2, 200_000, 100)
    done, early = np.zeros(count, np.int64), np.zeros(count, np.int64)
    arguments = np.zeros(NUM_COUNTERS, np.int64), tasks, lengths, done, early, np.zeros(count)
    threads = [threading.Thread(target=work, args=arguments) for _ in range(num_threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    return done, early


@pytest.mark.parametrize("num_threads", [1, 2, 4, 13])
@pytest.mark.parametrize("tasks", [1, 5])
def test_every_task_once_and_none_early(num_threads, tasks):
    done, early = run(num_threads, tasks)
    assert (done == 1).all()
    assert not early.any()


def test_a_late_thread_finds_nothing_left():
    counters = np.zeros(NUM_COUNTERS, np.int64)
    done, early = np.zeros(6, np.int64), np.zeros(6, np.int64)
    for _ in range(3):
        work(counters, 2, np.ones(6, np.int64), done, early, np.zeros(6))
    assert done.tolist() == [1] * 6
