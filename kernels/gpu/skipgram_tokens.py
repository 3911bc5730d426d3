"""What skip-gram trains of a walk, on the device: the nodes that sub-sampling keeps, and their windows.

Bit for bit those of ``kernels/cpu/skipgram_walks.py``: position p of walk number w draws by (w, p) whether
its node is kept and how far its window reaches, so centres and contexts are the CPU's.
"""

from __future__ import annotations

import triton
import triton.language as tl

from graphkit.kernels.gpu.philox import bounded, draw


@triton.jit(do_not_specialize=["num_walks", "length", "window", "seed", "stream"])
def keep_tokens(
    walks, numbers, keep, tokens, reaches, counts, num_walks, length, window, seed: tl.uint64, stream,
    BLOCK: tl.constexpr,
):  # fmt: skip
    """Move the kept nodes of each walk to its front; a lane a walk.

    `walks` int32 [length, num_walks], -1 behind a walk's end; `numbers` int64 [num_walks]; `keep` int64
    [num_nodes], words up to which a node is kept. **Written**: `tokens` int32 [num_walks, length], the nodes;
    `reaches` int32, likewise, how many tokens a window reaches, 1 .. window; `counts` int32 [num_walks].
    """
    walk = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside = walk < num_walks
    number = tl.load(numbers + walk, mask=inside, other=0)
    kept = tl.zeros([BLOCK], tl.int32)
    source, target = walks + walk, walk * length
    for position in range(length):
        node = tl.load(source, mask=inside, other=-1)
        coin, word, _, _ = draw(seed, number, tl.cast(position, tl.int32), stream)
        limit = tl.load(keep + node, mask=node >= 0, other=-1)
        stays = coin.to(tl.int64) <= limit
        tl.store(tokens + target + kept, node, mask=stays)
        tl.store(reaches + target + kept, 1 + bounded(word, window).to(tl.int32), mask=stays)
        kept += stays.to(tl.int32)
        source += num_walks
    tl.store(counts + walk, kept, mask=inside)
