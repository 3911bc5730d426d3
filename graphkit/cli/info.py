"""``graphkit info``: what a graph's file holds, and how it was understood."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from graphkit.cli import graph_input
from graphkit.cli.parameters import argument
from graphkit.cli.streams import json_option, note_for, print_result
from graphkit.resources import in_bytes

if TYPE_CHECKING:
    from graphkit.graph.graph import Graph
    from graphkit.io.report import LoadReport

EPILOG = """Examples:
  graphkit info edges.csv.gz
  graphkit info edges.txt --directed --weight-column 3 --json"""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    return [argument("file", graph_input.GRAPH_ARGUMENT), json_option(), *graph_input.graph_options()]


def run(*, file: str, json: bool, **values: Any) -> None:
    """Print what a graph's file holds, and how it was understood."""
    graph, report = graph_input.load(file, values, note_for(quiet=True))
    facts = _facts(graph, report)
    if json:
        print_result(facts)
        return
    low, middle, high = (facts[f"degree_{name}"] for name in ("min", "median", "max"))
    print(graph_input.Summary(report))
    print(f"  {report.component_line()}")
    print(f"  degrees: {low:,} to {high:,}, median {middle:g}")
    print(f"  memory: {in_bytes(facts['bytes'])}")


def _facts(graph: Graph, report: LoadReport) -> dict[str, Any]:
    import numpy as np

    degree = graph.degree if graph.num_nodes else np.zeros(1, np.int64)
    arrays = (graph.indptr, graph.indices, graph.weights, graph.node_ids)
    return {
        **report.to_dict(),
        "degree_min": int(degree.min()),
        "degree_median": float(np.median(degree)),
        "degree_max": int(degree.max()),
        "bytes": sum(array.nbytes for array in arrays if array is not None),
    }
