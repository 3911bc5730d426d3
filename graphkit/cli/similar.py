"""``graphkit similar``: the nearest ids of given ids."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from graphkit.cli.parameters import argument, option
from graphkit.cli.streams import json_option, print_result
from graphkit.errors import InputError

if TYPE_CHECKING:
    from graphkit.embedding import Embedding

EPILOG = """Examples:
  graphkit similar vectors.parquet dog.n.01 cat.n.01 -k 5
  graphkit similar vectors.txt --json -- -7"""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    return [
        argument("vectors", "A file of vectors, as `graphkit embed` writes it."),
        argument("ids", "Node ids; a negative number stands behind --.", kind=list[str]),
        option("k", 10, "Neighbours of each id.", flags=["-k"], metavar="INTEGER"),
        option("threads", 0, "Threads to use; 0 for all cores.", metavar="INTEGER"),
        json_option(),
    ]


def run(*, vectors: str, ids: list[str], k: int, threads: int, json: bool) -> None:
    """Print the nodes with the most similar vectors.

    One line a neighbour: the id, the neighbour and their cosine similarity, separated by tabs.
    """
    from graphkit.embedding import Embedding

    embedding = Embedding.load(vectors)
    queries = _as_ids(embedding, ids)
    found = dict(zip(ids, embedding.most_similar(queries, k, num_threads=threads or None), strict=True))
    if json:
        print_result({query: [_entry(*pair) for pair in pairs] for query, pairs in found.items()})
        return
    for query, pairs in found.items():
        for node_id, similarity in pairs:
            print(f"{query}\t{node_id}\t{similarity:.6f}")


def _as_ids(embedding: Embedding, texts: list[str]) -> list[Any]:
    """The ids as the embedding holds them: whole numbers or strings."""
    if embedding.node_ids.dtype.kind != "i":
        return list(texts)
    for text in texts:
        if not text.lstrip("-").isdecimal():
            raise InputError(f"the ids of this file are whole numbers, got {text!r}")
    return [int(text) for text in texts]


def _entry(node_id: Any, similarity: float) -> dict[str, Any]:
    return {"id": node_id, "similarity": round(similarity, 6)}
