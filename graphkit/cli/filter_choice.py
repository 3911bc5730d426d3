"""``--propagate`` of ``graphkit embed``: vectors go through a filter on their graph at last."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from graphkit.cli.parameters import option
from graphkit.cli.streams import stage

if TYPE_CHECKING:
    from graphkit.cli.streams import Note
    from graphkit.embedding import Embedding
    from graphkit.graph.graph import Graph
    from graphkit.methods.refinement import Choice
    from graphkit.progress import Progress


def propagate_option() -> inspect.Parameter:
    """Return the option."""
    from graphkit.methods.refinement import FILTERS

    return option(
        "propagate",
        None,
        f"Propagate the vectors on the graph and re-scale them: {', '.join(FILTERS)}; as `graphkit refine`.",
        kind=str,
        metavar="FILTER",
    )


def check_filter(name: str | None) -> None:
    """Raise `ParameterError` for an unknown filter, before the graph is read."""
    from graphkit.checks import check_choice
    from graphkit.methods.refinement import FILTERS

    if name is not None:
        check_choice("--propagate", name, FILTERS)


def filter_of(name: str | None, graph: Graph) -> Choice | None:
    """Return the filter of a name for a graph, None if none is asked for; before the vectors are made."""
    from graphkit.methods.refinement import chosen_filter

    return None if name is None else chosen_filter(graph, name, {})


def propagated(
    embedding: Embedding,
    graph: Graph,
    choice: Choice,
    threads: int | None,
    report: Progress | None,
    note: Note,
) -> Embedding:
    """Return an embedding after the filter, and say which it was."""
    from graphkit.methods.refinement import refined

    with stage(report, "propagate"):
        found = refined(embedding, graph, choice, num_threads=threads or None)
    note(f"propagated: {choice}")
    return found
