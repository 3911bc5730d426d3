"""graphkit kernel-features, and embed --method grf: what they write, say, and refuse."""

import numpy as np
import pytest
import scipy.sparse

from graphkit import Embedding, RandomFeatures, read_graph

OPTIONS = {"kernel": "diffusion", "beta": 2.0, "num_walkers": 6, "p_halt": 0.25, "seed": 4}
FLAGS = "--kernel diffusion --beta 2 --num-walkers 6 --p-halt 0.25 --seed 4"


def test_the_file_holds_features_and_ids(graphkit, edges):
    outcome = graphkit(f"kernel-features edges.txt -o out.npz {FLAGS}")
    assert outcome.code == 0, outcome.err
    graph = read_graph(edges)
    wanted = RandomFeatures(**OPTIONS).fit_features(graph).features_
    assert outcome.err.endswith(f"out.npz: 16 rows, {wanted.nnz} entries\n")
    found = scipy.sparse.load_npz(edges.parent / "out.npz")
    assert isinstance(found, scipy.sparse.csr_array)
    assert np.array_equal(found.toarray(), wanted.toarray())
    with np.load(edges.parent / "out.npz", allow_pickle=False) as archive:
        assert archive["node_ids"].tolist() == graph.node_ids.tolist()


def test_defaults_are_the_classs(graphkit, edges):
    assert graphkit("kernel-features edges.txt -o out.npz -q") == (0, "", "")
    wanted = RandomFeatures().fit_features(read_graph(edges)).features_
    assert np.array_equal(scipy.sparse.load_npz(edges.parent / "out.npz").toarray(), wanted.toarray())


def test_coefficients(graphkit, edges):
    flags = "--kernel coefficients --coefficients 1,0.5,0.25 --scale 0.1 --normalization none --threads 1"
    assert graphkit(f"kernel-features edges.txt -o out.npz -q {flags}") == (0, "", "")
    options = {"coefficients": [1, 0.5, 0.25], "scale": 0.1, "normalization": "none"}
    wanted = RandomFeatures(kernel="coefficients", **options).fit_features(read_graph(edges)).features_
    assert np.array_equal(scipy.sparse.load_npz(edges.parent / "out.npz").toarray(), wanted.toarray())


def test_embed(graphkit, edges):
    assert graphkit(f"embed edges.txt -o out.npy --method grf --dim 8 -q {FLAGS}") == (0, "", "")
    wanted = RandomFeatures(dim=8, **OPTIONS).fit_transform(read_graph(edges))
    assert np.array_equal(np.load(edges.parent / "out.npy"), wanted)
    assert graphkit("embed edges.txt -o out.parquet --method grf --dim 3 -q").code == 0
    assert Embedding.load(edges.parent / "out.parquet").vectors.shape == (16, 3)


def test_dry_run(graphkit, edges):
    outcome = graphkit("kernel-features edges.txt --dry-run --num-walkers 8")
    assert outcome.code == 0
    assert "RandomFeatures(dim=1, num_walkers=8)" in outcome.out
    assert "about" in outcome.out
    assert graphkit("embed edges.txt --dry-run --method grf").code == 0
    assert sorted(path.name for path in edges.parent.iterdir()) == ["edges.txt"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("kernel-features edges.txt -o out.txt", "out.txt: sparse features are written as .npz"),
        ("kernel-features edges.txt -o out.npz --p-halt 1", "p_halt must lie in (0, 1), got 1.0"),
        (
            "kernel-features edges.txt -o out.npz --num-walkers 3",
            "num_walkers must be even with --coupling antithetic-repelling, got 3",
        ),
        ("kernel-features edges.txt -o out.npz --kernel heat", "unknown kernel 'heat'"),
        ("kernel-features edges.txt -o out.npz --directed", "for undirected graphs, got a directed one"),
        ("kernel-features edges.txt -o out.npz --nu 2", "unknown regularized-laplacian parameter 'nu'"),
        ("kernel-features edges.txt -o out.npz --kernel coefficients --coefficients x", "takes numbers"),
        ("kernel-features edges.txt -o out.npz --kernel coefficients --coefficients 0,1", "must be > 0"),
        ("embed edges.txt -o out.npy --method grf --coupling both", "unknown coupling 'both'"),
    ],
)
def test_what_is_refused(is_refused, line, message):
    is_refused(line, message)
