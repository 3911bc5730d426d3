"""How near the Laplacians of two graphs are: exact generalised eigenvalues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.errors import InputError, RunError
from graphkit.graph.graph import Graph, check_graph
from graphkit.methods.base import check_undirected

if TYPE_CHECKING:
    import scipy.sparse

_DENSE_ROWS = 300


def relative_condition_number(graph: Graph, sparse: Graph) -> float:
    """Return max x' L x / x' S x divided by the least of it, L and S being the Laplacians of two graphs.

    1 if they are the same but for a factor; the number of steps that conjugate gradients take for L with S
    as preconditioner grows with its square root.

    Parameters
    ----------
    graph, sparse
        Undirected graphs of the same nodes in the same order.

    Returns
    -------
    float
        Infinite if the components of both are not the same.

    Raises
    ------
    InputError
        For graphs of other nodes.
    ParameterError
        For a directed graph.

    Notes
    -----
    Up to 300 nodes all generalised eigenvalues by dense matrices; beyond, both ends of them to six digits by
    Lanczos iterations, with a sparse factor of S: some seconds for 5,000 nodes, far more where S has many
    edges on many nodes.

    Examples
    --------
    >>> from graphkit import Graph
    >>> triangle = Graph.from_edges([(0, 1), (1, 2), (2, 0)])
    >>> round(relative_condition_number(triangle, Graph.from_edges([(0, 1), (1, 2)])), 6)
    3.0
    """
    for each in (graph, sparse):
        check_graph(each)
        check_undirected(each, "relative_condition_number")
    if not np.array_equal(graph.node_ids, sparse.node_ids):
        raise InputError("both graphs must have the same nodes in the same order; take Graph.subgraph of one")
    components = graph.connected_components()
    if not np.array_equal(components, sparse.connected_components()):
        return np.inf
    # With one node of each component at 0 both matrices are definite, and the quotients the same.
    _, grounded = np.unique(components, return_index=True)
    rows = np.setdiff1d(np.arange(graph.num_nodes), grounded)
    if not len(rows):
        return 1.0
    matrices = [laplacian_of(each)[rows][:, rows] for each in (graph, sparse)]
    ends = _ends_dense if len(rows) <= _DENSE_ROWS else _ends_sparse
    try:
        least, largest = ends(*matrices)
    except (np.linalg.LinAlgError, RuntimeError) as error:
        raise RunError(
            "the condition number is beyond float64: weights differ by too many orders of magnitude; compare "
            "graphs whose weights are nearer to one another"
        ) from error
    return largest / least


def laplacian_of(graph: Graph) -> scipy.sparse.csr_array:
    """Return the Laplacian D - A of an undirected graph, float64, loops left out."""
    import scipy.sparse

    adjacency: Any = graph.to_scipy().astype(np.float64)
    strength = adjacency.sum(axis=1)
    # A loop stands in the diagonal of both.
    laplacian: scipy.sparse.csr_array = (scipy.sparse.diags_array(strength) - adjacency).tocsr()
    return laplacian


def _ends_dense(whole: Any, sparse: Any) -> tuple[float, float]:
    from scipy.linalg import eigh

    values = eigh(whole.toarray(), sparse.toarray(), eigvals_only=True)
    return float(values[0]), float(values[-1])


def _ends_sparse(whole: Any, sparse: Any) -> tuple[float, float]:
    from scipy.sparse.linalg import LinearOperator, eigsh, splu

    options = {"SymmetricMode": True}
    factor = splu(sparse.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options)
    inverse = LinearOperator(sparse.shape, matvec=factor.solve, dtype=np.float64)
    # A start of its own, so that the digits are the same each time.
    start = np.random.default_rng(0).normal(size=sparse.shape[0])
    values = eigsh(
        whole, 2, M=sparse, Minv=inverse, which="BE", v0=start, tol=1e-6, return_eigenvectors=False
    )
    return float(values.min()), float(values.max())
