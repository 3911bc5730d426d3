"""PyTorch Geometric: transforms that add vectors and encodings, and a loader of subgraphs around nodes.

Any callable is a transform there, so these need no base class; their text tells their parameters, by which
PyTorch Geometric knows whether what it has stored is still what is asked for. All take a ``Data``, a
``HeteroData`` and a ``Batch`` of either. Every name is imported at its first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.lazy import lazy_names

if TYPE_CHECKING:
    from graphkit.graph.gpu.tensor_graph import TensorGraph
    from graphkit.pyg.degrees import AddDegrees
    from graphkit.pyg.embedding import AddEmbedding
    from graphkit.pyg.heat_kernel import AddHeatKernel
    from graphkit.pyg.laplacian_eigenvectors import AddLaplacianEigenvectors
    from graphkit.pyg.pagerank import AddPageRank
    from graphkit.pyg.return_probabilities import AddReturnProbabilities
    from graphkit.pyg.rrwp import AddRRWP
    from graphkit.pyg.schur_view import RandomSchurComplement
    from graphkit.pyg.shadow_loader import ShaDowLoader

_MODULE_OF = {
    "AddDegrees": "degrees",
    "AddEmbedding": "embedding",
    "AddHeatKernel": "heat_kernel",
    "AddLaplacianEigenvectors": "laplacian_eigenvectors",
    "AddPageRank": "pagerank",
    "AddRRWP": "rrwp",
    "AddReturnProbabilities": "return_probabilities",
    "RandomSchurComplement": "schur_view",
    "ShaDowLoader": "shadow_loader",
    "TensorGraph": "tensor_graphs",
}
"""Each public name and the module of this package that defines it, or imports it."""

__all__ = [
    "AddDegrees",
    "AddEmbedding",
    "AddHeatKernel",
    "AddLaplacianEigenvectors",
    "AddPageRank",
    "AddRRWP",
    "AddReturnProbabilities",
    "RandomSchurComplement",
    "ShaDowLoader",
    "TensorGraph",
]

__getattr__, __dir__ = lazy_names(__name__, _MODULE_OF)
