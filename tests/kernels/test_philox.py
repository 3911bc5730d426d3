"""Philox against the known-answer vectors published with Random123."""

import numba
import pytest

from graphkit.kernels.cpu.philox import bounded, draw, philox

KNOWN_ANSWERS = [
    ((0, 0), (0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 2, (0xFFFFFFFF,) * 4, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0xA4093822, 0x299F31D0),
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@numba.njit
def call_philox(key, counter):
    return philox(key[0], key[1], counter[0], counter[1], counter[2], counter[3])


@numba.njit
def call_draw(seed, item, step, stream):
    return draw(seed, item, step, stream)


@numba.njit
def call_bounded(word, bound):
    return bounded(word, bound)


@pytest.mark.parametrize(("key", "counter", "words"), KNOWN_ANSWERS)
def test_known_answers(key, counter, words):
    assert call_philox(key, counter) == words


def test_draw_places_seed_item_step_and_stream():
    seed, item = (7 << 32) | 5, (3 << 32) | 11
    assert call_draw(seed, item, 13, 2) == call_philox((5, 7), (11, 13, 2, 3))


def test_bounded_covers_the_range_evenly():
    assert [call_bounded(word, 4) for word in (0, 2**30, 2**31, 2**32 - 1)] == [0, 1, 2, 3]
