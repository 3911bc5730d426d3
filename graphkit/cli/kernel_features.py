"""``graphkit kernel-features``: from a graph to the sparse random features of a kernel."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit.cli import graph_input
from graphkit.cli.parameters import argument, option
from graphkit.cli.signature_options import Signature, options_of, values_of
from graphkit.cli.streams import in_bytes, note_for, print_facts, progress_for, running_options, stage
from graphkit.errors import InputError, ParameterError

if TYPE_CHECKING:
    from graphkit.methods.random_features import RandomFeatures

EPILOG = """Examples:
  graphkit kernel-features edges.txt -o features.npz
  graphkit kernel-features edges.txt -o features.npz --kernel diffusion --beta 2 --num-walkers 100
  graphkit kernel-features dataset:wordnet --dry-run

The product of the matrix with its transpose estimates the kernel. scipy.sparse.load_npz reads the file; the
array node_ids in it names the rows, which are the columns too."""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    from graphkit.methods.random_features import RandomFeatures

    return [
        argument("file", graph_input.GRAPH_ARGUMENT),
        option("output", None, "Where to: .npz.", kind=str, flags=["--output", "-o"], metavar="FILE"),
        option("force", False, "Replace an existing output."),
        option("dry_run", False, "Read the graph, say what would run and what it needs, and write nothing."),
        *options_of(_signature(), RandomFeatures, panel="Features"),
        *graph_input.graph_options(),
        *running_options(),
    ]


def run(
    *, file: str, output: str | None, force: bool, dry_run: bool, progress: str, quiet: bool, **values: Any
) -> None:
    """Write sparse features of each node whose products estimate a graph kernel."""
    model = _model(values)
    _check_output(output, file, force=force, dry_run=dry_run)
    note = note_for(quiet)
    with progress_for(progress, quiet=quiet) as report:
        graph, _ = graph_input.load(file, values, note, report)
        if not dry_run:
            from graphkit.io.kernel_features import write_kernel_features

            features = model.fit_features(graph, progress=report).features_
            with stage(report, "write"):
                write_kernel_features(str(output), features, graph.node_ids, overwrite=force)
            note(f"{output}: {graph.num_nodes:,} rows, {features.nnz:,} entries")
    if dry_run:
        from graphkit.io.memory import available_memory

        needed = model.estimate(graph.num_nodes, graph.num_arcs, weighted=graph.is_weighted)
        print_facts(
            {
                "features": repr(model),
                "graph": repr(graph),
                "memory": f"about {in_bytes(needed.bytes)}; available: {in_bytes(available_memory())}",
                "time": f"about {needed.seconds:.1f} s",
                "output": output or "none given",
            }
        )


def _signature() -> Signature:
    """What concerns the features: neither vectors nor a second set of walks."""
    from graphkit.methods.random_features import RandomFeatures

    known = RandomFeatures.parameters()
    return {name: parameter for name, parameter in known.items() if name not in ("dim", "two_sided")}


def _model(values: dict[str, Any]) -> RandomFeatures:
    """The features' parameters, checked long before a graph is read."""
    from graphkit.methods.random_features import RandomFeatures

    # No vectors are made: the least that can be estimated.
    model = RandomFeatures(dim=1, **values_of(_signature(), values))
    model.estimate(1, 1)
    return model


def _check_output(output: str | None, file: str, *, force: bool, dry_run: bool) -> None:
    """Refuse an output that cannot be written, before the work."""
    if output is None:
        if dry_run:
            return
        raise ParameterError("--output FILE (-o) is missing")
    from graphkit.files import check_target
    from graphkit.io.kernel_features import check_suffix

    check_suffix(output)
    if Path(output).exists() and Path(file).exists() and Path(output).samefile(file):
        raise InputError("is the input too; write to another file", path=output)
    check_target(output, overwrite=force)
