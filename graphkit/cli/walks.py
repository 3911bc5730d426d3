"""``graphkit walks``: from a graph to a file of random walks."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from graphkit.checks import check_choice
from graphkit.cli import graph_input, structure_input
from graphkit.cli.engine_options import engine_options, is_out_of_core, make_engine
from graphkit.cli.outputs import STDOUT, check_output, in_words, output_options
from graphkit.cli.parameters import REQUIRED, argument, flag_of, option
from graphkit.cli.signature_options import Signature, options_of, signature_of, values_of
from graphkit.cli.streams import note_for, progress_for, running_options
from graphkit.errors import ParameterError

if TYPE_CHECKING:
    from graphkit.arrays import Rows
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress
    from graphkit.walks.drawn_walks import DrawnWalks

EPILOG = """Examples:
  graphkit walks edges.txt -o walks.txt
  graphkit walks edges.csv.gz -o walks.npy --p 0.25 --q 0.25 --walk-length 40 --seed 1
  graphkit walks dataset:karate_club -o - --walks-per-node 1 --quiet

  graphkit walks edges.txt -o walks.txt --kind levy --alpha 0.5
  graphkit walks mails.csv -o walks.txt --kind temporal --times date --time-zone Europe/Berlin
  graphkit walks papers.csv -o walks.txt --kind metapath --metapath author,paper,author --types types.csv

In text a walk is a line of node ids; a .npy file holds rows of the graph, and -1 behind the end of a walk."""


class Kind(NamedTuple):
    """A kind of walks: its module, the function that documents it, what makes its walks, what it needs."""

    module: str
    function_name: str
    class_name: str
    takes: str

    @property
    def function(self) -> Any:
        """The function, imported now."""
        return getattr(import_module(self.module), self.function_name)

    @property
    def walks(self) -> Any:
        """The class of the walks, imported now."""
        return getattr(import_module(self.module), self.class_name)


DEFAULT_KIND = "random"

KINDS = {
    "random": Kind("graphkit.walks.random_walks", "random_walks", "Walks", "any graph"),
    "levy": Kind("graphkit.walks.levy", "levy_walks", "LevyWalks", "any graph"),
    "metapath": Kind("graphkit.walks.metapath", "metapath_walks", "MetapathWalks", "types"),
    "temporal": Kind("graphkit.walks.temporal", "temporal_walks", "TemporalWalks", "times"),
}
"""By name on the command line."""


def parameters(kind: str = DEFAULT_KIND) -> list[inspect.Parameter]:
    """Return the arguments and options, those of a kind of walks among them."""
    check_choice("--kind", kind, KINDS)
    return [
        argument("file", graph_input.GRAPH_ARGUMENT),
        *output_options(REQUIRED, "Where to: .txt or .txt.gz (ids), .npy (rows); - for stdout (ids)."),
        option("kind", DEFAULT_KIND, f"How to walk: {', '.join(KINDS)}.", metavar="NAME", panel="Walks"),
        *options_of(_signature(kind), KINDS[kind].function, panel="Walks"),
        *engine_options(),
        *graph_input.graph_options(),
        *structure_input.structure_options(KINDS[kind].takes),
        *running_options(),
    ]


def run(
    *,
    file: str,
    output: str,
    force: bool,
    progress: str,
    quiet: bool,
    kind: str = DEFAULT_KIND,
    **values: Any,
) -> None:
    """Write random walks on a graph: plain, biased, Lévy flights, along a metapath, in the order of time."""
    from graphkit.io.walks import walks_suffix

    check_output(output, file, walks_suffix, force=force)
    note = note_for(quiet)
    if is_out_of_core(values):
        if kind != DEFAULT_KIND:
            raise ParameterError(
                f"--engine walks at random only, not by --kind {kind}; leave one of them out"
            )
        with progress_for(progress, quiet=quiet) as report:
            shape = _out_of_core(file, output, force, values, report)
        note(f"{output}: {shape[0]:,} walks of {shape[1]:,} nodes at most")
        return
    with progress_for(progress, quiet=quiet) as report:
        graph = structure_input.load(KINDS[kind].takes, file, values, note, report)
        walks = KINDS[kind].walks(graph, **values_of(_signature(kind), values))
        _write(walks, graph, output, force, report)
    note(f"{in_words(output)}: {walks.num_walks:,} walks of {walks.walk_length:,} nodes at most")


def _out_of_core(
    file: str, output: str, force: bool, values: dict[str, Any], report: Progress | None
) -> tuple[int, int]:
    """Write the walks on the graph in a folder; (walks, walk_length)."""
    from graphkit.outofcore import random_walks

    signature = _signature(DEFAULT_KIND)
    chosen = values_of(signature, values)
    if output == STDOUT:
        raise ParameterError("--engine writes to a file, not to stdout")
    for name in ("backend", "start_at_arcs"):
        if chosen.pop(name) != signature[name].default:
            raise ParameterError(f"{flag_of(name)} has no effect with --engine; leave it out")
    graph_input.check_untouched(values, "a graph folder, which --engine takes")
    with make_engine(values, chosen.pop("num_threads"), report) as engine:
        return random_walks(file, output, engine=engine, overwrite=force, **chosen)


def _signature(kind: str) -> Signature:
    return signature_of(KINDS[kind].function, without=("graph", "starts", "progress"))


def _write(walks: DrawnWalks, graph: Graph, output: str, force: bool, report: Progress | None) -> None:
    from graphkit.io.walks import walk_texts, write_walk_lines, write_walks

    chunks = _reported(walks, report)
    if output == STDOUT:
        write_walk_lines(sys.stdout.buffer, chunks, walk_texts(graph.node_ids, "standard output"))
    else:
        write_walks(output, chunks, graph.node_ids, (walks.num_walks, walks.walk_length), overwrite=force)


def _reported(walks: DrawnWalks, report: Progress | None) -> Iterator[Rows]:
    """Yield the chunks, each told to `report` when it has been written."""
    done = 0
    for chunk in walks:
        yield chunk
        done += len(chunk)
        if report is not None:
            report("walks", done, walks.num_walks)
