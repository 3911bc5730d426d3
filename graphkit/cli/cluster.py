"""``graphkit cluster``: from seeds to the nodes around them that hang together."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any

from graphkit.cli import graph_input, label_input
from graphkit.cli.chosen_nodes import chosen_nodes
from graphkit.cli.outputs import STDOUT, check_output, dry_run_option, in_words, output_options, plan
from graphkit.cli.parameters import argument, option
from graphkit.cli.signature_options import Signature, options_of, signature_of, values_of
from graphkit.cli.streams import Note, note_for, print_facts, progress_for, running_options, stage
from graphkit.errors import InputError, ParameterError

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.local.cluster import LocalCluster

EPILOG = """Examples:
  graphkit cluster edges.txt --seeds ann -o cluster.csv
  graphkit cluster dataset:karate_club --seeds 0 --seeds 33 --method flow -o -
  graphkit cluster folder/ --seeds-from seeds.txt --labels labels.csv --label red -o cluster.parquet

Conductance and bound are said on stderr. A saved graph (graphkit convert) is opened where it lies: of it only
what is needed is read."""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    from graphkit.local.local_cluster import local_cluster

    return [
        argument("file", graph_input.GRAPH_ARGUMENT),
        *output_options(
            None, "Where to: .parquet, .csv or .tsv (columns id and score), .txt; - for stdout (text)."
        ),
        dry_run_option(),
        option(
            "seeds",
            None,
            "Id of a seed; may be given several times.",
            kind=list[str],
            metavar="ID",
            panel="Seeds",
        ),
        option(
            "seeds_from",
            None,
            "File of the ids of the seeds, one a line.",
            kind=str,
            metavar="FILE",
            panel="Seeds",
        ),
        *options_of(_signature(), local_cluster, panel="Clusters"),
        option(
            "labels",
            None,
            "Noisy labels of nodes, by which edges are weighted: a file of ids and labels, or dataset:NAME.",
            kind=str,
            metavar="FILE",
            panel="Labels",
        ),
        option(
            "label",
            None,
            "The label that members are likely to have. Default: that of the seeds.",
            kind=str,
            metavar="NAME",
            panel="Labels",
        ),
        *label_input.label_options(panel="Labels"),
        *graph_input.graph_options(),
        *running_options(),
    ]


def run(
    *,
    file: str,
    output: str | None,
    force: bool,
    dry_run: bool,
    seeds: list[str] | None,
    seeds_from: str | None,
    labels: str | None,
    label: str | None,
    label_column: str | None,
    label_separator: str | None,
    progress: str,
    quiet: bool,
    **values: Any,
) -> None:
    """Write the cluster around some nodes of a graph, best members first."""
    from graphkit.io.node_numbers import numbers_suffix
    from graphkit.local.local_cluster import estimate_local_cluster, local_cluster, make_diffusion

    chosen = values_of(_signature(), values)
    diffusion = make_diffusion(
        **{name: chosen[name] for name in ("method", "restart", "time", "mass", "tolerance")}
    )
    if bool(seeds) == (seeds_from is not None):
        raise ParameterError(
            "give the seeds by --seeds ID, several times if need be, or by --seeds-from FILE"
        )
    check_output(output, file, numbers_suffix, force=force, dry_run=dry_run)
    if labels is None:
        for flag, value in (
            ("--label", label),
            ("--label-column", label_column),
            ("--label-separator", label_separator),
        ):
            if value is not None:
                raise ParameterError(f"{flag} has no effect without --labels")
    note = note_for(quiet)
    with progress_for(progress, quiet=quiet) as report:
        graph, _ = graph_input.load(file, values, note, report)
        ids = chosen_nodes(graph.node_ids, seeds, seeds_from, note)
        members = None
        if labels is not None:
            members = _labelled(graph, ids, labels, label, (label_column, label_separator), note)
        if not dry_run:
            with stage(report, "cluster"):
                cluster = local_cluster(graph, ids, labels=members, **chosen)
            with stage(report, "write"):
                _write(cluster, str(output), force)
            note(f"{in_words(output)}: {summary(cluster)}")
    if dry_run:
        estimate = estimate_local_cluster(diffusion, graph.num_nodes, graph.num_arcs)
        print_facts(plan({"method": chosen["method"], "seeds": f"{len(ids):,}"}, graph, estimate, output))


def summary(cluster: LocalCluster) -> str:
    """Return what was found, in words.

    Examples
    --------
    >>> from graphkit import Graph, local_cluster
    >>> two = Graph.from_edges([(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 5), (5, 3)])
    >>> summary(local_cluster(two, 0))
    '3 nodes, conductance 0.143 (bound 0.673), cut 1, volume 7; 6 nodes touched, 224 arcs read'
    """
    nodes = "node" if len(cluster) == 1 else "nodes"
    by_labels = cluster.conductance != cluster.swept_conductance
    swept = f"{cluster.swept_conductance:.3g} by labels, " if by_labels else ""
    bound = f"({swept}bound {cluster.bound:.3g})"
    return (
        f"{len(cluster):,} {nodes}, conductance {cluster.conductance:.3g} {bound}, "
        f"cut {cluster.cut:g}, volume {cluster.volume:g}; {cluster.num_touched:,} nodes touched, "
        f"{cluster.arcs_read:,} arcs read"
    )


def _signature() -> Signature:
    from graphkit.local.local_cluster import local_cluster

    return signature_of(local_cluster, without=("graph", "seeds", "labels"))


def _labelled(
    graph: Graph, ids: Any, labels: str, label: str | None, layout: tuple[str | None, str | None], note: Note
) -> dict[Any, int]:
    """The nodes that bear the label, each with 1."""
    column, separator = layout
    matrix, names = label_input.read_named(labels, graph.node_ids, note, column=column, separator=separator)
    texts = [str(name) for name in names]
    if len(texts) < 2:
        raise InputError(
            f"all labels are {texts[0]!r}, which tells no edge from another; leave --labels out", labels
        )
    if label is None:
        label = _label_of(matrix, texts, graph.rows(ids))
        note(f"{labels}: members are likely to be {label!r}, as seeds are")
    if label not in texts:
        there = ", ".join(texts[:20])
        raise ParameterError(f"--label {label} is none of the labels of {labels}; there are: {there}")
    rows = matrix[:, [texts.index(label)]].tocoo().coords[0]
    return dict.fromkeys(graph.node_ids[rows].tolist(), 1)


def _label_of(matrix: Any, texts: list[str], rows: Any) -> str:
    """The one label that most seeds bear."""
    counts = [int(matrix[rows][:, [column]].sum()) for column in range(len(texts))]
    if not max(counts) or counts.count(max(counts)) > 1:
        raise ParameterError("the seeds do not have one label; name that of likely members by --label")
    return texts[counts.index(max(counts))]


def _write(cluster: LocalCluster, output: str, force: bool) -> None:
    from graphkit.io.node_numbers import write_number_lines

    if output == STDOUT:
        write_number_lines(sys.stdout.buffer, cluster.node_ids, "score", cluster.scores)
    else:
        cluster.save(output, overwrite=force)
