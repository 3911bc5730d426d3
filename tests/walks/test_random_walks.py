"""random_walks: shapes, starts, the same bits however it is run, and what it refuses."""

import numpy as np
import pytest
from support.graphs import AWKWARD, random_graph

import graphkit
from graphkit import GraphkitWarning, InputError, ParameterError, UnknownNodeError, random_walks
from graphkit.graph.graph import Graph
from graphkit.walks.host_walker import CHUNK_WALKS
from graphkit.walks.random_walks import iter_walks
from graphkit.walks.walker import Walker, walker_bytes

LAWS = {
    "uniform": {},
    "restart": {"restart": 0.2, "stop": 0.05},
    "second": {"p": 0.25, "q": 4},
    "second, restart": {"p": 0.25, "q": 4, "restart": 0.2, "stop": 0.05},
    "rejected often": {"p": 100, "q": 100},
}


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("weighted", [False, True])
def test_the_same_bits_on_any_number_of_threads(law, weighted):
    graph = random_graph(300, 2000, weighted=weighted, seed=2)
    one, two, four = (random_walks(graph, seed=9, num_threads=threads, **LAWS[law]) for threads in (1, 2, 4))
    assert np.array_equal(one, two)
    assert np.array_equal(one, four)
    assert not np.array_equal(one, random_walks(graph, seed=10, **LAWS[law]))


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("chunk", [1, 37, 10**6])
def test_the_same_bits_in_any_chunks(law, chunk):
    graph = random_graph(40, 200, weighted=True, seed=2)
    options = {"walks_per_node": 3, "walk_length": 9, "seed": 4, **LAWS[law]}
    chunks = list(iter_walks(graph, chunk_walks=chunk, **options))
    assert max(map(len, chunks)) <= chunk
    assert np.array_equal(np.concatenate(chunks), random_walks(graph, **options))


def test_more_walks_than_a_chunk():
    graph = random_graph(100, 300, seed=1)
    reports = []
    rounds = CHUNK_WALKS // 100 + 1
    walks = random_walks(
        graph, walks_per_node=rounds, walk_length=2, progress=lambda *report: reports.append(report)
    )
    assert reports == [("walks", CHUNK_WALKS, 100 * rounds), ("walks", 100 * rounds, 100 * rounds)]
    assert np.array_equal(walks[:, 0], np.tile(np.arange(100), rounds))


@pytest.mark.parametrize("name", AWKWARD)
@pytest.mark.parametrize("law", LAWS)
def test_walks_on_awkward_graphs_follow_arcs_and_end_in_dead_ends(name, law):
    graph = Graph.from_edges(**AWKWARD[name])
    options = {key: value for key, value in LAWS[law].items() if key in "pq"}
    walks = random_walks(graph, walks_per_node=4, walk_length=7, **options)
    assert walks.shape == (4 * graph.num_nodes, 7)
    assert walks.dtype == np.int32
    assert np.array_equal(walks[:, 0], np.tile(np.arange(graph.num_nodes), 4))
    here, there = walks[:, :-1], walks[:, 1:]
    went = there >= 0
    assert (here[went] >= 0).all()
    assert graph.has_edges(here[went], there[went]).all()
    ended = (here >= 0) & ~went
    assert (graph.degree[here[ended]] == 0).all()
    assert (walks >= -1).all()


@pytest.mark.parametrize("q", [1.0, 0.5])
def test_a_walk_of_one_node(q):
    graph = random_graph(20, 60, seed=1)
    assert random_walks(graph, walk_length=1, walks_per_node=20, q=q).ravel().tolist() == [*range(20)] * 20


def test_counts_by_node_are_rounds_too():
    graph = Graph.from_edges([("a", "b"), ("b", "c")])
    walks = random_walks(graph, walks_per_node=np.array([1, 3, 0]), walk_length=2)
    assert walks[:, 0].tolist() == [0, 1, 1, 1]
    walks = random_walks(graph, walks_per_node=np.array([1, 3, 2]), walk_length=2)
    assert walks[:, 0].tolist() == [0, 1, 2, 1, 2, 1]
    equal = random_walks(graph, walks_per_node=np.array([2, 2, 2]), seed=3)
    assert np.array_equal(equal, random_walks(graph, walks_per_node=2, seed=3))


def test_starts_are_ids():
    graph = Graph.from_edges([(30, 10), (20, 30)])
    assert random_walks(graph, starts=[30, 10, 30], walks_per_node=2)[:, 0].tolist() == [2, 0, 2] * 2
    assert random_walks(graph, starts=[30, 10], walks_per_node=np.array([1, 2]))[:, 0].tolist() == [2, 0, 0]
    assert len(random_walks(graph, starts=[])) == 0
    assert len(random_walks(graph, walks_per_node=0)) == 0


def test_without_weights_node2vec_plus_is_node2vec_and_says_so():
    graph = random_graph(50, 200, seed=3)
    with pytest.warns(GraphkitWarning, match="extend has no effect on a graph without weights"):
        walks = random_walks(graph, p=0.5, q=2, extend=True, gamma=1.0)
    assert np.array_equal(walks, random_walks(graph, p=0.5, q=2))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"p": 0}, "p must be > 0 and finite, or inf, got 0"),
        ({"p": -1.0}, "p must be > 0 and finite, or inf, got -1.0"),
        ({"q": float("inf")}, "q must be > 0 and finite, got inf"),
        ({"q": float("nan")}, "q must be > 0 and finite, got nan"),
        ({"walk_length": 0}, "walk_length must be a whole number >= 1, got 0"),
        ({"walk_length": 2.5}, "walk_length must be a whole number >= 1, got 2.5"),
        ({"walk_length": True}, "walk_length must be a whole number >= 1, got True"),
        ({"walks_per_node": -1}, "walks_per_node must be whole and >= 0, got -1"),
        ({"walks_per_node": 1.5}, "walks_per_node must be whole and >= 0, got 1.5"),
        ({"walks_per_node": np.array([1, 2])}, "one number for each of 5 starts, got [2]"),
        ({"restart": 1}, "restart must lie in [0, 1), got 1"),
        ({"stop": -0.1}, "stop must lie in [0, 1), got -0.1"),
        ({"gamma": 1}, "gamma has no effect without extend"),
        ({"gamma": float("nan"), "extend": True}, "gamma must be finite, got nan"),
        ({"starts": [0], "start_at_arcs": True}, "starts has no effect with start_at_arcs"),
        ({"seed": -1}, "seed must lie in [0, 2**64), got -1"),
    ],
)
def test_what_is_refused(options, message):
    graph = random_graph(5, 20, weighted=True)
    with pytest.raises(ParameterError) as error:
        random_walks(graph, **options)
    assert message in str(error.value)


def test_what_a_graph_refuses():
    with pytest.raises(ParameterError, match="extend is for undirected graphs"):
        random_walks(random_graph(5, 20, weighted=True, directed=True), extend=True)
    with pytest.raises(UnknownNodeError, match="no node has the id 7"):
        random_walks(random_graph(5, 20), starts=[0, 7])
    with pytest.raises(InputError, match="start_at_arcs finds no arc"):
        random_walks(Graph.from_edges([], num_nodes=3), start_at_arcs=True)


class TestWalker:
    def test_a_walk_depends_on_start_number_and_seed_alone(self):
        graph = random_graph(60, 300, weighted=True, seed=1)
        walker = Walker(graph, walk_length=9, p=0.5, q=2, seed=11)
        starts, numbers = np.arange(60, dtype=np.int32), np.arange(60) + 2**40
        whole = walker.walk(starts, numbers)
        shuffled = np.random.default_rng(0).permutation(60)
        out = np.full((60, 9), -9, np.int32)
        assert walker.walk(starts[shuffled], numbers[shuffled], out) is out
        assert np.array_equal(out, whole[shuffled])
        assert not np.array_equal(walker.walk(starts, numbers + 1), whole)

    def test_arrays_that_do_not_fit(self):
        walker = Walker(random_graph(5, 20), walk_length=3)
        starts = np.zeros(2, np.int32)
        with pytest.raises(ParameterError, match="2 starts, but 3 numbers"):
            walker.walk(starts, np.arange(3))
        with pytest.raises(ParameterError, match=r"out \[2, 4\]"):
            walker.walk(starts, np.arange(2), np.empty((2, 4), np.int32))
        for row in (-1, 5):
            with pytest.raises(ParameterError, match="starts must be rows below 5"):
                walker.walk(np.array([0, row], np.int32), np.arange(2))

    @pytest.mark.parametrize("weighted", [False, True])
    @pytest.mark.parametrize(("p", "q"), [(1, 1), (0.5, 1), (1, 0.5)])
    @pytest.mark.parametrize("extend", [False, True])
    def test_tables_take_no_more_than_said(self, weighted, p, q, extend):
        graph = random_graph(200, 1500, weighted=weighted, seed=1)
        reports = []
        options = {"p": p, "q": q, "extend": extend and weighted}
        walker = Walker(graph, walk_length=3, progress=lambda *report: reports.append(report), **options)
        own = [array for array in vars(walker).values() if isinstance(array, np.ndarray)]
        limit = walker_bytes(200, graph.num_arcs, weighted=weighted, second_order=(p, q) != (1, 1))
        assert sum(array.nbytes for array in own) <= limit
        assert all(stage == "walk tables" for stage, _, _ in reports)
        assert not reports or reports[-1][1] == reports[-1][2]


def test_the_public_name():
    assert graphkit.random_walks is random_walks
