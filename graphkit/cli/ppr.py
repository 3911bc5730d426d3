"""``graphkit ppr``: from a graph to the nodes that matter most to each source."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any

from graphkit.checks import check_whole
from graphkit.cli import graph_input
from graphkit.cli.chosen_nodes import chosen_nodes, node_options, refuse_both
from graphkit.cli.engine_options import engine_options, is_out_of_core, make_engine
from graphkit.cli.outputs import STDOUT, check_output, dry_run_option, in_words, output_options, plan
from graphkit.cli.parameters import argument, option
from graphkit.cli.signature_options import Signature, options_of, signature_of, values_of
from graphkit.cli.streams import note_for, print_facts, progress_for, running_options, stage
from graphkit.errors import ParameterError

if TYPE_CHECKING:
    from graphkit.pagerank.personalized import PersonalizedPageRank
    from graphkit.pagerank.top_nodes import TopNodes
    from graphkit.progress import Progress

EPILOG = """Examples:
  graphkit ppr edges.txt -o top.parquet
  graphkit ppr edges.csv.gz --directed --source home -k 20 -o -
  graphkit ppr edges.txt --sources some_nodes.txt --method walks --walks-per-node 100000 -o top.csv

A row of the result is a source, a node and its score, the best node first."""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    from graphkit.pagerank.personalized import PersonalizedPageRank

    return [
        argument("file", graph_input.GRAPH_ARGUMENT),
        *output_options(
            None, "Where to: .parquet, .csv or .tsv (columns source, node, score); - for stdout (tabs)."
        ),
        dry_run_option(),
        option(
            "k",
            100,
            "Nodes for each source, >= 1; the source itself is one of them.",
            flags=["--k", "-k"],
            panel="Sources",
        ),
        *node_options("source", otherwise="all nodes", panel="Sources"),
        *options_of(_signature(), PersonalizedPageRank, panel="Personalised PageRank"),
        *engine_options(),
        *graph_input.graph_options(),
        *running_options(),
    ]


def run(
    *,
    file: str,
    output: str | None,
    force: bool,
    dry_run: bool,
    k: int,
    source: list[str] | None,
    sources: str | None,
    progress: str,
    quiet: bool,
    **values: Any,
) -> None:
    """Write the nodes of the highest personalised PageRank for each node of a graph."""
    from graphkit.io.scores import scores_suffix
    from graphkit.pagerank.personalized import PersonalizedPageRank

    ranker = PersonalizedPageRank(**values_of(_signature(), values))
    check_whole("k", k, 1)
    refuse_both("--source", source, "--sources", sources)
    check_output(output, file, scores_suffix, force=force, dry_run=dry_run)
    note = note_for(quiet)
    if is_out_of_core(values):
        for flag in ["--dry-run"] * dry_run + ["--source"] * bool(source) + ["--sources"] * bool(sources):
            raise ParameterError(f"{flag} has no effect with --engine; leave it out")
        graph_input.check_untouched(values, "a graph folder, which --engine takes")
        with progress_for(progress, quiet=quiet) as report:
            top = _out_of_core(file, ranker, k, values, report)
            _write(top, str(output), force)
        note(f"{in_words(output)}: {summary(top)}")
        return
    with progress_for(progress, quiet=quiet) as report:
        graph, _ = graph_input.load(file, values, note, report)
        chosen = chosen_nodes(graph.node_ids, source, sources, note)
        if not dry_run:
            top = ranker.top(graph, k, chosen, progress=report)
            with stage(report, "write"):
                _write(top, str(output), force)
            note(f"{in_words(output)}: {summary(top)}")
    if dry_run:
        num_sources = graph.num_nodes if chosen is None else len(chosen)
        estimate = ranker.estimate_for(graph, k=k, num_sources=num_sources)
        what = {"method": repr(ranker), "sources": f"{num_sources:,}, {k:,} nodes each"}
        print_facts(plan(what, graph, estimate, output))


def _out_of_core(
    file: str, ranker: PersonalizedPageRank, k: int, values: dict[str, Any], report: Progress | None
) -> TopNodes:
    from graphkit.outofcore import top_pagerank

    with make_engine(values, ranker.num_threads, report) as engine:
        return top_pagerank(file, ranker, k, engine=engine)


def summary(top: TopNodes) -> str:
    """Return the size of a result, and how sure it is, in words.

    Examples
    --------
    >>> from graphkit import Graph, PersonalizedPageRank
    >>> graph = Graph.from_edges([(0, 1), (1, 2)])
    >>> summary(PersonalizedPageRank(method="walks").top(graph, k=2))
    '3 sources, 2 nodes each at most'
    """
    import numpy as np

    text = (
        f"{len(top):,} {'source' if len(top) == 1 else 'sources'}, {top.rows.shape[1]:,} nodes each at most"
    )
    if top.missing is None or not len(top):
        return text
    of_what = "" if len(top) == 1 else " (median)"
    return f"{text}; scores leave out {np.median(top.missing):.2g} of 1{of_what}"


def _signature() -> Signature:
    from graphkit.pagerank.personalized import PersonalizedPageRank

    return signature_of(PersonalizedPageRank)


def _write(top: TopNodes, output: str, force: bool) -> None:
    from graphkit.io.scores import write_score_lines

    if output == STDOUT:
        write_score_lines(sys.stdout.buffer, top.chunks(), [top.node_ids], "\t")
    else:
        top.save(output, overwrite=force)
