"""``graphkit knn``: the nearest neighbours of all vectors."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from graphkit.cli.engine_options import engine_options, is_out_of_core, make_engine
from graphkit.cli.outputs import check_output, output_options
from graphkit.cli.parameters import REQUIRED, option
from graphkit.cli.signature_options import Signature, options_of, signature_of, values_of
from graphkit.cli.streams import note_for, progress_for, running_options, stage
from graphkit.cli.vector_input import points_of, vectors_argument
from graphkit.errors import ParameterError

if TYPE_CHECKING:
    from graphkit.arrays import NodeIds
    from graphkit.neighbors import KnnGraph
    from graphkit.pagerank.top_nodes import TopNodes
    from graphkit.progress import Progress

EPILOG = """Examples:
  graphkit knn vectors.parquet -k 15 -o neighbours.parquet
  graphkit knn vectors.txt --metric cosine --recall 0.99 -o neighbours.csv

A row of the result is a point, a neighbour and their score: the distance, or with cosine and
inner_product the similarity."""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    from graphkit.neighbors import knn_graph

    return [
        vectors_argument(),
        *output_options(REQUIRED, "Where to: .parquet, .csv or .tsv."),
        option("k", 15, "Neighbours of each vector.", flags=["-k"], metavar="INTEGER"),
        *options_of(_signature(), knn_graph, panel="Neighbours"),
        *engine_options(),
        *running_options(),
    ]


def run(*, vectors: str, output: str, force: bool, k: int, progress: str, quiet: bool, **values: Any) -> None:
    """Find the nearest neighbours of all vectors, and say which share of the true ones was found."""
    from graphkit.io.scores import scores_suffix
    from graphkit.neighbors import knn_graph

    check_output(output, vectors, scores_suffix, force=force, stdout=False)
    out_of_core = is_out_of_core(values)
    with progress_for(progress, quiet=quiet) as report:
        if out_of_core:
            found = _out_of_core(vectors, k, output, force, values, report)
            note_for(quiet)(f"{output}: {described(found)}")
            return
        with stage(report, "read"):
            node_ids, points = points_of(vectors)
        found = knn_graph(points, k, progress=report, **values_of(_signature(), values))
        with stage(report, "write"):
            _as_top_nodes(found, node_ids).save(output, overwrite=force)
        note_for(quiet)(f"{output}: {described(found)}")


def _out_of_core(
    vectors: str, k: int, output: str, force: bool, values: dict[str, Any], report: Progress | None
) -> KnnGraph:
    """Write the neighbours of the vectors in a .npy file."""
    from graphkit.embedding import Embedding
    from graphkit.outofcore import knn_graph

    chosen = values_of(_signature(), values)
    if chosen.pop("backend") != "cpu":
        raise ParameterError("--backend has no effect with --engine; leave it out")
    if not vectors.endswith(".npy"):
        raise ParameterError("--engine takes vectors in a .npy file, which can be mapped")
    with make_engine(values, chosen.pop("num_threads"), report) as engine:
        found = knn_graph(vectors, k, engine=engine, **chosen)
        with stage(report, "write"):
            node_ids = Embedding.load(vectors, mmap=True).node_ids
            _as_top_nodes(found, node_ids).save(output, overwrite=force)
    return found


def described(found: KnnGraph) -> str:
    """Return how neighbours were found, and that zero vectors have none, if there are some."""
    return f"{found}; vectors of zeros, similar to none: {found.num_zero:,}" if found.num_zero else f"{found}"


def _signature() -> Signature:
    from graphkit.neighbors import knn_graph

    return signature_of(knn_graph, without=("vectors", "k", "progress"))


def _as_top_nodes(found: KnnGraph, node_ids: NodeIds) -> TopNodes:
    import numpy as np

    from graphkit.pagerank.top_nodes import TopNodes

    scores = {
        "euclidean": found.distances,
        "cosine": 1 - found.distances,
        "inner_product": -found.distances,
    }[found.metric]
    return TopNodes(node_ids, np.arange(len(found)), found.indices, scores, None)
