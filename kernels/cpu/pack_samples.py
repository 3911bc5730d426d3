"""Samples of a block as a device takes them: in the order of training, source and target in one word."""

from __future__ import annotations

import numpy as np
from numba import njit

from graphkit.kernels.cpu.skipgram_arcs import arc_of


@njit(nogil=True, cache=True, _nrt=False)
def pack_samples(arcs, first, seed, stream, out, start, stop):
    """out[k] = source + 2**32 * target of sample number `first` + k, for k in `start` to `stop`.

    `arcs` is an `Arcs`; `out` int64, **written**. Ranges may be packed side by side.
    """
    for k in range(start, stop):
        arc = arc_of(first + k, arcs, seed, stream)
        out[k] = np.int64(arcs.sources[arc]) | (np.int64(arcs.targets[arc]) << 32)
