"""Results as tables: for people, and for CSV and JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Row = dict[str, Any]


def mean_and_deviation(scores: NDArray[np.float64]) -> tuple[float, float | None]:
    """Mean and sample standard deviation (n - 1) of some scores; None for the deviation of one."""
    deviation = float(scores.std(ddof=1)) if len(scores) > 1 else None
    return float(scores.mean()), deviation


def table(rows: Sequence[Row]) -> str:
    """Lay out rows of equal keys as text, a column a key, numbers to the right.

    Examples
    --------
    >>> print(table([{"operator": "hadamard", "auc": 0.96}, {"operator": "l1", "auc": 0.95531}]))
    operator     auc
    hadamard  0.9600
    l1        0.9553
    """
    names = list(rows[0])
    cells = [[_cell(row[name]) for name in names] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    left = [isinstance(rows[0][name], str) for name in names]
    lines = (
        "  ".join(
            text.ljust(width) if is_text else text.rjust(width)
            for text, width, is_text in zip(line, widths, left, strict=True)
        ).rstrip()
        for line in (names, *cells)
    )
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "-"
    return f"{value:.4f}" if isinstance(value, float) else str(value)
