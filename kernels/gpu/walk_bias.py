"""The bias of second-order walks on the device: the operations of ``kernels/cpu/walk_bias.py``, in order.

Products and sums must not be contracted (``enable_fp_fusion=False``): a fused one is rounded once, not twice.
"""

from __future__ import annotations

import triton
import triton.language as tl

_ONE = tl.constexpr(31)
CERTAIN = tl.constexpr(1 << 31)
"""The probability 1: acceptance probabilities are in units of 2**-31."""


@triton.jit
def share_of(probability, span):
    """A probability in units of 2**-31, of a span of at most 2**32; int64."""
    return ((probability.to(tl.uint64) * span.to(tl.uint64)) >> _ONE).to(tl.int64)


@triton.jit
def extended_alpha(near, noise_there, weight, noise_here, inverse_q):
    """Weigh x by node2vec+, x other than t: w(t, x), threshold of x, w(v, x), threshold of v, 1/q; float64.

    The first four are float32.
    """
    strong = near >= noise_there
    # Where it is divided for nothing, by one.
    there = tl.where(strong, 1.0, noise_there).to(tl.float64)
    between = inverse_q + (1.0 - inverse_q) * (near.to(tl.float64) / there)
    weak = tl.where(weight < noise_here, tl.minimum(inverse_q, 1.0), between)
    return tl.where(strong, 1.0, weak)
