"""How many samples may be trained at a time on a device, none of which sees the steps of the others.

A step is right for the vectors it was computed from. If many samples of one node are under way, each takes
the step that one alone should take, and where their sum is several times too long, vectors grow without
bound. What counts is the weight that a row receives before anybody sees it,

    E = learning rate * samples under way * weight that a sample puts on the row on average.

In simulations on BlogCatalog and on planted partitions, F1 was unchanged up to E = 10 or so, and from about
40 on training diverged to NaN. So a row beyond `MOST_WEIGHT` has a factor, MOST_WEIGHT / E, and a
sample of two rows is damped by the smaller of their factors, at both ends alike: were each row's change
damped for itself, one table would learn more slowly than the other (``kernels/cpu/skipgram_block.py``). That
keeps every row safe, and as few programs run that no more than `MOST_LOST` of the weight on rows lies beyond.
Of the samples' weight twice that may be lost, as either end damps them.

E knows nothing of how long vectors are. Where they are so long that one step of a program would overshoot,
its curvature damps its samples too: by the smaller of both factors and not by their product, since what one
of them takes away is no longer under way.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_WEIGHT = 8.0
"""E, of a row."""

MOST_LOST = 0.01
"""Of the weight on all rows."""


class Contention:
    """What samples put on the rows of two tables.

    Parameters
    ----------
    frequencies
        How often each node occurs, [num_nodes].
    kept
        How often, when sub-sampling is done.
    noise_exponent
        Negatives are drawn in proportion to frequency ** noise_exponent.
    num_negatives
        Weight of the negatives of a positive.
    one_table
        Whether centres and contexts are rows of the same table.

    Attributes
    ----------
    weights : float64 [num_nodes]
        What a positive with its negatives puts on each node's row, on average.
    noise : float64 [num_nodes]
        How probable each node is as a negative.

    Examples
    --------
    >>> Contention(np.array([1, 1, 2]), np.array([1, 1, 2]), 1.0, 5.0).weights
    array([1.5, 1.5, 3. ])
    """

    def __init__(
        self,
        frequencies: NDArray[Any],
        kept: NDArray[Any],
        noise_exponent: float,
        num_negatives: float,
        *,
        one_table: bool = False,
    ):
        known, share = frequencies > 0, kept / max(float(kept.sum()), 1e-300)
        logs = noise_exponent * np.log(frequencies[known].astype(np.float64))
        noise = np.zeros(len(share))
        noise[known] = np.exp(logs - logs.max(initial=-np.inf))
        noise /= max(noise.sum(), 1e-300)
        self.noise: NDArray[np.float64] = noise
        as_center, as_context = share * (1 + num_negatives), share + num_negatives * noise
        self.weights: NDArray[np.float64] = (
            as_center + as_context if one_table else np.maximum(as_center, as_context)
        )

    def programs(self, rate: float, samples: float, most: int) -> int:
        """Return how many programs may run, `most` or fewer, each with so many samples under way; >= 1.

        Examples
        --------
        >>> contention = Contention(np.ones(1000), np.ones(1000), 0.75, 5.0)
        >>> contention.programs(0.05, 440, 264), contention.programs(0.05, 440, 16)
        (58, 16)
        """
        most = max(1, most)
        heavy = self.weights[self.weights * rate * samples * most > MOST_WEIGHT]
        while most > 1 and self._lost(heavy, rate * samples * most) > MOST_LOST:
            most = max(1, most * 7 // 8)
        return most

    def is_too_small(self, rate: float, samples: float) -> bool:
        """Whether so many samples at a time lose too much already."""
        return self._lost(self.weights, rate * samples) > MOST_LOST

    def _lost(self, weights: NDArray[np.float64], scale: float) -> float:
        """The share of all weight that is beyond what these rows may have."""
        beyond = np.maximum(0.0, weights - MOST_WEIGHT / max(scale, 1e-300)).sum()
        return float(beyond / max(self.weights.sum(), 1e-300))
