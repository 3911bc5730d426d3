"""Short texts are read row by row, with the result that the kernels give."""

import numpy as np
import pytest

from graphkit.errors import InputError
from graphkit.io import load_graph

WORDS = [
    "1",
    "2",
    "03",
    "-0",
    "-7",
    "1.5",
    "2e-3",
    "nan",
    "x",
    "é",
    "",
    " ",
    "#",
    "%",
    '"a b"',
    '"',
    "inf",
    "9" * 20,
]
DELIMITERS = [" ", "\t", ",", ";", "  "]


def texts(rng):
    """An edge list, mostly a good one."""
    delimiter = rng.choice(DELIMITERS)
    width = rng.integers(2, 4)
    kinds = WORDS[:2] if rng.random() < 0.4 else WORDS
    lines = []
    for _ in range(rng.integers(1, 12)):
        words = [
            str(rng.choice(kinds if rng.random() < 0.15 else ["1", "2", "30", "4"])) for _ in range(width)
        ]
        if width == 3 and rng.random() < 0.9:
            words[2] = str(
                rng.choice(["0.1", "16777217", "1e-3", "2", "3.4028236e38", "0.30000000000000004"])
            )
        lines.append(delimiter.join(words))
        if rng.random() < 0.2:
            lines.append(str(rng.choice(["", "  ", "# 1 2", "\t", "% x"])))
    end = str(rng.choice(["\n", "\r\n"]))
    return end.join(lines) + (end if rng.random() < 0.8 else "")


def outcome(path, few_bytes, monkeypatch):
    monkeypatch.setattr("graphkit.io.row_blocks.FEW_BYTES", few_bytes)
    try:
        loaded = load_graph(path)
    except InputError as error:
        return str(error)
    graph = loaded.graph
    arrays = graph.indptr, graph.indices, np.empty(0) if graph.weights is None else graph.weights
    return str(loaded.report), graph.node_ids.tolist(), [array.tobytes() for array in arrays]


@pytest.mark.parametrize("seed", range(200))
def test_rows_are_what_the_kernels_make_of_them(write, monkeypatch, seed):
    path = write(texts(np.random.default_rng(seed)))
    assert outcome(path, 1 << 11, monkeypatch) == outcome(path, -1, monkeypatch)
