"""``graphkit similar``: the nearest ids of given ids."""

from __future__ import annotations

import inspect
from typing import Any

from graphkit.cli.parameters import argument, option
from graphkit.cli.streams import json_option, print_result
from graphkit.cli.typed_ids import typed_ids
from graphkit.cli.vector_input import load_embedding, vectors_argument

EPILOG = """Examples:
  graphkit similar vectors.parquet dog.n.01 cat.n.01 -k 5
  graphkit similar vectors.txt --json -- -7"""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    return [
        vectors_argument(),
        argument("ids", "Node ids; a negative number stands behind --.", kind=list[str]),
        option("k", 10, "Neighbours of each id.", flags=["-k"], metavar="INTEGER"),
        option("threads", 0, "Threads to use; 0 for all cores.", metavar="INTEGER"),
        json_option(),
    ]


def run(*, vectors: str, ids: list[str], k: int, threads: int, json: bool) -> None:
    """Print the nodes with the most similar vectors.

    One line a neighbour: the id, the neighbour and their cosine similarity, separated by tabs.
    """
    embedding = load_embedding(vectors)
    queries = typed_ids(embedding.node_ids, ids)
    found = dict(zip(ids, embedding.most_similar(queries, k, num_threads=threads or None), strict=True))
    if json:
        print_result({query: [_entry(*pair) for pair in pairs] for query, pairs in found.items()})
        return
    for query, pairs in found.items():
        for node_id, similarity in pairs:
            print(f"{query}\t{node_id}\t{similarity:.6f}")


def _entry(node_id: Any, similarity: float) -> dict[str, Any]:
    return {"id": node_id, "similarity": round(similarity, 6)}
