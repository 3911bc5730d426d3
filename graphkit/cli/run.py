"""From the arguments to a command: build the parser that they need, call it, explain what is unknown."""

from __future__ import annotations

import contextlib
import difflib
import inspect
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphkit import __version__
from graphkit.cli import (
    cluster,
    compare,
    convert,
    datasets,
    embed,
    evaluate_links,
    evaluate_map,
    evaluate_nodes,
    explore,
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
    tune,
    vector_map,
    walks,
)
from graphkit.cli.aliases import ALIASES, Line, translate
from graphkit.cli.completion import PROGRAM, is_asked, words_before
from graphkit.cli.config_file import with_config
from graphkit.cli.help_format import GroupedCommand
from graphkit.cli.outcome import USAGE_ERROR, exit_code
from graphkit.cli.parameters import command_of
from graphkit.errors import GraphkitError, ParameterError
from graphkit.methods.registry import MAPS, METHODS, find_method

if TYPE_CHECKING:
    from graphkit.methods.base import Embedder

_COMMANDS = {
    "embed": embed,
    "compare": compare,
    "tune": tune,
    "walks": walks,
    "kcore": kcore,
    "ppr": ppr,
    "cluster": cluster,
    "kernel-features": kernel_features,
    "layout": layout,
    "map": vector_map,
    "explore": explore,
    "knn": knn,
    "similar": similar,
    "info": info,
    "refine": refine,
    "sparsify": sparsify,
    "convert": convert,
    "plan": plan,
    "datasets": datasets,
    "reproduce": reproduce,
}
_EVALUATIONS = {"nodes": evaluate_nodes, "links": evaluate_links, "map": evaluate_map}
_PREDICTIONS = {"links": predict_links, "labels": predict_labels}
_GROUPS = {
    "evaluate": ("Score vectors, or a method.", _EVALUATIONS),
    "predict": ("Predict edges that are missing, or labels.", _PREDICTIONS),
    "run": ("Look at runs that have a work folder.", {"status": run_status}),
}
_METHODS_OF = {embed: METHODS, evaluate_links: METHODS, layout: MAPS, vector_map: MAPS}
"""The methods that a command offers a choice of."""
_CONFIG_HELP = (
    "Every command takes --config FILE: options from a TOML file, such as dim = 64; those typed win."
)
_HELP = ["--help", "-h"]
_SETTINGS = {"help_option_names": _HELP, "max_content_width": 100}


def run(arguments: list[str]) -> int:
    """Run one command line; return its exit code."""
    return exit_code(lambda: _call(arguments), arguments)


def spell_out(arguments: list[str]) -> list[str]:
    """Return the arguments with what may be left out: ``--help``, and ``nodes`` behind ``evaluate``.

    Examples
    --------
    >>> spell_out(["evaluate", "vectors.txt"])
    ['evaluate', 'nodes', 'vectors.txt']
    """
    if not arguments:
        return ["--help"]
    first = arguments[1] if len(arguments) > 1 else "--help"
    # A file of vectors has a suffix; a command, even one misspelt, has not.
    if arguments[0] == "evaluate" and first not in _HELP and ("." in first or first[0] == "-"):
        return ["evaluate", "nodes", *arguments[1:]]
    return arguments


def chosen_method(arguments: list[str], among: Mapping[str, str]) -> type[Embedder]:
    """Return the class that ``--method`` names, before the rest can be parsed."""
    from graphkit.cli.method_options import DEFAULT_MAP, DEFAULT_METHOD

    default = DEFAULT_MAP if among is MAPS else DEFAULT_METHOD
    return find_method(_value_of("--method", arguments, default), among)


def _value_of(flag: str, arguments: list[str], default: str) -> str:
    """The last value that an option is given."""
    value = default
    for token, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if token.startswith(f"{flag}="):
            value = token.partition("=")[2]
        elif token == flag:
            value = following
    return value


def build_app(arguments: list[str], line: Line | None = None) -> typer.Typer:
    """Return the parser, with all options of the one command that is called.

    The others have their names and help only, so that no module is read in vain. `line` is what the
    arguments were made of, for ``embed``, which says how it was understood.
    """
    app = _group("From an edge list to vectors, neighbours and a score.", _CONFIG_HELP, completion=True)
    app.callback()(command_of(_top, [_version_option()]))
    for name, module in _COMMANDS.items():
        command = embed.run_of(line) if module is embed else module.run
        _add(app, name, module, command, arguments if arguments[:1] == [name] else None)
    for group, (help_text, modules) in _GROUPS.items():
        commands = _group(help_text)
        for name, module in modules.items():
            called = arguments if arguments[:2] == [group, name] else None
            _add(commands, name, module, module.run, called)
        app.add_typer(commands, name=group)
    return app


def _group(help_text: str, epilog: str | None = None, *, completion: bool = False) -> typer.Typer:
    return typer.Typer(
        help=help_text,
        epilog=epilog,
        add_completion=completion,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings=_SETTINGS,
    )


def _add(
    app: typer.Typer,
    name: str,
    module: ModuleType,
    run_command: Callable[..., None],
    arguments: list[str] | None,
) -> None:
    parameters: list[inspect.Parameter] = []
    if arguments is not None:
        among = _METHODS_OF.get(module)
        if module is walks:
            parameters = walks.parameters(_value_of("--kind", arguments, walks.DEFAULT_KIND))
        else:
            parameters = module.parameters(chosen_method(arguments, among)) if among else module.parameters()
    command = command_of(run_command, parameters)
    # The first sentence whole; without it a line would end in three dots.
    summary = inspect.cleandoc(run_command.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
    described = app.command(
        name, cls=GroupedCommand, short_help=summary, epilog=module.EPILOG, context_settings=_SETTINGS
    )
    described(command)


def _version_option() -> inspect.Parameter:
    flags = ["--version", "-V"]
    marker = typer.Option(*flags, help="Print the version.", callback=_print_version, is_eager=True)
    return inspect.Parameter(
        "version", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Annotated[bool, marker]
    )


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"graphkit {__version__}")
        raise typer.Exit


def _top(*, version: bool) -> None:
    """From an edge list to vectors, neighbours and a score."""


def _call(typed: list[str]) -> Any:
    if is_asked():
        return _complete()
    line = translate(with_config(typed, set(_GROUPS)))
    if line.arguments[:1] == ["embed"]:
        from graphkit.cli.method_choice import completed

        line = completed(line)
    arguments = spell_out(line.arguments)
    try:
        return build_app(arguments, line)(arguments, standalone_mode=False, prog_name=PROGRAM)
    except USAGE_ERROR as error:
        if getattr(error, "option_name", None) and "no such option" in error.format_message().lower():
            raise _unknown_option(error.option_name, error.ctx) from error
        raise


def _complete() -> int:
    """Answer a shell; nothing to what cannot be understood, as its user has not finished."""
    words = spell_out(words_before())
    with contextlib.suppress(GraphkitError):
        build_app(words)(words, standalone_mode=False, prog_name=PROGRAM)
    return 0


def _unknown_option(flag: str, context: Any) -> ParameterError:
    """Say where an option belongs, or which one was meant."""
    parameters = context.command.get_params(context)
    known = [flag for parameter in parameters for flag in (*parameter.opts, *parameter.secondary_opts)]
    modules = _COMMANDS.copy()
    for _, members in _GROUPS.values():
        modules |= members
    module = modules.get(context.command.name)
    among = _METHODS_OF.get(module) if module else None
    if among:
        from graphkit.cli.method_options import all_flags, owners_of

        known += all_flags(among)
        owners = owners_of(flag, among)
        if owners:
            return ParameterError(f"{flag} has no effect with this method; it belongs to {', '.join(owners)}")
    nearest = difflib.get_close_matches(flag, [*known, *ALIASES], n=1)
    hint = f"did you mean {nearest[0]}?" if nearest else f"see {context.command_path} --help"
    return ParameterError(f"no such option: {flag}; {hint}")
