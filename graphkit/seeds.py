"""One seed, many independent streams of random numbers.

Kernels draw from Philox-4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as
1, 2, 3", SC 2011) keyed by the seed, with the counter (item, step, stream): a number depends on what
it is for and never on which thread asks, or when. Host code draws from NumPy's Philox, keyed alike.
"""

from __future__ import annotations

import operator
from enum import IntEnum
from typing import Annotated

import numpy as np

from graphkit.checks import is_truth, shown
from graphkit.errors import ParameterError
from graphkit.parameters import Range


class Stream(IntEnum):
    """What randomness is used for; one number each, never reused."""

    PROJECTION = 1
    FEATURE_PROJECTION = 2
    SPLIT = 3
    NEGATIVES = 4
    SHUFFLE = 5
    GENERATOR = 6
    CANDIDATES = 7
    WALK = 8
    START = 9
    HALT = 10
    SAMPLE = 11
    NOISE = 12
    ORDER = 13
    VECTORS = 14
    FEATURE_WALK = 17
    KERNEL_PROJECTION = 18
    VISIT = 21
    LAYOUT = 25
    LAYOUT_NOISE = 26
    KNN_SAMPLE = 27
    MAP_SAMPLE = 40
    KRYLOV = 41
    PATH_COUNT = 43
    PATH = 44
    RESTART = 45
    TWINS = 46
    PREDICTION = 47
    TUNING = 48
    FLIGHT = 51
    DETOUR = 60
    ELIMINATION = 61
    TERMINAL = 62
    RESISTANCE = 63
    EDGE_SAMPLE = 64
    SUBGRAPH = 65
    SUBGRAPH_ORDER = 66


def check_seed(seed: int) -> int:
    """Return `seed` as an int in [0, 2**64), or raise `ParameterError`."""
    try:
        value = None if is_truth(seed) else operator.index(seed)
    except TypeError:
        value = None
    if value is None:
        raise ParameterError(f"seed must be a whole number, got {shown(seed)}")
    if not 0 <= value < 2**64:
        raise ParameterError(f"seed must lie in [0, 2**64), got {shown(value)}")
    return value


Seed = Annotated[int, Range("in [0, 2**64)", lambda _, value: check_seed(value))]


def generator(seed: int, stream: Stream, item: int = 0) -> np.random.Generator:
    """NumPy generator for host-side randomness, keyed by seed and stream; each item has a range of its own.

    Examples
    --------
    >>> generator(1, Stream.SPLIT).integers(10) == generator(1, Stream.SPLIT).integers(10)
    np.True_
    """
    key = np.array([check_seed(seed), int(stream)], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=[0, 0, 0, item]))
