"""Memory is asked for ahead of its use by the right kind of LLVM's instruction, and nothing is changed."""

import re

import numpy as np
import pytest
from numba import njit

from graphkit.kernels.cpu import prefetch

READ, WRITE, NEAR, FAR = "0", "1", "3", "2"
MATRIX, ROW = np.arange(6 * 50, dtype=np.float32).reshape(6, 50), np.arange(300, dtype=np.int64)


@njit
def row(array, place):
    prefetch.prefetch_row(array, place)


@njit
def start(array, place):
    prefetch.prefetch_start(array, place)


@njit
def start_far(array, place):
    prefetch.prefetch_start_far(array, place)


@njit
def item(array, place):
    prefetch.prefetch_item(array, place)


@njit
def item_far(array, place):
    prefetch.prefetch_item_far(array, place)


@njit
def written(array, place):
    prefetch.prefetch_written(array, place, 17)


@pytest.mark.parametrize(
    ("function", "array", "kind"),
    [
        (row, MATRIX, (READ, NEAR)),
        (start, MATRIX, (READ, NEAR)),
        (start_far, MATRIX, (READ, FAR)),
        (item, ROW, (READ, NEAR)),
        (item_far, ROW, (READ, FAR)),
        (written, MATRIX, (WRITE, NEAR)),
    ],
)
def test_lines_are_asked_for(function, array, kind):
    before = array.copy()
    for place in (0, len(array) - 1):
        function(array, place)
    assert np.array_equal(array, before)
    (code,) = function.inspect_llvm().values()
    asked = set(re.findall(r"call void @llvm\.prefetch\.p0\(.*?, i32 (\d), i32 (\d), i32 1\)", code))
    assert asked == {kind}
