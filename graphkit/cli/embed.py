"""``graphkit embed``: from a graph to a file of vectors."""

from __future__ import annotations

import inspect
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit.cli import graph_input
from graphkit.cli.parameters import argument, option
from graphkit.cli.streams import in_bytes, note_for, print_facts, progress_for, running_options, stage
from graphkit.errors import GraphkitWarning, InputError, ParameterError

if TYPE_CHECKING:
    from graphkit.embedding import Embedding
    from graphkit.graph import Graph
    from graphkit.methods.base import Embedder

EPILOG = """Examples:
  graphkit embed edges.txt -o vectors.parquet
  graphkit embed edges.csv.gz -o vectors.txt --dim 256 --weights 1,1,1,1 --seed 1
  graphkit embed dataset:wordnet --dry-run
  cat edges.txt | graphkit embed - -o - --quiet > vectors.txt

As node2vec, PecanPy and DeepWalk spell them, these are understood too: --input FILE, --dimensions or
--representation-size for --dim, --workers for --threads (0 for all cores), --random-state for --seed."""

_STDOUT = "-"


def parameters(method: type[Embedder]) -> list[inspect.Parameter]:
    """Return the arguments and options, those of the method among them."""
    from graphkit.cli.fit_options import fit_options
    from graphkit.cli.method_options import method_option, method_options

    return [
        argument("file", graph_input.GRAPH_ARGUMENT),
        option(
            "output",
            None,
            "Where to: .parquet, .txt (word2vec), .bin, .npy, .npz, .csv or .tsv; - for stdout (word2vec).",
            kind=str,
            flags=["--output", "-o"],
            metavar="FILE",
        ),
        method_option(),
        option("force", False, "Replace an existing output."),
        option("dry_run", False, "Read the graph, say what would run and what it needs, and write nothing."),
        *method_options(method),
        *fit_options(method),
        *graph_input.graph_options(),
        *running_options(),
    ]


def run(
    *,
    file: str,
    output: str | None,
    method: str,
    force: bool,
    dry_run: bool,
    progress: str,
    quiet: bool,
    **values: Any,
) -> None:
    """Compute a vector for each node of a graph."""
    from graphkit.cli.fit_options import fit_arguments
    from graphkit.cli.method_options import make_method

    made = make_method(method, values)
    _check_output(output, file, force=force, dry_run=dry_run)
    note = note_for(quiet)
    with progress_for(progress, quiet=quiet) as report:
        graph, _ = graph_input.load(file, values, note, report)
        if not dry_run:
            _warn_of_memory(made, graph)
            embedding = made.embed(graph, progress=report, **fit_arguments(values, graph))
            with stage(report, "write"):
                _write(embedding, str(output), force)
            name = "standard output" if output == _STDOUT else output
            note(f"{name}: {embedding} in {embedding.info['seconds']:.2f} s")
    if dry_run:
        print_facts(_plan(made, graph, output))


def _check_output(output: str | None, file: str, *, force: bool, dry_run: bool) -> None:
    """Refuse an output that cannot be written, before the work."""
    if output is None:
        if dry_run:
            return
        raise ParameterError("--output FILE (-o) is missing; - writes to stdout")
    if output == _STDOUT:
        return
    from graphkit.io.vectors import check_vectors_target

    if Path(output).exists() and Path(file).exists() and Path(output).samefile(file):
        raise InputError("is the input too; write to another file", path=output)
    check_vectors_target(output, overwrite=force)


def _plan(method: Embedder, graph: Graph, output: str | None) -> dict[str, Any]:
    """What would run, and what it needs."""
    from graphkit.io.memory import available_memory

    estimate = method.estimate(graph.num_nodes, graph.num_arcs, weighted=graph.is_weighted)
    return {
        "method": repr(method),
        "graph": repr(graph),
        "memory": f"about {in_bytes(estimate.bytes)}; available: {in_bytes(available_memory())}",
        "time": f"about {estimate.seconds:.1f} s",
        "output": output or "none given",
    }


def _warn_of_memory(method: Embedder, graph: Graph) -> None:
    from graphkit.io.memory import available_memory

    needed = method.estimate(graph.num_nodes, graph.num_arcs, weighted=graph.is_weighted).bytes
    available = available_memory()
    if needed > available:
        warnings.warn(
            f"needs about {in_bytes(needed)} of memory, {in_bytes(available)} are available; fewer "
            "dimensions need less",
            GraphkitWarning,
            stacklevel=2,
        )


def _write(embedding: Embedding, output: str, force: bool) -> None:
    if output != _STDOUT:
        embedding.save(output, overwrite=force)
        return
    from graphkit.io.vectors import check_finite
    from graphkit.io.vectors_word2vec import write_text_rows

    check_finite(embedding.node_ids, embedding.vectors)
    write_text_rows(sys.stdout.buffer, embedding.node_ids, embedding.vectors, "standard output")
