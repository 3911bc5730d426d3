"""Values of parameters that are worth trying, by method: those that papers vary, and around the defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Search = Mapping[str, Sequence[Any]]

_WINDOWS = (3, 5, 10, 15)
_CHOICES = ("uniform", "linear", "exponential")

WORTH_TRYING: dict[str, Search] = {
    "fastrp": {
        "weights": (
            (0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
            (0.0, 0.0, 1.0, 6.67),
            (0.0, 1.0, 1.0),
            (0.0, 0.0, 1.0, 1.0, 1.0),
        ),
        "beta": (-0.9, -0.6, -0.3, 0.0),
        "matrix": ("transition", "adjacency"),
    },
    "spectral": {"power": (0.0, 0.5, 1.0, 2.0), "regularization": (0.0, 1.0)},
    "prone": {"mu": (0.0, 0.2, 0.5), "theta": (0.25, 0.5, 1.0)},
    "deepwalk": {"window": _WINDOWS, "noise_exponent": (0.5, 0.75, 1.0)},
    "node2vec": {"p": (0.25, 0.5, 1.0, 2.0, 4.0), "q": (0.25, 0.5, 1.0, 2.0, 4.0), "window": _WINDOWS},
    "levy": {"alpha": (0.5, 0.65, 0.8, 0.9), "window": _WINDOWS},
    "ctdne": {"step_choice": _CHOICES, "start_choice": _CHOICES, "window": _WINDOWS},
    "metapath2vec": {"window": _WINDOWS, "num_negatives": (5.0, 10.0)},
    "line": {"order": ("first", "second", "both"), "threshold": (100, 1000), "num_negatives": (5.0, 10.0)},
    "corewalk": {"scaling": ("linear", "sigmoid"), "window": _WINDOWS},
    "netmf": {"window": (1, 2, 5, 10), "num_negatives": (1.0, 3.0)},
    "netsmf": {"window": (2, 5, 10), "num_negatives": (1.0, 3.0)},
    "verse": {"alpha": (0.5, 0.7, 0.85, 0.95), "num_negatives": (3.0, 10.0)},
    "nrp": {"alpha": (0.05, 0.15, 0.3, 0.5), "penalty": (0.0, 10.0)},
    "grf": {"p_halt": (0.1, 0.3, 0.5), "max_length": (5, 10, 20)},
}
