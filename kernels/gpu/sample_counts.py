"""How often each row is the centre and the context of a sample, on the device: what damping goes by."""

from __future__ import annotations

import triton
import triton.language as tl

from graphkit.kernels.gpu.csr import LOW_HALF


@triton.jit(do_not_specialize=["num_samples"])
def count_samples(samples, sources, targets, num_samples, BLOCK: tl.constexpr):
    """Count the ends of samples, int64 [num_samples], source + 2**32 * target; a lane a sample.

    `sources` and `targets`, int32, the counts of the rows of each part, are **written**.
    """
    sample = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    here = sample < num_samples
    ends = tl.load(samples + sample, mask=here, other=0)
    one = here.to(tl.int32)
    tl.atomic_add(sources + (ends & LOW_HALF), one, mask=here, sem="relaxed")
    tl.atomic_add(targets + (ends >> 32), one, mask=here, sem="relaxed")
