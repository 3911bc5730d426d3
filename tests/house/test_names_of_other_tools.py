"""Other tools' names of parameters: an unknown one is answered with ours, by one table."""

import inspect
import pickle
import re

import pytest
from sklearn.base import clone

import graphkit as gk
from graphkit.cli.aliases import ALIASES
from graphkit.errors import OTHER_NAMES, ours_for
from graphkit.methods.registry import MAPS, METHODS, find_method

GRAPH = gk.Graph.from_edges([("a", "b"), ("b", "c"), ("c", "a")])
VECTORS = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
CLASSES = [find_method(name) for name in METHODS] + [find_method(name, MAPS) for name in MAPS]
FUNCTIONS = [gk.random_walks, gk.levy_walks, gk.temporal_walks, gk.metapath_walks, gk.knn_graph]
TAKERS = [*CLASSES, gk.PersonalizedPageRank, *FUNCTIONS]


@pytest.mark.parametrize(
    ("call", "given", "ours"),
    [
        (lambda **names: gk.Node2Vec(**names), "dimensions", "dim"),
        (lambda **names: gk.Node2Vec(**names), "return_param", "p"),
        (lambda **names: gk.DeepWalk(**names), "vector_size", "dim"),
        (lambda **names: gk.DeepWalk(**names), "workers", "num_threads"),
        (lambda **names: gk.DeepWalk(**names), "alpha", "learning_rate"),
        (lambda **names: gk.DeepWalk(**names), "context_size", "window, the number of nodes on each side"),
        (lambda **names: gk.FastRP(**names), "alpha", "beta"),
        (lambda **names: gk.FastRP(**names), "embeddingDimension", "dim"),
        (lambda **names: gk.LargeVis(**names), "n_neighbors", "perplexity"),
        (lambda **names: gk.PersonalizedPageRank(**names), "alpha", "restart, the probability to begin anew"),
        (lambda **names: gk.random_walks(GRAPH, **names), "walk_len", "walk_length, the number of nodes"),
        (lambda **names: gk.random_walks(GRAPH, **names), "num_walks", "walks_per_node"),
        (lambda **names: gk.knn_graph(VECTORS, **names), "n_neighbors", "k"),
        (lambda **names: gk.embed(GRAPH, method="node2vec", **names), "iter", "epochs"),
        (lambda **names: gk.embed(GRAPH, **names), "random_state", "seed"),
        (lambda **names: gk.FastRP().set_params(**names), "n_components", "dim"),
    ],
)
def test_another_tools_name_is_answered_with_ours(call, given, ours):
    with pytest.raises(TypeError, match=rf"^unknown .*parameter '{given}': here it is {ours}\b") as raised:
        call(**{given: 3})
    assert isinstance(raised.value, gk.ParameterError)


@pytest.mark.parametrize("taker", TAKERS, ids=lambda taker: taker.__name__)
def test_a_slip_of_the_pen_is_answered_with_the_nearest_name(taker):
    names = list(inspect.signature(taker).parameters)
    with pytest.raises(TypeError, match=f"unknown {taker.__name__} parameter 'sead'") as raised:
        taker(sead=1)
    assert ("did you mean 'seed'" in str(raised.value)) == ("seed" in names)
    assert str(raised.value).endswith(", ".join(names))


@pytest.mark.parametrize("taker", TAKERS, ids=lambda taker: taker.__name__)
def test_no_name_of_ours_is_taken_for_another_one(taker):
    names = list(inspect.signature(taker).parameters)
    for name in names:
        others = [each for each in names if each != name]
        # gensim's alpha is our learning_rate, and LevyWalk and others have an alpha of their own.
        assert ours_for(name, others) is None or name == "alpha"


def test_each_of_our_names_in_the_table_is_somebodys_parameter():
    ours = {name for taker in TAKERS for name in inspect.signature(taker).parameters}
    ours |= {*inspect.signature(gk.compare).parameters}
    assert OTHER_NAMES.keys() <= ours


def test_aliases_of_the_command_line_say_the_same():
    flags = {"--threads": "num_threads", "--train-ratios": "train_ratio"}
    for flag, ours in ALIASES.items():
        name = flag.removeprefix("--").replace("-", "_")
        wanted = flags.get(ours, ours.removeprefix("--").replace("-", "_"))
        is_of_files = name in ("pretrained", "matfile_variable_name")
        assert is_of_files or name == wanted or ours_for(name, [wanted]) == wanted


def test_a_method_is_what_it_was(tmp_path):
    made = gk.Node2Vec(dim=7, p=0.5)
    assert clone(made).get_params() == made.get_params()
    assert pickle.loads(pickle.dumps(made)).get_params() == made.get_params()
    assert list(inspect.signature(gk.Node2Vec).parameters)[:2] == ["dim", "walks_per_node"]
    assert re.match(r"Node2Vec\(dim=7, p=0.5\)", repr(made))
    with pytest.raises(TypeError, match="positional"):
        gk.Node2Vec(7)
