"""``graphkit kernel-features``: from a graph to the sparse random features of a kernel."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from graphkit.cli import graph_input
from graphkit.cli.engine_options import engine_options, is_out_of_core, make_engine
from graphkit.cli.outputs import check_output, dry_run_option, output_options, plan
from graphkit.cli.parameters import argument
from graphkit.cli.signature_options import Signature, options_of, values_of
from graphkit.cli.streams import note_for, print_facts, progress_for, running_options, stage
from graphkit.errors import ParameterError

if TYPE_CHECKING:
    import scipy.sparse

    from graphkit.methods.random_features import RandomFeatures
    from graphkit.progress import Progress

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
        *output_options(None, "Where to: .npz."),
        dry_run_option(),
        *options_of(_signature(), RandomFeatures, panel="Features"),
        *engine_options(),
        *graph_input.graph_options(),
        *running_options(),
    ]


def run(
    *, file: str, output: str | None, force: bool, dry_run: bool, progress: str, quiet: bool, **values: Any
) -> None:
    """Write sparse features of each node whose products estimate a graph kernel."""
    from graphkit.io.kernel_features import check_suffix, write_kernel_features

    model = _model(values)
    check_output(output, file, check_suffix, force=force, dry_run=dry_run, stdout=False)
    note = note_for(quiet)
    if is_out_of_core(values):
        if dry_run:
            raise ParameterError("--dry-run has no effect with --engine; leave it out")
        graph_input.check_untouched(values, "a graph folder, which --engine takes")
        with progress_for(progress, quiet=quiet) as report:
            found = _out_of_core(file, str(output), force, model, values, report)
        note(f"{output}: {found.shape[0]:,} rows, {found.nnz:,} entries")
        return
    with progress_for(progress, quiet=quiet) as report:
        graph, _ = graph_input.load(file, values, note, report)
        if not dry_run:
            features = model.fit_features(graph, progress=report).features_
            with stage(report, "write"):
                write_kernel_features(str(output), features, graph.node_ids, overwrite=force)
            note(f"{output}: {graph.num_nodes:,} rows, {features.nnz:,} entries")
    if dry_run:
        estimate = model.estimate_for(graph)
        print_facts(plan({"features": repr(model)}, graph, estimate, output))


def _out_of_core(
    file: str,
    output: str,
    force: bool,
    model: RandomFeatures,
    values: dict[str, Any],
    report: Progress | None,
) -> scipy.sparse.csr_array:
    """Write the features of the graph in a folder, and return them."""
    from graphkit.io.kernel_features import write_kernel_features
    from graphkit.outofcore import kernel_features
    from graphkit.outofcore.folder_graph import open_folder

    with make_engine(values, model.num_threads, report) as engine:
        features = kernel_features(file, model, engine=engine)
        with stage(report, "write"):
            write_kernel_features(output, features, open_folder(file).node_ids, overwrite=force)
    return features


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
