"""``graphkit kcore``: from a graph to the core number of each node."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any

from graphkit.cli import graph_input
from graphkit.cli.engine_options import engine_options, is_out_of_core, make_engine
from graphkit.cli.outputs import STDOUT, check_output, in_words, output_options
from graphkit.cli.parameters import REQUIRED, argument
from graphkit.cli.signature_options import Signature, options_of, signature_of, values_of
from graphkit.cli.streams import note_for, progress_for, running_options, stage
from graphkit.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress

EPILOG = """Examples:
  graphkit kcore edges.txt -o cores.parquet
  graphkit kcore edges.csv.gz --directed --degree in -o cores.csv
  graphkit kcore dataset:karate_club -o - --quiet

The degeneracy and the innermost shells are said on stderr; a shell is the nodes of one core number."""

_SHELLS_SHOWN = 5


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    from graphkit.cores.core_numbers import core_numbers

    return [
        argument("file", graph_input.GRAPH_ARGUMENT),
        *output_options(
            REQUIRED, "Where to: .parquet, .csv or .tsv (columns id and core), .txt; - for stdout (text)."
        ),
        *options_of(_signature(), core_numbers, panel="Cores"),
        *engine_options(),
        *graph_input.graph_options(),
        *running_options(),
    ]


def run(*, file: str, output: str, force: bool, progress: str, quiet: bool, **values: Any) -> None:
    """Write the core number of each node of a graph."""
    from graphkit.cores.core_numbers import core_numbers
    from graphkit.io.node_numbers import numbers_suffix

    check_output(output, file, numbers_suffix, force=force)
    note = note_for(quiet)
    if is_out_of_core(values):
        with progress_for(progress, quiet=quiet) as report:
            graph, numbers = _out_of_core(file, values, report)
            _write(graph, numbers, output, force)
        note(f"{in_words(output)}: {summary(numbers)}")
        return
    with progress_for(progress, quiet=quiet) as report:
        graph, _ = graph_input.load(file, values, note, report)
        with stage(report, "cores"):
            numbers = core_numbers(graph, **values_of(_signature(), values))
        with stage(report, "write"):
            _write(graph, numbers, output, force)
    note(f"{in_words(output)}: {summary(numbers)}")


def summary(numbers: NDArray[Any]) -> str:
    """Return the degeneracy and the sizes of the innermost shells in words.

    Examples
    --------
    >>> import numpy as np
    >>> summary(np.array([2, 2, 2, 1, 0]))
    '5 nodes, degeneracy 2; innermost shells: 2 (3 nodes), 1 (1 node), 0 (1 node)'
    """
    import numpy as np

    levels, sizes = np.unique(numbers, return_counts=True)
    shells = [
        f"{level:g} ({size:,} {'node' if size == 1 else 'nodes'})"
        for level, size in zip(levels[::-1][:_SHELLS_SHOWN], sizes[::-1][:_SHELLS_SHOWN])
    ]
    text = f"{len(numbers):,} nodes, degeneracy {numbers.max(initial=0):g}"
    return f"{text}; innermost shells: {', '.join(shells)}" if shells else text


def _out_of_core(file: str, values: dict[str, Any], report: Progress | None) -> tuple[Graph, NDArray[Any]]:
    """The graph in the folder, and its core numbers."""
    from graphkit.graph.graph import Graph
    from graphkit.outofcore import core_numbers

    chosen = values_of(_signature(), values)
    if chosen["strength"]:
        raise ParameterError("--strength has no effect with --engine; leave it out")
    graph_input.check_untouched(values, "a graph folder, which --engine takes")
    with make_engine(values, chosen["num_threads"], report) as engine:
        numbers = core_numbers(file, engine=engine, degree=chosen["degree"])
    return Graph.open(file), numbers


def _signature() -> Signature:
    from graphkit.cores.core_numbers import core_numbers

    return signature_of(core_numbers, without=("graph",))


def _write(graph: Graph, numbers: NDArray[Any], output: str, force: bool) -> None:
    from graphkit.io.node_numbers import write_number_lines, write_numbers

    if output == STDOUT:
        write_number_lines(sys.stdout.buffer, graph.node_ids, "core", numbers)
    else:
        write_numbers(output, graph.node_ids, "core", numbers, overwrite=force)
