"""Where the test edges of a split rank when one of their ends is replaced.

References
----------
Lerer et al., "PyTorch-BigGraph: a large-scale graph embedding system", MLSys 2019, section 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from graphkit.checks import check_choice, check_whole
from graphkit.evaluation.leaks import check_split, vectors_of
from graphkit.evaluation.operators import SCORES
from graphkit.evaluation.ranking import RankingMetrics, check_hits, ranks
from graphkit.evaluation.report import table
from graphkit.evaluation.splits import EdgeSplit
from graphkit.evaluation.vectors import unit_rows
from graphkit.parallel import even_bounds, resolve_threads, run_ranges
from graphkit.seeds import Stream, generator

Corrupted = Literal["both", "source", "target"]

_BLOCK_EDGES = 256
_BLOCK_SCORES = 2**24


@dataclass(frozen=True)
class LinkRanking(RankingMetrics):
    """Ranks of test edges, summed up.

    Attributes
    ----------
    statement
        The protocol in full sentences, every choice included.
    """

    statement: str

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON can hold it."""
        return {"task": "link ranking", "statement": self.statement, "results": self.rows()}

    def __str__(self) -> str:
        return f"{table(self.rows())}\n\n{self.statement}"


def link_ranking(
    vectors: Any,
    split: EdgeSplit,
    *,
    operator: Literal["inner", "cosine"] = "inner",
    num_candidates: int | None = 1000,
    corrupt: Corrupted = "both",
    hits: Sequence[int] = (1, 10, 50),
    seed: int = 0,
    num_threads: int | None = None,
) -> LinkRanking:
    """Rank each test edge among itself with one end replaced by random nodes: MRR, mean rank, Hits@k.

    Parameters
    ----------
    vectors
        An `Embedding` of ``split.train_graph``, or its vectors as an array [num_nodes, dim].
    split
        From `split_edges`, or of your own making.
    operator
        Score of a pair: ``"inner"`` product or ``"cosine"``.
    num_candidates
        Nodes that replace an end, drawn alike and without repetition, >= 1; at most all nodes. None for
        all nodes.
    corrupt
        Which end is replaced: ``"source"``, ``"target"``, or ``"both"``, one after the other, which gives two
        ranks a test edge.
    hits
        The k of Hits@k, whole numbers >= 1.
    seed
        In [0, 2**64).
    num_threads
        >= 1, or None for all cores. Not part of the result.

    Returns
    -------
    LinkRanking

    Raises
    ------
    InputError
        As `link_prediction`: for a split that leaks, or vectors of other nodes.
    ParameterError
        For a parameter outside its range.

    Notes
    -----
    The rank is ``1 + #(higher) + ½ #(equal)``, see `ranking_metrics`. The edge's own two ends are no
    candidates. Other true edges among the candidates are left there ("raw" ranks), so that a perfect
    score is out of reach where nodes have many neighbours. 256 edges in a row share their candidates.
    Scores are computed in float64 and compared as float32, so that equal vectors tie.

    References
    ----------
    Lerer et al., "PyTorch-BigGraph: a large-scale graph embedding system", MLSys 2019.

    Examples
    --------
    >>> import graphkit as gk
    >>> edges = [(i, j) for i in range(20) for j in range(i) if (i < 10) == (j < 10)]
    >>> split = gk.evaluation.split_edges(gk.Graph.from_edges(edges), 0.3)
    >>> vectors = np.repeat([[1.0, 0.0], [0.0, 1.0]], 10, axis=0)
    >>> link_ranking(vectors, split, hits=(10,)).mean_rank
    5.0
    """
    from threadpoolctl import threadpool_limits

    check_choice("operator", operator, SCORES)
    check_choice("corrupt", corrupt, get_args(Corrupted))
    check_hits(hits)
    if num_candidates is not None:
        num_candidates = check_whole("num_candidates", num_candidates, 1)
    check_split(split)
    matrix = vectors_of(vectors, split.train_graph)
    prepared = unit_rows(matrix) if operator == "cosine" else matrix
    count = min(num_candidates or len(matrix), len(matrix))
    sides = ("source", "target") if corrupt == "both" else (corrupt,)
    blocks = list(_blocks(split.test_edges, sides, count, len(matrix), generator(seed, Stream.CANDIDATES)))

    def rank(start: int, stop: int) -> NDArray[np.float64]:
        return np.concatenate([_rank_block(prepared, *block) for block in blocks[start:stop]])

    with threadpool_limits(1, user_api="blas"):
        found = run_ranges(rank, even_bounds(len(blocks), len(blocks)), resolve_threads(num_threads))
    metrics = RankingMetrics.of(np.concatenate(found), hits)
    statement = (
        f"Link ranking. {split.statement} Each test edge is ranked by {operator} among itself with its "
        f"{' and then its '.join(sides)} replaced by {count:,} nodes"
        f"{'' if count == len(matrix) else f' drawn at random (seed {seed})'}, without its own ends; other "
        "true edges are not removed. Rank: 1 + higher scores + half of the equal ones."
    )
    return LinkRanking(**vars(metrics), statement=statement)


def _blocks(
    edges: NDArray[np.integer], sides: Sequence[str], count: int, num_nodes: int, rng: np.random.Generator
) -> Iterator[tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.int64]]]:
    """Ends that stay, ends that are replaced, and the candidates that replace them, for some edges a time."""
    size = max(1, min(_BLOCK_EDGES, _BLOCK_SCORES // count))
    for side in sides:
        kept, replaced = edges.T if side == "target" else edges.T[::-1]
        for start in range(0, len(edges), size):
            candidates = (
                np.arange(num_nodes) if count == num_nodes else rng.choice(num_nodes, count, replace=False)
            )
            yield kept[start : start + size], replaced[start : start + size], candidates


def _rank_block(
    vectors: NDArray[Any],
    kept: NDArray[np.integer],
    replaced: NDArray[np.integer],
    candidates: NDArray[np.int64],
) -> NDArray[np.float64]:
    anchors = vectors[kept].astype(np.float64)
    true = np.vecdot(anchors, vectors[replaced]).astype(np.float32)
    false = (anchors @ vectors[candidates].astype(np.float64).T).astype(np.float32)
    false[(candidates == replaced[:, None]) | (candidates == kept[:, None])] = -np.inf
    return ranks(true, false)
