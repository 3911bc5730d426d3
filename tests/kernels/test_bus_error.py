"""The handler of SIGBUS, called as the system calls it: zeros where the page is gone, and Python is asked."""

import ctypes
import mmap
import signal
import sys

import numpy as np
import pytest

from graphkit.kernels.cpu.bus_error import on_bus_error

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or mmap.PAGESIZE != 4096, reason="the handler is for Linux, pages of 4096 bytes"
)

NUMBER = signal.SIGUSR1
"""In place of SIGBUS: what the handler asks Python to handle, or leaves to the system."""

BEYOND_THE_END, NO_SUCH_ALIGNMENT = 2, 1


@pytest.fixture
def asked():
    """Numbers of the signals that Python was asked to handle."""
    numbers = []
    before = signal.signal(NUMBER, lambda number, _: numbers.append(number))
    yield numbers
    signal.signal(NUMBER, before)


def told(code, address):
    """What the system tells of a fault: number, error and code, then the address, as in ``siginfo_t``."""
    info = np.zeros(16, np.int64)
    info.view(np.int32)[2], info[2] = code, address
    on_bus_error.ctypes(int(NUMBER), info.ctypes.data_as(ctypes.POINTER(ctypes.c_int64)), 0)


def test_a_page_of_zeros_takes_the_place_of_the_one_that_is_gone(asked):
    memory = mmap.mmap(-1, 3 * mmap.PAGESIZE)
    array = np.frombuffer(memory, np.uint8)
    array[:] = 7
    told(BEYOND_THE_END, array.ctypes.data + mmap.PAGESIZE + 100)
    assert asked == [NUMBER]
    pages = array.reshape(3, -1)
    assert not pages[1].any()
    assert (pages[[0, 2]] == 7).all()
    pages[1] = 9


def test_other_faults_are_left_to_the_system(asked):
    memory = mmap.mmap(-1, mmap.PAGESIZE)
    array = np.frombuffer(memory, np.uint8)
    array[:] = 7
    told(NO_SUCH_ALIGNMENT, array.ctypes.data)
    assert (array == 7).all()
    assert asked == []
    # The system's own handling is what was set: SIG_DFL, 0.
    set_handler = ctypes.CDLL(None).signal
    set_handler.restype, set_handler.argtypes = ctypes.c_void_p, (ctypes.c_int, ctypes.c_void_p)
    assert not set_handler(int(NUMBER), 1)
