"""``graphkit embed``: from a graph to a file of vectors."""

from __future__ import annotations

import functools
import inspect
import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from graphkit.cli import graph_input, structure_input
from graphkit.cli.engine_options import engine_options, is_out_of_core, make_engine
from graphkit.cli.outputs import STDOUT, check_output, dry_run_option, in_words, output_options, plan
from graphkit.cli.parameters import argument, flag_of, option
from graphkit.cli.streams import note_for, print_facts, progress_for, running_options, stage
from graphkit.errors import ParameterError, unknown_choice

if TYPE_CHECKING:
    from graphkit.cli.aliases import Line
    from graphkit.cli.streams import Note
    from graphkit.embedding import Embedding
    from graphkit.graph.graph import Graph
    from graphkit.methods.base import Embedder
    from graphkit.progress import Progress

EPILOG = """Examples:
  graphkit embed edges.txt -o vectors.parquet
  graphkit embed edges.csv.gz -o vectors.txt --dim 256 --weights 1,1,1,1 --seed 1
  graphkit embed dataset:wordnet --dry-run
  graphkit embed my-graph -o vectors.parquet --engine local --work /disk/work
  cat edges.txt | graphkit embed - -o - --quiet > vectors.txt

Command lines of node2vec (the authors' Python and SNAP's), PecanPy, DeepWalk and LINE run as they are,
behind "graphkit embed"; what they were taken for is said on stderr. Without --method the method is the one
that has the options given: --walk-length, --p or --q mean node2vec, --order means line. Where no option
tells, the method follows from the graph (auto), and what was chosen is said; with --engine it is fastrp."""

_FORMATS = ("parquet", "txt", "bin", "npy", "npz")


def parameters(method: type[Embedder]) -> list[inspect.Parameter]:
    """Return the arguments and options, those of the method among them."""
    from graphkit.cli.filter_choice import propagate_option
    from graphkit.cli.fit_options import fit_options
    from graphkit.cli.method_options import method_option, method_options
    from graphkit.cli.structure_input import structure_options

    return [
        argument("file", graph_input.GRAPH_ARGUMENT),
        *output_options(
            None,
            "Where to: .parquet, .txt (word2vec), .bin, .npy, .npz, .csv or .tsv; - for stdout (word2vec).",
        ),
        option(
            "output_format",
            None,
            f"Format of the output, whatever its suffix: {', '.join(_FORMATS)}.",
            kind=str,
            metavar="NAME",
        ),
        method_option(),
        dry_run_option(),
        *method_options(method),
        *fit_options(method),
        propagate_option(),
        *engine_options(),
        option(
            "parts",
            0,
            "Of methods that train on walks: train in a grid of so many parts, of which two are in memory.",
            metavar="INTEGER",
            panel="Beyond memory",
        ),
        option(
            "ranks",
            0,
            "Of methods that train on walks, with --engine ray: train on so many processes on the nodes.",
            metavar="INTEGER",
            panel="Beyond memory",
        ),
        *graph_input.graph_options(),
        *structure_options(method.takes),
        *running_options(),
    ]


def run(
    *,
    file: str,
    output: str | None,
    output_format: str | None,
    method: str,
    force: bool,
    dry_run: bool,
    progress: str,
    quiet: bool,
    line: Line | None = None,
    **values: Any,
) -> None:
    """Compute a vector for each node of a graph."""
    from graphkit.cli.filter_choice import check_filter, filter_of, propagated
    from graphkit.cli.fit_options import embedded
    from graphkit.cli.method_options import make_method
    from graphkit.cli.vector_output import write_embedding
    from graphkit.io.vectors import check_vectors_target

    made = make_method(method, values)
    check_filter(values["propagate"])
    suffix = _suffix(output, output_format)
    check = functools.partial(check_vectors_target, suffix=suffix, overwrite=force)
    check_output(output, file, check, force=force, dry_run=dry_run)
    note = note_for(quiet)
    _say_what_was_understood(line, note)
    for name in ("parts", "ranks"):
        if values[name] and not is_out_of_core(values):
            raise ParameterError(f"--{name} has no effect without --engine")
    if is_out_of_core(values):
        _check_out_of_core(method, values, dry_run)
        with progress_for(progress, quiet=quiet) as report:
            embedding = _embedded_out_of_core(made, file, values, report)
            write_embedding(embedding, str(output), suffix, force)
        if values["propagate"] is not None:
            note(f"propagated: {embedding.info['params']['propagate']}")
        note(f"{in_words(output)}: {embedding} {_effort(embedding.info)}")
        return
    with progress_for(progress, quiet=quiet) as report:
        graph = structure_input.load(made.takes, file, values, note, report)
        _say_that_weights_count(line, graph, values, note)
        choice = filter_of(values["propagate"], graph)
        if not dry_run:
            embedding = embedded(made, graph, values, report, note)
            if choice is not None:
                embedding = propagated(embedding, graph, choice, values.get("num_threads"), report, note)
            with stage(report, "write"):
                write_embedding(embedding, str(output), suffix, force)
            effort = _effort(embedding.info, resumed=bool(values.get("resume")))
            note(f"{in_words(output)}: {embedding} {effort}")
            _say_what_was_chosen(embedding.info, values, note)
    if dry_run:
        estimate = made.estimate_for(graph)
        what = {"method": repr(made)} | ({} if choice is None else {"propagate": str(choice)})
        print_facts(plan(what, graph, estimate, output))


def _check_out_of_core(method: str, values: dict[str, Any], dry_run: bool) -> None:
    from graphkit.cli.fit_options import fit_flags
    from graphkit.methods.registry import find_method

    structure_input.check_untouched(find_method(method).takes, values)
    flags = fit_flags(find_method(method))
    given = [flag for flag in flags if values[flag[2:].replace("-", "_")]]
    for flag in ["--dry-run"] * dry_run + given:
        raise ParameterError(f"{flag} has no effect with --engine; leave it out")
    graph_input.check_untouched(values, "a graph folder, which --engine takes")


def _embedded_out_of_core(
    made: Embedder, file: str, values: dict[str, Any], report: Progress | None
) -> Embedding:
    from graphkit.outofcore import embed

    with make_engine(values, getattr(made, "num_threads", None), report) as engine:
        parts, ranks = values["parts"] or None, values["ranks"] or None
        return embed(file, made, engine=engine, num_parts=parts, ranks=ranks, propagate=values["propagate"])


def run_of(line: Line | None) -> Callable[..., None]:
    """Return `run` for a line that was not typed as it is."""
    return functools.update_wrapper(functools.partial(run, line=line), run)


def _say_what_was_understood(line: Line | None, note: Note) -> None:
    """Another tool's line, or one without a method, as it could have been typed."""
    if line is not None and line.chosen:
        whose = f"a line of {line.tool.name}" if line.tool else "the method follows from the options"
        note(f"{whose}, read as: graphkit {shlex.join(line.arguments)}")


def _say_that_weights_count(line: Line | None, graph: Graph, values: dict[str, Any], note: Note) -> None:
    """Where the tool whose line it is would have left weights out."""
    tool = line.tool if line else None
    asked = values["weighted"] or values["weight_column"] is not None
    if tool is not None and tool.ignores_weights and graph.is_weighted and not asked:
        note(f"the edges have weights, and they count; {tool.name} would ignore them, as --unweighted does")


def _say_what_was_chosen(info: dict[str, Any], values: dict[str, Any], note: Note) -> None:
    """Where the method followed from the graph: which it is, why, and how it is named."""
    if "chosen" not in info:
        return
    given = {name: value for name, value in info["chosen_params"].items() if name not in ("dim", "seed")}
    words = [
        word
        for name, value in {"method": info["chosen"], **given}.items()
        for word in (flag_of(name), str(value))
    ]
    place = " in place of --budget" if values["budget"] is not None else ""
    note(
        f"chose {info['chosen']}: {info['reason']}; this line with {shlex.join(words)}{place} makes the same"
    )


def _effort(info: dict[str, Any], *, resumed: bool = False) -> str:
    """Time, and how much was trained in it; of a resumed run some was trained before.

    Examples
    --------
    >>> _effort({"seconds": 2.0, "pairs": 8_000_000, "loss": 2.5})
    'in 2.00 s; 8.0 M pairs, 4.0 M a second, loss 2.50 a pair'
    """
    text = f"in {info['seconds']:.2f} s"
    if info.get("pairs"):
        text += f"; {_count(info['pairs'])} pairs"
        text += "" if resumed else f", {_count(info['pairs'] / max(info['seconds'], 1e-3))} a second"
    return f"{text}, loss {info['loss']:.2f} a pair" if "loss" in info else text


def _count(number: float) -> str:
    return f"{number / 1e6:,.1f} M" if number >= 1e6 else f"{number:,.0f}"


def _suffix(output: str | None, output_format: str | None) -> str | None:
    """The suffix whose format the output gets; None for its own."""
    if output_format is None:
        return None
    if output_format not in _FORMATS:
        raise unknown_choice("--output-format", output_format, _FORMATS)
    if output == STDOUT:
        raise ParameterError("--output-format has no effect on stdout, which gets word2vec text")
    return f".{output_format}"
