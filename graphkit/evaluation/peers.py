"""Other tools beside which methods are compared, where they are installed.

R. Řehůřek, P. Sojka, "Software framework for topic modelling with large corpora", LREC 2010 (gensim).
R. Liu, A. Krishnan, "PecanPy: a fast, efficient and parallelized Python implementation of node2vec",
Bioinformatics 2021.

Both get the parameters of node2vec's paper: 10 walks of 80 nodes from each node, window 10, 5 negatives, one
epoch. gensim is trained on this package's uniform walks, PecanPy draws its own. On several threads neither
gives the same vectors twice.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from graphkit.checks import check_whole
from graphkit.errors import MissingDependencyError, install_line
from graphkit.graph.size import Sizes
from graphkit.methods.base import Embedder, embedder
from graphkit.parallel import resolve_threads
from graphkit.resources import Estimate
from graphkit.seeds import check_seed
from graphkit.walks.random_walks import random_walks

if TYPE_CHECKING:
    from graphkit.arrays import Vectors
    from graphkit.graph.graph import Graph
    from graphkit.progress import Progress

_WALKS, _LENGTH, _WINDOW, _NEGATIVES = 10, 80, 10, 5

_SECONDS_PER_TOKEN = 2e-5
"""Of gensim on one thread, 128 columns; measured on BlogCatalog."""


@embedder
class Peer(Embedder):
    """A peer's parameters, and its vectors in the order of the graph's nodes."""

    library: ClassVar[str]

    dim: int = 128
    seed: int = 0
    num_threads: int | None = None

    def fit(self, graph: Graph, *, progress: Progress | None = None) -> Self:
        """Train the peer on the graph; `MissingDependencyError` where it is not installed."""
        del progress
        check_whole("dim", self.dim, 1)
        check_seed(self.seed)
        self.check_run(graph)
        vectors = self._vectors(graph, self._library(), resolve_threads(self.num_threads))
        self.embedding_ = np.ascontiguousarray(vectors, np.float32)
        self.node_ids_ = graph.node_ids
        return self

    def resources(self, size: Sizes) -> Estimate:
        """Return the memory of graph, walks and two tables, and a rough time."""
        tokens = size.num_nodes * _WALKS * _LENGTH
        seconds = tokens * _SECONDS_PER_TOKEN / resolve_threads(self.num_threads) * max(self.dim, 16) / 128
        memory = {
            "graph": 16 * size.num_arcs,
            "walks": 80 * tokens,
            "vectors": 8 * size.num_nodes * self.dim,
        }
        return Estimate(memory, seconds)

    def _library(self) -> Any:
        try:
            return importlib.import_module(self.library)
        except ImportError as error:
            name = self.library.partition(".")[0]
            raise MissingDependencyError(f"{name} is not installed: {install_line(name)}") from error

    def _vectors(self, graph: Graph, library: Any, num_threads: int) -> Vectors:
        raise NotImplementedError


class GensimDeepWalk(Peer):
    """gensim's Word2Vec on uniform walks."""

    name = "gensim"
    library = "gensim.models"

    def _vectors(self, graph: Graph, library: Any, num_threads: int) -> Vectors:
        walks = random_walks(
            graph, walk_length=_LENGTH, walks_per_node=_WALKS, seed=self.seed, num_threads=num_threads
        )
        sentences = [list(map(str, walk[walk >= 0].tolist())) for walk in walks]
        model = library.Word2Vec(
            sentences,
            vector_size=self.dim,
            window=_WINDOW,
            negative=_NEGATIVES,
            min_count=0,
            sg=1,
            epochs=1,
            workers=num_threads,
            seed=self.seed % 2**32,
        )
        vectors: Vectors = model.wv[list(map(str, range(graph.num_nodes)))]
        return vectors


class PecanPy(Peer):
    """PecanPy's node2vec with p = q = 1, which trains with gensim."""

    name = "pecanpy"
    library = "pecanpy.pecanpy"

    def _vectors(self, graph: Graph, library: Any, num_threads: int) -> Vectors:
        mode = library.SparseOTF if graph.is_weighted else library.FirstOrderUnweighted
        made = mode(p=1, q=1, workers=num_threads, random_state=self.seed % 2**32)
        made.indptr, made.indices = graph.indptr.astype(np.uint32), graph.indices.astype(np.uint32)
        made.data = np.ones(graph.num_arcs, np.float32) if graph.weights is None else graph.weights
        made.set_node_ids(None, implicit_ids=True, num_nodes=graph.num_nodes)
        # Its walk_length counts steps.
        vectors: Vectors = made.embed(
            dim=self.dim, num_walks=_WALKS, walk_length=_LENGTH - 1, window_size=_WINDOW, epochs=1
        )
        return vectors


PEERS = {peer.name: peer for peer in (GensimDeepWalk, PecanPy)}
"""By name."""
