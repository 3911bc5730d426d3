"""Tables in the host's memory, of which a device holds a few parts at a time."""

from __future__ import annotations

import math
import mmap
import weakref
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from graphkit.arrays import Vectors
from graphkit.errors import RunError
from graphkit.gpu.launch import made_present
from graphkit.gpu.rows import padded
from graphkit.gpu.streams import Mark, Streams
from graphkit.resources import in_bytes
from graphkit.sgns.partition import part_firsts, part_of, put_part

if TYPE_CHECKING:
    import torch

NUM_SLOTS = 3
"""Two parts that are trained, and one on its way."""

Key = tuple[int, int]
"""Number of a table, and of a part."""


class HostParts:
    """A table, part behind part, in memory that the device copies from and to while others work.

    Parameters
    ----------
    table
        float32 [num_nodes, dim].
    num_parts
        1 .. num_nodes.
    device
        What copies.

    Attributes
    ----------
    rows
        All parts, float32 [num_nodes, padded dim].

    Raises
    ------
    RunError
        If the system does not lock so much memory.
    """

    def __init__(self, table: Vectors, num_parts: int, device: torch.device):
        import torch

        self._num_parts = num_parts
        self._firsts = part_firsts(len(table), num_parts).tolist()
        self.rows = whole_pages((len(table), padded(table.shape[1])), torch.float32).zero_()
        lock_pages(self, self.rows, device)
        for part in range(num_parts):
            self.part(part)[:, : table.shape[1]] = torch.from_numpy(part_of(table, part, num_parts))

    def part(self, number: int) -> torch.Tensor:
        """Return a part, to be read and written."""
        return self.rows[self._firsts[number] : self._firsts[number + 1]]

    def write_into(self, table: Vectors) -> None:
        """Write all parts into a table as the one that they are of."""
        for part in range(self._num_parts):
            put_part(table, part, self._num_parts, self.part(part)[:, : table.shape[1]].numpy())


def whole_pages(shape: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:
    """Return room on the host, not initialised, on whose pages nothing else lies."""
    import torch

    size = math.prod(shape) * dtype.itemsize
    room = torch.empty(size + 2 * mmap.PAGESIZE, dtype=torch.uint8)
    first = -room.data_ptr() % mmap.PAGESIZE
    return room[first : first + size].view(dtype).view(shape)


def lock_pages(owner: object, memory: torch.Tensor, device: torch.device) -> None:
    """Keep memory of `whole_pages` in its place as long as its owner is there; of no effect without a GPU.

    Of two that share a page, the second could not be locked.
    """
    import torch

    if device.type != "cuda":
        return
    with made_present(device):
        size = -(-memory.nbytes // mmap.PAGESIZE) * mmap.PAGESIZE
        code = torch.cuda.cudart().cudaHostRegister(memory.data_ptr(), size, 0)  # type: ignore[no-untyped-call]
    if int(code):
        raise RunError(f"the system locks no {in_bytes(memory.nbytes)} of memory for copies to the device")
    # It holds the memory until then.
    weakref.finalize(owner, _unlock, memory, device).atexit = False


def _unlock(memory: torch.Tensor, device: torch.device) -> None:
    import torch

    torch.cuda.synchronize(device)
    torch.cuda.cudart().cudaHostUnregister(memory.data_ptr())  # type: ignore[no-untyped-call]


@dataclass
class _Held:
    """A part on the device: its slot, its rows in it, and when they were last moved."""

    slot: torch.Tensor
    rows: torch.Tensor
    moved: Mark = None
    is_moved: bool = False


class PartSlots:
    """Room on a device for `NUM_SLOTS` parts, which come when they are asked for.

    A part that has to make room goes back to the host; all copies are made beside what computes.

    Parameters
    ----------
    tables
        What they are parts of, all as wide and long.
    num_rows
        Of the longest part.
    streams
        Of the device.
    """

    def __init__(self, tables: Sequence[HostParts], num_rows: int, streams: Streams):
        import torch

        self._tables, self._streams = tables, streams
        shape = num_rows, tables[0].rows.shape[1]
        self._free = [torch.empty(shape, device=streams.device) for _ in range(NUM_SLOTS)]
        # What had this memory before has been computed then.
        self._begin = streams.computed()
        self._held: dict[Key, _Held] = {}

    def bring(self, wanted: Collection[Key], present: Collection[Key]) -> None:
        """Have two parts come; those that are trained at present make room only if nothing else can.

        They are there when whatever is copied after them is.
        """
        for key in wanted:
            if key not in self._held:
                slot = self._slot(wanted, present)
                host = self._host(key)
                rows = slot[: len(host)]
                self._streams.copy(partial(rows.copy_, host, non_blocking=True), [self._begin])
                self._held[key] = _Held(slot, rows)

    def rows(self, key: Key) -> torch.Tensor:
        """Return the rows of a part that was brought."""
        return self._held[key].rows

    def moved(self, key: Key, mark: Mark) -> None:
        """Say that a part's rows are moved, until the mark."""
        self._held[key].moved, self._held[key].is_moved = mark, True

    def give_back(self) -> None:
        """Bring the host's parts up to date, and wait for it."""
        for key in self._held:
            self._streams.wait(self._sent_back(key))

    def clear(self) -> None:
        """Let the device's memory go."""
        self._free.clear()
        self._held.clear()

    def _slot(self, wanted: Collection[Key], present: Collection[Key]) -> torch.Tensor:
        """A slot that is free, or will be when the copies given so far are made."""
        if self._free:
            return self._free.pop()
        leaving = min((key for key in self._held if key not in wanted), key=lambda key: key in present)
        self._sent_back(leaving)
        return self._held.pop(leaving).slot

    def _sent_back(self, key: Key) -> Mark:
        held = self._held[key]
        if not held.is_moved:
            return None
        held.is_moved = False
        send = partial(self._host(key).copy_, held.rows, non_blocking=True)
        return self._streams.copy(send, [held.moved])

    def _host(self, key: Key) -> torch.Tensor:
        return self._tables[key[0]].part(key[1])
