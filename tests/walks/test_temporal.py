"""Walks in the order of time against their exact law; no step ever goes back."""

import itertools

import numpy as np
import pytest
from scipy import stats
from support.reference import walks_temporal as twin

from graphkit import Graph, InputError, ParameterError, TemporalGraph, temporal_walks
from graphkit.walks.temporal import TemporalWalker, mean_gap

SMALL = 1e-4
CHOICES = ["uniform", "linear", "exponential"]
SCALE = 1.7


def events_of(num_nodes, num_events, *, seed, most=9):
    """Few different times, so that many are equal; loops and repeated edges among them."""
    rng = np.random.default_rng(seed)
    return [
        (int(u), int(v), int(time))
        for u, v, time in zip(
            *rng.integers(0, num_nodes, (2, num_events)), rng.integers(0, most, num_events), strict=True
        )
    ]


def graph_of(events, **options):
    pairs = [(u, v) for u, v, _ in events]
    return TemporalGraph.from_events(pairs, [time for *_, time in events], **options)


def distinct(events):
    """Each pair of nodes at most once in either direction: a step tells its time."""
    seen = {}
    for u, v, time in events:
        seen.setdefault((min(u, v), max(u, v)), (u, v, time))
    return list(seen.values())


def p_value(rows):
    """Chi-square of rows (observed by key, probabilities by key); cells of fewer than five merged."""
    statistic = freedom = 0
    for observed, law in rows:
        assert set(observed) <= set(law)
        total = sum(observed.values())
        cells = sorted((share * total, observed.get(key, 0)) for key, share in law.items())
        while len(cells) > 1 and cells[0][0] < 5:
            (e, o), (f, p), *rest = cells
            cells = sorted([(e + f, o + p), *rest])
        statistic += sum((o - e) ** 2 / e for e, o in cells if len(cells) > 1)
        freedom += len(cells) - 1
    return stats.chi2.sf(statistic, freedom)


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("equal", [False, True])
@pytest.mark.parametrize("directed", [False, True])
def test_steps_follow_the_law(choice, equal, directed):
    events = distinct(events_of(7, 60, seed=2))
    graph = graph_of(events, directed=directed, num_nodes=7)
    options = {"step_choice": choice, "equal_times": equal, "seed": 4}
    if choice == "exponential":
        options["timescale"] = SCALE
    walks = temporal_walks(graph, walk_length=6, walks_per_node=4000, **options)
    arcs = twin.arcs_of(events, directed=directed)
    time_of = {(u, v): time for u, v, time in arcs}
    counts = {}
    for walk in walks.tolist():
        for u, v, x in zip(walk, walk[1:], walk[2:], strict=False):
            if v < 0:
                break
            step = None if x < 0 else (x, time_of[v, x])
            counts.setdefault((v, time_of[u, v]), {}).setdefault(step, 0)
            counts[v, time_of[u, v]][step] += 1
    rows = []
    for (node, time), observed in counts.items():
        law = twin.next_law(arcs, node, time, choice, SCALE, equal=equal)
        if law:
            rows.append((observed, law))
        else:
            assert set(observed) == {None}
    assert len(rows) > 10
    assert p_value(rows) > SMALL


@pytest.mark.parametrize("choice", CHOICES)
def test_repeated_edges_count_each_time(choice):
    """One way between two nodes many times: which of them was taken shows in where it may go on."""
    times = [1, 2, 2, 3, 5, 8, 9]
    events = (
        [(0, 1, 0)] + [(1, 2, time) for time in times] + [(2, 3 + time, time + 0.5) for time in set(times)]
    )
    graph = graph_of(events, directed=True)
    scale = {"timescale": SCALE} if choice == "exponential" else {}
    walks = temporal_walks(graph, walk_length=4, walks_per_node=30_000, step_choice=choice, seed=1, **scale)
    law = twin.next_law(twin.arcs_of(events, directed=True), 1, 0, choice, SCALE, equal=False)
    wanted = {}
    arcs = twin.arcs_of(events, directed=True)
    for (_, time), share in law.items():
        for (node, _), next_share in twin.next_law(arcs, 2, time, choice, SCALE, equal=False).items():
            wanted[node] = wanted.get(node, 0) + share * next_share
    rows = {node: row for row, node in enumerate(graph.node_ids.tolist())}
    from_first = walks[(walks[:, 0] == 0) & (walks[:, 3] >= 0)][:, 3]
    observed = {node: int((from_first == rows[node]).sum()) for node in wanted}
    assert sum(observed.values()) > 10_000
    assert p_value([(observed, wanted)]) > SMALL


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("directed", [False, True])
def test_first_arcs_follow_the_law(choice, directed):
    events = distinct(events_of(6, 30, seed=5, most=4))
    graph = graph_of(events, directed=directed, num_nodes=6)
    scale = {"timescale": SCALE} if choice == "exponential" else {}
    walks = temporal_walks(graph, walk_length=2, walks_per_node=8000, start_choice=choice, seed=3, **scale)
    arcs = twin.arcs_of(events, directed=directed)
    law = {arc[:2]: share for arc, share in twin.first_law(arcs, choice, SCALE).items()}
    pairs, counts = np.unique(walks, axis=0, return_counts=True)
    observed = {tuple(pair): int(count) for pair, count in zip(pairs.tolist(), counts, strict=True)}
    assert p_value([(observed, law)]) > SMALL


def latest_of(graph, walk):
    """Whether a walk can be gone through with times that rise: the earliest arc that fits, each time."""
    time = -np.inf
    for here, there in itertools.pairwise(walk):
        if there < 0:
            return True
        row = slice(graph.timed_indptr[here], graph.timed_indptr[here + 1])
        times = graph.times[row][graph.timed_indices[row] == there]
        later = times[times > time]
        if not len(later):
            return False
        time = later.min()
    return True


@pytest.mark.parametrize("choice", CHOICES)
def test_no_walk_goes_back_in_time(choice):
    rng = np.random.default_rng(1)
    pairs, times = rng.integers(0, 60, (2000, 2)), rng.uniform(0, 1, 2000)
    graph = TemporalGraph.from_events(pairs, times, num_nodes=60)
    walks = temporal_walks(graph, walk_length=12, walks_per_node=40, step_choice=choice, start_choice=choice)
    assert (walks[:, 5] >= 0).any()
    assert all(latest_of(graph, walk) for walk in walks.tolist())


def test_a_walk_ends_only_where_nothing_is_later():
    graph = TemporalGraph.from_events([(0, 1), (1, 2), (2, 3), (3, 4)], [1, 2, 2, 3], directed=True)
    walks = set(map(tuple, temporal_walks(graph, walk_length=5, walks_per_node=50).tolist()))
    assert walks == {(0, 1, 2, -1, -1), (1, 2, -1, -1, -1), (2, 3, 4, -1, -1), (3, 4, -1, -1, -1)}
    together = temporal_walks(graph, walk_length=5, walks_per_node=50, equal_times=True)
    assert (0, 1, 2, 3, 4) in set(map(tuple, together.tolist()))


@pytest.mark.parametrize("choice", CHOICES)
def test_same_bits_on_any_number_of_threads(choice):
    rng = np.random.default_rng(3)
    graph = TemporalGraph.from_events(rng.integers(0, 200, (3000, 2)), rng.integers(0, 500, 3000))
    options = {"walk_length": 9, "walks_per_node": 11, "step_choice": choice, "start_choice": choice}
    one, *others = (temporal_walks(graph, num_threads=threads, **options) for threads in (1, 2, 4))
    for other in others:
        assert np.array_equal(other, one)
    assert not np.array_equal(temporal_walks(graph, seed=1, **options), one)


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("length", [1, 2, 3])
def test_short_walks_begin_as_long_ones_do(choice, length):
    graph = graph_of(events_of(9, 50, seed=1))
    options = {"walks_per_node": 30, "step_choice": choice, "start_choice": choice}
    longer = temporal_walks(graph, walk_length=7, **options)
    assert np.array_equal(temporal_walks(graph, walk_length=length, **options), longer[:, :length])


def test_far_times_do_not_vanish():
    """Where exp underflows the nearest arc is taken, not none."""
    graph = TemporalGraph.from_events([(0, 1), (1, 2), (1, 3)], [0, 10**15, 2 * 10**15], directed=True)
    walks = temporal_walks(graph, walk_length=3, walks_per_node=100, step_choice="exponential", timescale=1.0)
    assert set(walks[walks[:, 0] == 0][:, 2].tolist()) == {2}


def test_the_usual_timescale():
    graph = TemporalGraph.from_events([(0, 1), (0, 2), (3, 0)], [1.0, 4.0, 5.0], directed=True)
    assert mean_gap(graph) == 3
    walker = TemporalWalker(graph, walk_length=2, step_choice="exponential")
    assert walker.timescale == 3
    assert mean_gap(TemporalGraph.from_events([(0, 1)], [7])) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"step_choice": "linar"}, "unknown step_choice 'linar': did you mean 'linear'"),
        ({"start_choice": "late"}, "unknown start_choice 'late'"),
        ({"timescale": 0.0, "step_choice": "exponential"}, "timescale must be > 0 and finite, got 0.0"),
        ({"timescale": 1.0}, "timescale has no effect unless a choice is exponential"),
        ({"equal_times": 1}, "equal_times must be True or False, got 1"),
        ({"walk_length": 0}, "walk_length must be a whole number >= 1, got 0"),
        ({"walks_per_node": -1}, "walks_per_node must be a whole number >= 0, got -1"),
    ],
)
def test_what_is_refused(options, message):
    with pytest.raises(ParameterError) as error:
        temporal_walks(graph_of(events_of(5, 9, seed=1)), **options)
    assert message in str(error.value)


def test_graphs_that_have_no_times():
    with pytest.raises(ParameterError, match=r"takes a graphkit\.TemporalGraph, got a Graph without times"):
        temporal_walks(Graph.from_edges([(0, 1)]))
    with pytest.raises(InputError, match="finds no arc to begin with: the graph has no edges"):
        temporal_walks(TemporalGraph.from_events([], [], num_nodes=3))
    assert temporal_walks(TemporalGraph.from_events([], [], num_nodes=0)).shape == (0, 80)
