"""What a run needs is told by purpose: the parts are the whole, and a refusal names them."""

import pytest

from graphkit import Graph, ParameterError, resources
from graphkit.graph.size import GraphSize, csr_bytes
from graphkit.methods.registry import MAPS, METHODS, find_method
from graphkit.resources import Estimate, check_host_memory

ALL = {name: among for among in (METHODS, MAPS) for name in among}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("weighted", [False, True])
def test_every_method_counts_the_graph_and_what_it_makes(name, weighted):
    size = GraphSize(3000, 40_000, weighted)
    needed = find_method(name, ALL[name])().estimate(3000, 40_000, weighted=weighted)
    assert needed.memory["graph"] == csr_bytes(size)
    assert all(isinstance(part, int) and part >= 0 for part in needed.memory.values())
    assert needed.bytes == sum(needed.memory.values()) > csr_bytes(size)
    assert needed.seconds > 0


def test_a_graph_takes_what_is_said():
    for weights in (None, [1.0, 2.0, 3.0]):
        graph = Graph.from_edges([(0, 1), (1, 2), (2, 3)], weights=weights)
        arrays = [graph.indptr, graph.indices, graph.node_ids, *([] if weights is None else [graph.weights])]
        # One pointer more than there are nodes.
        assert csr_bytes(graph) == sum(array.nbytes for array in arrays) - 8


def test_a_refusal_says_what_the_memory_is_for(monkeypatch):
    monkeypatch.setattr(resources, "available_memory", lambda: 1 << 30)
    needed = {"graph": 1 << 20, "vectors": 3 << 30, "walks": 1 << 29}
    with pytest.raises(ParameterError) as caught:
        check_host_memory(needed, "it needs", "ask for less")
    assert str(caught.value) == (
        "it needs about 3.5 GiB of memory (vectors 3.0 GiB, walks 512 MiB), 1.0 GiB are available; "
        "ask for less"
    )


def test_one_after_the_other_the_larger_counts():
    first, second = Estimate({"matrix": 5, "work": 1}, 1.0), Estimate({"vectors": 7}, 2.0)
    assert first.then(second) == Estimate({"vectors": 7}, 3.0)
    assert second.then(first) == Estimate({"vectors": 7}, 3.0)
