"""Embedding a graph folder, by an engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from graphkit import __version__
from graphkit.embedding import Embedding
from graphkit.engine import Engine, Plan
from graphkit.errors import ParameterError
from graphkit.files.atomic import PathLike
from graphkit.graph.storage import GraphFolder
from graphkit.methods.base import Embedder
from graphkit.methods.fastrp import FastRP
from graphkit.methods.refinement import chosen_filter
from graphkit.methods.refinement import recorded as how_propagated
from graphkit.methods.registry import METHODS, find_method, make_method
from graphkit.methods.walk_skipgram import WalkSkipGram
from graphkit.outofcore.fastrp import plan_fastrp
from graphkit.outofcore.folder_graph import open_folder
from graphkit.outofcore.grid import plan_grid
from graphkit.outofcore.propagation import plan_propagation
from graphkit.outofcore.rank_training import plan_ranks
from graphkit.outofcore.skipgram import plan_skipgram

_PLANS: dict[type[Embedder], Callable[[Engine, GraphFolder, Any], Plan]] = {
    FastRP: plan_fastrp,
    WalkSkipGram: plan_skipgram,
}

_MATTER_OF_SPEED = "num_threads"


def embed(
    graph: PathLike,
    method: str | Embedder = "fastrp",
    *,
    engine: Engine,
    num_parts: int | None = None,
    ranks: int | None = None,
    propagate: str | None = None,
    **params: Any,
) -> Embedding:
    """Embed a saved graph that, or whose vectors, may be larger than memory.

    Parameters
    ----------
    graph
        A graph folder, as `Graph.save` and `convert` write them.
    method
        ``"fastrp"``, ``"deepwalk"``, ``"node2vec"``, ``"corewalk"``, or the method itself.
    engine
        Runs the tasks. Its work folder needs room for n x dim x 4 bytes of n nodes, of skip-gram times five,
        of FastRP times four; where a power has more than 1 GB or 128 columns, or powers are concatenated,
        times one more than the weights that are not 0.
    num_parts
        Of methods that train on walks, for vectors beyond memory: nodes are dealt out to so many parts, and
        two parts of the tables are in memory at a time. None for tables that are memory-mapped as a whole;
        of ranks, for one part each.
    ranks
        Of methods that train on walks, on the engine ``"ray"``: so many processes train together, on several
        machines, each with its share of the parts in memory; a divisor of `num_parts`. With
        ``backend="gpu"`` each has a GPU. None for one process alone.
    propagate
        Name of the filter through which vectors go at last, as in `graphkit.propagate`, with its default
        parameters; undirected graphs. None for none.
    **params
        Parameters of a method given by name; `num_threads` has no effect, the engine has `workers`.

    Returns
    -------
    Embedding
        Its vectors are memory-mapped: the work folder must stay as long as they are used.

    Raises
    ------
    ParameterError
        For an unknown method, one that cannot run out of core, a parameter outside its range, or a work
        folder of another run.
    InputError
        For a folder that holds no graph, or a shard whose content is not what was saved.
    RunError
        If the disk is full.

    Notes
    -----
    The vectors have the bits that the method computes in memory, on any number of workers and after any
    number of crashes; with `num_parts` those of `graphkit.distributed.fit_in_parts`. Skip-gram trains on all
    threads of one machine unless it has ranks. Without parts, rows are read and written in any order, so that
    tables larger than the system's cache make it wait for the disk; with P parts, an episode of 67 million
    pairs reads and writes the tables P times from one end to the other.

    Ranks are placed by Ray in a placement group, spread over the nodes, each with as many CPUs, and form the
    ring of `fit_in_parts`: each makes all walks, trains the pairs whose centres it holds, and in an episode
    sends 4 x n x dim x num_parts / ranks bytes on, directly to the next. If one of them or its node is lost,
    all train their segment, a fifth of the run, again, up to five times; the vectors do not depend on their
    number. Ranks with GPUs are packed on few nodes, and parts go from GPU to GPU by NCCL; their vectors are
    as good, and others in every run. They were never tried on a GPU: tests run the same code under Triton's
    interpreter, with gloo.

    Examples
    --------
    >>> import tempfile
    >>> from graphkit import Graph
    >>> folder = tempfile.mkdtemp()
    >>> Graph.from_edges([("a", "b"), ("b", "c")]).save(f"{folder}/graph")
    >>> with Engine(work=f"{folder}/work", workers=1) as engine:
    ...     embed(f"{folder}/graph", dim=8, seed=1, engine=engine)["a"].shape
    (8,)
    """
    made = make_method(method, **params) if isinstance(method, str) else method
    if not isinstance(made, tuple(_PLANS)):
        known = (name for name in METHODS if issubclass(find_method(name), tuple(_PLANS)))
        raise ParameterError(f"out of core these methods run: {', '.join(known)}; got {made.name!r}")
    began, folder = time.perf_counter(), open_folder(graph)
    recorded = {name: value for name, value in made.get_params().items() if name != _MATTER_OF_SPEED}
    if num_parts is None:
        num_parts = ranks
    if num_parts is not None:
        recorded["num_parts"] = num_parts
    choice = None if propagate is None else chosen_filter(folder, propagate, {})
    if choice is not None:
        recorded["propagate"] = str(choice)
    engine.begin(f"embed {made.name}", recorded, {str(folder.path): folder.mark})
    plan = _plan(engine, folder, made, num_parts, ranks)
    if choice is not None:
        plan = plan_propagation(engine, folder, plan, _num_columns(made), choice)
    engine.ensure(plan)
    vectors = np.load(engine.folder.path / plan.path(0, "vectors.npy"), mmap_mode="r")
    info = _info(made, folder, recorded, time.perf_counter() - began)
    if choice is not None:
        info["propagated"] = how_propagated(choice, rescale=True)
    return Embedding(folder.node_ids, vectors, info)


def _num_columns(made: Any) -> int:
    return made.num_columns() if isinstance(made, FastRP) else int(made.dim)


def _plan(
    engine: Engine, folder: GraphFolder, made: Embedder, num_parts: int | None, ranks: int | None
) -> Plan:
    if num_parts is None:
        return next(plan for kind, plan in _PLANS.items() if isinstance(made, kind))(engine, folder, made)
    if not isinstance(made, WalkSkipGram):
        given = "num_parts" if ranks is None else "ranks"
        raise ParameterError(f"{given} has no effect for {made.name}; methods that train on walks have parts")
    if ranks is None:
        return plan_grid(engine, folder, made, num_parts)
    return plan_ranks(engine, folder, made, num_parts, ranks)


def _info(made: Embedder, folder: GraphFolder, params: dict[str, Any], seconds: float) -> dict[str, Any]:
    return {
        "method": made.name,
        "params": params,
        "num_nodes": folder.num_nodes,
        "num_arcs": folder.num_arcs,
        "directed": folder.directed,
        "weighted": folder.is_weighted,
        "seconds": round(seconds, 3),
        "graphkit": __version__,
    }
