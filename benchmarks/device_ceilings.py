"""What the device's memory can do: a copy in order, random sectors of 32 bytes, random rows of 512."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
import triton
import triton.language as tl
from device_timing import seconds_of

from graphkit.gpu.backend import is_interpreted, usable_device

SECTOR_BYTES = 32
TABLE_MB = (16, 70, 300, 4000)
"""Within the L2 cache of large GPUs, about its size, beyond it, far beyond."""

ROW_COLUMNS = 128
ROWS = (1, 10_000, 1_000_000)
"""One that all meet at; a table within the L2 cache; one far beyond it."""

_READS, _LANES = 16, 256
"""Of one lane; of one program."""


@triton.jit
def gather(table, out, num_sectors, READS: tl.constexpr, LANES: tl.constexpr):
    """out[i] = xor of the first words of READS random sectors; `table` int32 [8 * num_sectors]."""
    lane = tl.program_id(0) * LANES + tl.arange(0, LANES)
    state = lane.to(tl.uint32) * 0x9E3779B9 + 0x7F4A7C15
    total = tl.zeros([LANES], tl.int32)
    for _ in tl.static_range(READS):
        # An xorshift and a product: cheaper than what is measured.
        state ^= state >> 15
        state *= 0x2C1B3C6D
        sector = tl.umulhi(state ^ (state >> 13), tl.cast(num_sectors, tl.uint32)).to(tl.int64)
        total ^= tl.load(table + sector * 8)
    tl.store(out + lane, total)


@triton.jit
def add_to_rows(table, num_rows, ADDS: tl.constexpr, READ: tl.constexpr, ROWS: tl.constexpr,
                COLUMNS: tl.constexpr):  # fmt: skip
    """Add to ADDS times ROWS random rows by atomics, and READ them before.

    `table` float32 [num_rows, COLUMNS].
    """
    state = (tl.program_id(0) * ROWS + tl.arange(0, ROWS)).to(tl.uint32) * 0x9E3779B9 + 0x7F4A7C15
    change = tl.full([ROWS, COLUMNS], 1e-9, tl.float32)
    for _ in tl.static_range(ADDS):
        state ^= state >> 15
        state *= 0x2C1B3C6D
        row = tl.umulhi(state ^ (state >> 13), tl.cast(num_rows, tl.uint32)).to(tl.int64)
        pointers = table + row[:, None] * COLUMNS + tl.arange(0, COLUMNS)[None, :]
        if READ:
            change += 1e-9 * tl.load(pointers)
        tl.atomic_add(pointers, change, sem="relaxed")


def row_rate(num_rows: int, *, read: bool) -> float:
    """Random rows of 512 bytes a second that are added to, and read before if `read`."""
    programs, adds, rows = 4 if is_interpreted() else 1 << 16, 8, 4
    table = torch.zeros((num_rows, ROW_COLUMNS), device=usable_device())
    seconds = seconds_of(
        lambda: add_to_rows[(programs,)](
            table, num_rows, ADDS=adds, READ=read, ROWS=rows, COLUMNS=ROW_COLUMNS
        )
    )
    return programs * adds * rows / seconds


def measure(*, quick: bool) -> Iterator[dict[str, Any]]:
    """Yield rows of the ceilings, printed as well."""
    for row in _measured(quick=quick):
        sectors = row.get("g_sectors_per_s", 0)
        print(f"{row['what']:>44}: {row['gb_per_s']:8.0f} GB/s {sectors:8.1f} G sectors/s", flush=True)
        yield row


def _measured(*, quick: bool) -> Iterator[dict[str, Any]]:
    yield _copy(1 << 16 if quick else 1 << 28)
    for megabytes in TABLE_MB[:1] if quick else TABLE_MB:
        yield _gather(megabytes)
    for num_rows in ROWS[:2] if quick else ROWS:
        for read in (False, True):
            yield _rows(num_rows, read=read)


def _copy(num_floats: int) -> dict[str, Any]:
    source = torch.zeros(num_floats, device=usable_device())
    target = torch.empty_like(source)
    rate = 2 * 4 * num_floats / seconds_of(lambda: target.copy_(source))
    return {"what": f"copy, {4 * num_floats / 1e6:,.0f} MB", "gb_per_s": rate / 1e9}


def _gather(megabytes: int) -> dict[str, Any]:
    rate = sector_rate(megabytes * 10**6)
    return {
        "what": f"random sectors of {megabytes:,} MB",
        "gb_per_s": rate * SECTOR_BYTES / 1e9,
        "g_sectors_per_s": rate / 1e9,
    }


def _rows(num_rows: int, *, read: bool) -> dict[str, Any]:
    rate = row_rate(num_rows, read=read)
    work = "read and added to" if read else "added to"
    return {
        "what": f"random rows of {num_rows:,} {work}",
        "gb_per_s": rate * 4 * ROW_COLUMNS * (2 if read else 1) / 1e9,
        "g_rows_per_s": rate / 1e9,
    }


def sector_rate(table_bytes: int) -> float:
    """Random sectors a second, out of a table of so many bytes."""
    device = usable_device()
    num_sectors = table_bytes // SECTOR_BYTES
    table = torch.zeros(num_sectors * 8, dtype=torch.int32, device=device)
    programs = 4 if is_interpreted() else 1 << 16
    out = torch.empty(programs * _LANES, dtype=torch.int32, device=device)
    seconds = seconds_of(lambda: gather[(programs,)](table, out, num_sectors, READS=_READS, LANES=_LANES))
    return len(out) * _READS / seconds
