"""Quality of maps: against scikit-learn and plain loops, sampled and whole, ties, what is refused."""

import numpy as np
import pytest
from sklearn.manifold import trustworthiness
from sklearn.neighbors import KNeighborsClassifier

from graphkit.errors import InputError, ParameterError
from graphkit.evaluation import map_quality, map_ranks


def data(num_points=120, dim=6, seed=0):
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(num_points, dim)).astype(np.float32)
    noise = random.normal(0, 0.3, (num_points, 2)).astype(np.float32)
    return vectors, vectors[:, :2] + noise, np.where(vectors[:, 0] > 0, "right", "left")


def plain_ranks(points):
    """rank[i][j] of j among all by distance from i, the earlier row first in a tie."""
    ranks = []
    for i, own in enumerate(points.tolist()):
        others = [j for j in range(len(points)) if j != i]
        gaps = {j: sum((a - b) ** 2 for a, b in zip(own, points[j].tolist(), strict=True)) for j in others}
        order = sorted(others, key=lambda j: (gaps[j], j))
        ranks.append({j: place for place, j in enumerate(order, 1)})
    return ranks


@pytest.mark.parametrize("k", [1, 5, 20])
def test_all_points_against_others_code_and_plain_loops(k):
    vectors, positions, labels = data()
    found = map_quality(vectors, positions, labels, k=k)
    assert found.trustworthiness == pytest.approx(trustworthiness(vectors, positions, n_neighbors=k))
    assert found.continuity == pytest.approx(trustworthiness(positions, vectors, n_neighbors=k))
    space, drawn = plain_ranks(vectors), plain_ranks(positions)
    kept = [
        sum(space[i][j] <= k for j, rank in drawn[i].items() if rank <= k) / k for i in range(len(vectors))
    ]
    assert found.preservation == pytest.approx(np.mean(kept))
    assert set(found.standard_errors.values()) == {0.0}


@pytest.mark.parametrize("k", [1, 5])
def test_accuracy_leaves_the_point_itself_out(k):
    _, positions, labels = data()
    hits = []
    for i in range(len(positions)):
        others = np.arange(len(positions)) != i
        voters = KNeighborsClassifier(k).fit(positions[others], labels[others])
        hits.append(voters.predict(positions[i : i + 1])[0] == labels[i])
    assert map_quality(positions, positions, labels, k=k).accuracy == pytest.approx(np.mean(hits))


def test_a_perfect_map():
    _, positions, _ = data()
    found = map_quality(positions, 3 * positions, k=10)
    assert (found.trustworthiness, found.continuity, found.preservation) == (1.0, 1.0, 1.0)
    assert found.accuracy is None


def test_a_sample_is_near_the_whole_and_says_so():
    vectors, positions, labels = data(1500)
    whole = map_quality(vectors, positions, labels)
    part = map_quality(vectors, positions, labels, sample=400, seed=3)
    for name, error in part.standard_errors.items():
        assert 0 < error < 0.03
        assert abs(getattr(part, name) - getattr(whole, name)) < 4 * error
    assert "400 of 1,500 points (seed 3)" in part.statement
    assert "standard error" in str(part)
    assert part == map_quality(vectors, positions, labels, sample=400, seed=3)


def test_blocks_change_nothing(monkeypatch):
    vectors, positions, labels = data()
    whole = map_quality(vectors, positions, labels)
    monkeypatch.setattr(map_ranks, "_BLOCK_VALUES", 300)
    assert map_quality(vectors, positions, labels) == whole


def test_cosine_is_of_directions():
    vectors, positions, _ = data()
    lengths = np.random.default_rng(1).uniform(0.1, 9, (len(vectors), 1))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    found = map_quality(vectors * lengths, positions, metric="cosine")
    assert found.trustworthiness == pytest.approx(map_quality(unit, positions).trustworthiness)


def test_points_without_labels_do_not_vote():
    positions = np.array([[0, 0], [1, 0], [0.1, 0], [1.1, 0], [0.05, 0], [9, 9]])
    labels = ["a", "b", "a", "b", None, ""]
    assert map_quality(positions, positions, labels, k=1).accuracy == 1.0


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"k": 60}, ParameterError, r"k must lie in \[1, 60\), half of 120 points, got 60"),
        ({"k": 0}, ParameterError, "k must lie in"),
        ({"metric": "manhattan"}, ParameterError, "unknown metric"),
        ({"sample": 0}, ParameterError, "sample must be a whole number >= 1, got 0"),
        ({"positions": np.zeros((3, 2))}, InputError, "120 vectors but 3 positions"),
        ({"labels": ["a"]}, InputError, "1 labels but 120 positions"),
        ({"labels": [None] * 120}, InputError, "labels must be given for more than k = 15 points, found 0"),
    ],
)
def test_what_is_refused(changes, error, message):
    vectors, positions, labels = data()
    with pytest.raises(error, match=message):
        map_quality(**{"vectors": vectors, "positions": positions, "labels": labels, **changes})
