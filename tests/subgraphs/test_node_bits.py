"""Nodes put in order by bits, against sorting."""

import numpy as np
import pytest

from graphkit.kernels.cpu.node_bits import WORDS_PER_NODE, num_words, put_in_order


@pytest.mark.parametrize("num_nodes", [1, 63, 64, 65, 1000, 100_000])
def test_nodes_ascend(num_nodes):
    rng, bits = np.random.default_rng(num_nodes), np.zeros(num_words(num_nodes), np.uint64)
    for count in {0, 1, min(num_nodes, 40), num_nodes // WORDS_PER_NODE, num_nodes}:
        members = rng.permutation(num_nodes)[:count].astype(np.int32)
        expected = sorted(members.tolist())
        put_in_order(members, bits)
        assert members.tolist() == expected
        assert not bits.any()
