"""Buckets of strings are those of the plain hash, and equally full."""

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import chisquare
from support.reference.string_hash import bucket

from graphkit.outofcore.string_chunks import buckets_of


@pytest.mark.parametrize("num_buckets", [1, 7, 1024])
def test_buckets_are_those_of_the_plain_hash(num_buckets):
    texts = ["", "a", "b", "ö x", "a" * 1000, *(f"node {number}" for number in range(200))]
    found = buckets_of(pa.array(texts, pa.large_string()), num_buckets)
    assert found.tolist() == [bucket(text, num_buckets) for text in texts]
    assert buckets_of(pa.array(texts, pa.large_string())[3:50], num_buckets).tolist() == found[3:50].tolist()


def test_no_strings():
    assert buckets_of(pa.array([], pa.large_string()), 4).tolist() == []
    assert buckets_of(pa.array([""], pa.large_string()), 1).tolist() == [0]


def test_buckets_of_like_strings_are_equally_full():
    found = buckets_of(pa.array([str(number) for number in range(100_000)], pa.large_string()), 64)
    assert chisquare(np.bincount(found, minlength=64)).pvalue > 1e-3
