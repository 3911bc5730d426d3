"""Every flag is a parameter of what it sets, every parameter has its flag, and none does nothing."""

import inspect

import pytest

from graphkit.cli import (
    cluster,
    convert,
    embed,
    evaluate_links,
    evaluate_map,
    evaluate_nodes,
    info,
    kcore,
    kernel_features,
    knn,
    layout,
    plan,
    ppr,
    predict_labels,
    predict_links,
    refine,
    reproduce,
    run_status,
    similar,
    sparsify,
    vector_map,
)
from graphkit.cli.aliases import ALIASES, DEEPWALK, LINE
from graphkit.cli.fit_options import fit_options
from graphkit.cli.graph_input import graph_options, read_options
from graphkit.cli.method_options import method_options
from graphkit.cli.run import build_app, run
from graphkit.cli.signature_options import options_of, values_of
from graphkit.evaluation import link_prediction, node_classification, split_edges
from graphkit.io import read_graph
from graphkit.methods.registry import MAPS, METHODS, find_method

COMMANDS = {
    "embed": lambda: embed.parameters(find_method("fastrp")),
    "embed --method node2vec": lambda: embed.parameters(find_method("node2vec")),
    "embed --method line": lambda: embed.parameters(find_method("line")),
    "embed --method grf": lambda: embed.parameters(find_method("grf")),
    "embed --method spectral": lambda: embed.parameters(find_method("spectral")),
    "refine": refine.parameters,
    "kernel-features": kernel_features.parameters,
    "layout": lambda: layout.parameters(find_method("largevis", MAPS)),
    "layout --method tsne": lambda: layout.parameters(find_method("tsne", MAPS)),
    "map": lambda: vector_map.parameters(find_method("largevis", MAPS)),
    "knn": knn.parameters,
    "reproduce": reproduce.parameters,
    "evaluate links": lambda: evaluate_links.parameters(find_method("fastrp")),
    "evaluate nodes": evaluate_nodes.parameters,
    "evaluate map": evaluate_map.parameters,
    "similar": similar.parameters,
    "info": info.parameters,
    "kcore": kcore.parameters,
    "ppr": ppr.parameters,
    "predict links": predict_links.parameters,
    "predict labels": predict_labels.parameters,
    "cluster": cluster.parameters,
    "sparsify": sparsify.parameters,
    "convert": convert.parameters,
    "plan": plan.parameters,
    "run status": run_status.parameters,
}


def names(parameters):
    return [parameter.name for parameter in parameters]


def flags_of(parameters):
    """All that can be typed for parameters; typer holds the first flag of each apart."""
    markers = [parameter.annotation.__metadata__[0] for parameter in parameters]
    flags = [[marker.default, *(marker.param_decls or ())] for marker in markers]
    return [part for each in flags for flag in each if isinstance(flag, str) for part in flag.split("/")]


@pytest.mark.parametrize("name", METHODS)
def test_a_methods_flags_are_its_parameters(name):
    method = find_method(name)
    assert names(method_options(method)) == list(method.parameters())
    fit = inspect.signature(method.fit).parameters
    assert set(names(fit_options(method))) == set(fit) - {"self", "graph", "progress"}


@pytest.mark.parametrize("name", METHODS)
def test_defaults_on_the_command_line_are_the_methods(name):
    method = find_method(name)
    defaults = {parameter.name: parameter.default for parameter in method_options(method)}
    assert repr(method(**values_of(method.parameters(), defaults))) == repr(method())


@pytest.mark.parametrize("name", METHODS)
def test_every_parameter_of_a_method_is_described(name):
    method = find_method(name)
    for parameter in options_of(method.parameters(), method, panel=""):
        assert parameter.annotation.__metadata__[0].help.endswith(".")


def test_reading_flags_are_the_readers_parameters():
    known = set(inspect.signature(read_graph).parameters) - {"path"}
    values = {parameter.name: parameter.default for parameter in graph_options()}
    assert set(read_options(values)) == known
    assert set(values) - known == {"weighted", "weight_column"}


def test_reading_flags_left_out_are_the_readers_defaults():
    values = {parameter.name: parameter.default for parameter in graph_options()}
    _, *parameters = inspect.signature(read_graph).parameters.values()
    assert read_options(values) == {parameter.name: parameter.default for parameter in parameters}


def test_scores_have_a_flag_for_each_parameter():
    nodes = set(names(evaluate_nodes.parameters()))
    assert set(inspect.signature(node_classification).parameters) - {"progress"} <= nodes
    links = set(names(evaluate_links.parameters(find_method("fastrp"))))
    parameters = {*inspect.signature(split_edges).parameters, *inspect.signature(link_prediction).parameters}
    assert parameters - {"graph", "vectors", "split"} <= links


@pytest.mark.parametrize("method", METHODS)
def test_a_protocol_shares_the_seed_and_the_threads_with_a_method_and_nothing_else(method):
    given = names(evaluate_links.parameters(find_method(method)))
    assert len(set(given)) == len(given)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_flag_is_given_twice(command):
    parameters = COMMANDS[command]()
    assert len(set(names(parameters))) == len(parameters)
    flags = flags_of(parameters)
    assert len(flags) >= len(parameters) - 2
    assert len(set(flags)) == len(flags)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_parameter_of_a_command_reaches_it(command):
    modules = {
        "evaluate links": evaluate_links,
        "evaluate nodes": evaluate_nodes,
        "evaluate map": evaluate_map,
        "kernel-features": kernel_features,
        "map": vector_map,
        "predict links": predict_links,
        "predict labels": predict_labels,
        "run status": run_status,
    }
    module = modules.get(command) or globals()[command.split()[0]]
    taken = inspect.signature(module.run).parameters
    assert "values" in taken or set(names(COMMANDS[command]())) == set(taken)


def test_every_alias_stands_for_a_flag():
    methods = [embed.parameters(find_method(name)) for name in METHODS]
    known = set().union(*map(flags_of, [*methods, evaluate_nodes.parameters()]))
    assert set(ALIASES.values()) <= known
    assert not set(ALIASES) & known


@pytest.mark.parametrize("tool", [DEEPWALK, LINE], ids=["deepwalk", "line"])
def test_another_tools_defaults_are_flags_and_differ_from_ours(tool):
    parameters = {
        flag: parameter
        for parameter in embed.parameters(find_method(tool.method))
        for flag in flags_of([parameter])
    }
    for flag, value in tool.defaults.items():
        assert str(parameters[flag].default) != value


def test_the_parser_of_every_command_can_be_built(capsys):
    for words in (
        ["embed"],
        ["evaluate", "nodes"],
        ["evaluate", "links"],
        ["evaluate", "map"],
        ["similar"],
        ["kernel-features"],
        ["map"],
        ["knn"],
        ["reproduce"],
        ["info"],
        ["kcore"],
        ["ppr"],
        ["predict", "links"],
        ["predict", "labels"],
        ["cluster"],
        ["sparsify"],
        ["plan"],
        ["datasets"],
        ["run", "status"],
    ):
        assert build_app(words)
        assert run([*words, "--help"]) == 0
        assert f"Usage: graphkit {' '.join(words)}" in capsys.readouterr().out
