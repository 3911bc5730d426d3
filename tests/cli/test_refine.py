"""graphkit refine, and embed --propagate: what they write, say, and refuse."""

import numpy as np
import pytest

from graphkit import Embedding, FastRP, Spectral, propagate, read_graph

VECTORS = "embed edges.txt -o vectors.parquet --method fastrp --dim 4 --seed 1 -q"


def test_refine_writes_what_propagate_gives(graphkit, edges):
    graphkit(VECTORS)
    outcome = graphkit("refine vectors.parquet edges.txt -o out.parquet --filter heat --time 2")
    assert outcome.code == 0
    assert "out.parquet: Embedding(16 nodes, 4 dimensions, fastrp), heat, in " in outcome.err
    written = Embedding.load(edges.parent / "out.parquet")
    vectors = Embedding.load(edges.parent / "vectors.parquet")
    wanted = propagate(vectors, read_graph(edges), "heat", time=2)
    np.testing.assert_array_equal(written.vectors, wanted.vectors)
    assert written.info["propagated"] == {"filter": "heat", "time": 2, "rescale": True}
    assert written.info["method"] == "fastrp"


def test_refine_takes_text_and_writes_to_stdout(graphkit, edges):
    graphkit(VECTORS.replace("vectors.parquet", "vectors.txt"))
    outcome = graphkit("refine vectors.txt edges.txt -o - -q --filter none --no-rescale")
    assert outcome.code == 0
    assert outcome.out.startswith("16 4\n")


@pytest.mark.parametrize("method", ["fastrp", "spectral", "prone", "node2vec"])
def test_embed_propagates_the_vectors_of_every_method(graphkit, edges, method):
    line = f"embed edges.txt --method {method} --dim 3 --seed 2 --threads 1"
    assert graphkit(f"{line} -o plain.parquet -q").code == 0
    outcome = graphkit(f"{line} -o out.parquet --propagate band-pass")
    assert outcome.code == 0
    assert "propagated: band-pass (mu = 0.2, theta = 0.5)" in outcome.err
    plain = Embedding.load(edges.parent / "plain.parquet")
    written = Embedding.load(edges.parent / "out.parquet")
    wanted = propagate(plain, read_graph(edges), "band-pass")
    np.testing.assert_allclose(written.vectors, wanted.vectors, atol=1e-6)
    assert written.info["propagated"]["filter"] == "band-pass"


def test_auto_says_what_it_chose(graphkit, edges):
    outcome = graphkit("embed edges.txt -o out.npy --dim 3 --propagate auto")
    assert outcome.code == 0
    assert "propagated: ppr (restart = 0.15)" in outcome.err


def test_a_dry_run_says_the_filter(graphkit, edges):
    outcome = graphkit("embed edges.txt --dry-run --method spectral --propagate heat")
    assert outcome.code == 0
    assert "propagate  heat (time = 3)" in outcome.out
    assert "Spectral()" in outcome.out


@pytest.mark.parametrize("name", ["spectral", "prone"])
def test_the_new_methods_run_from_the_command_line(graphkit, edges, name):
    outcome = graphkit(f"embed edges.txt -o out.npz --method {name} --dim 4 --tolerance 1e-3")
    assert outcome.code == 0
    info = Embedding.load(edges.parent / "out.npz").info
    assert info["method"] == name
    assert info["residual"] <= 1e-3


def test_what_is_wrong_is_said(is_refused):
    for line, message in (
        ("refine none.parquet edges.txt", "--output"),
        ("refine none.parquet edges.txt -o out.npy", "none.parquet: no such file"),
        ("embed edges.txt -o out.npy --propagate heet", "unknown --propagate 'heet': did you mean 'heat'"),
        ("embed edges.txt -o out.npy --propagate heat --directed", "propagation is for undirected graphs"),
        ("embed edges.txt -o out.npy --method spectral --directed", "spectral is for undirected graphs"),
        ("embed edges.txt -o out.npy --method spectral --matrix random", "unknown matrix 'random'"),
    ):
        is_refused(line, message)


def test_what_is_wrong_with_vectors_and_filters_is_said(graphkit, edges):
    graphkit(VECTORS)
    refine = "refine vectors.parquet edges.txt -o out.npy"
    for line, message in (
        (f"{refine} --filter heet", "unknown filter 'heet': did you mean 'heat'"),
        (f"{refine} --filter heat --mu 1", "mu has no effect with --filter"),
        (f"{refine} --directed", "propagation is for undirected graphs"),
    ):
        outcome = graphkit(line)
        assert outcome.code == 2
        assert message in outcome.err
    other = edges.parent / "other.txt"
    other.write_text("x0 x1\nx1 stranger\n")
    outcome = graphkit("refine vectors.parquet other.txt -o out.npy")
    assert outcome.code == 2
    assert (
        "vectors.parquet: vectors and graph must have the same ids: 1 of the graph's 3 nodes" in outcome.err
    )
    assert "such as stranger" in outcome.err


def test_vectors_are_those_of_the_class(graphkit, edges):
    graphkit("embed edges.txt -o out.npy --method spectral --dim 4 --seed 7 -q")
    written = Embedding.load(edges.parent / "out.npy")
    wanted = Spectral(dim=4, seed=7).fit_transform(read_graph(edges))
    np.testing.assert_array_equal(written.vectors, wanted)
    assert not np.array_equal(written.vectors, FastRP(dim=4, seed=7).fit_transform(read_graph(edges)))
