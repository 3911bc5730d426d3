"""A parameter's range stands once, beside its type: what its docstring says is that range."""

import inspect

import pytest

from graphkit import PersonalizedPageRank, compare, predict_labels, predict_links, random_walks
from graphkit.cli.docstrings import parameter_texts
from graphkit.evaluation import split_edges, tune
from graphkit.evaluation.transitions import transition_test
from graphkit.layout.largevis import Objective
from graphkit.methods.registry import MAPS, METHODS, find_method
from graphkit.parameters import declarations, declared_range
from graphkit.subgraphs.scopes import KHopScope, PageRankScope

DECLARED = {
    **{name: find_method(name, among) for among in (METHODS, MAPS) for name in among},
    **{
        each.__name__: each
        for each in (
            PersonalizedPageRank,
            KHopScope,
            PageRankScope,
            Objective,
            compare,
            predict_labels,
            predict_links,
            random_walks,
            split_edges,
            transition_test,
            tune,
        )
    },
}


def ranges_of(declared):
    """The declared ranges by parameter, of a class or a function."""
    found = {name: declared_range(kind) for name, kind in declarations(declared).items()}
    return {name: values for name, values in found.items() if values is not None}


@pytest.mark.parametrize("name", DECLARED)
def test_no_parameter_of_a_class_escapes_its_check(name):
    """A name that only type checkers import would leave its parameter unchecked."""
    if isinstance(DECLARED[name], type):
        parameters = set(inspect.signature(DECLARED[name]).parameters)
        assert parameters <= set(declarations(DECLARED[name]))


@pytest.mark.parametrize("name", DECLARED)
def test_docstrings_say_the_range_that_is_checked(name):
    texts = parameter_texts(DECLARED[name])
    ranges = ranges_of(DECLARED[name])
    assert ranges
    said = {
        parameter: values.words.lower() in texts[parameter].lower() for parameter, values in ranges.items()
    }
    assert [parameter for parameter in said if not said[parameter]] == []
