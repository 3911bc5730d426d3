"""What the encodings by random walks share: whether they are computed or estimated, and where results go."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from graphkit.checks import check_whole
from graphkit.encodings.walk_estimates import estimated_diagonal, estimated_pairs
from graphkit.encodings.walk_powers import diagonal, exact_work, pair_bytes, pairs, reached_pairs
from graphkit.encodings.walk_series import WalkSeries
from graphkit.errors import ParameterError
from graphkit.gpu.backend import Backend
from graphkit.graph.size import Sizes
from graphkit.parallel import resolve_threads
from graphkit.parameters import check_declared
from graphkit.pyg.graph_view import GraphView
from graphkit.seeds import check_seed

if TYPE_CHECKING:
    import torch
    from torch_geometric.data import Data, HeteroData

WALKS_PER_NODE = 200
"""Where a graph is too large to be exact."""

_MOST_WALKS = 1 << 16

EXACT_WORK = 2 * 10**9
"""Arcs that may be passed to be exact, a nanosecond each; or as many as walks would take."""

_ARCS_A_STEP = 5
"""That take as long as a step of a walk."""

_MOST_PAIR_BYTES = 1 << 30
"""Of pairs that are computed without being asked to be exact."""


class WalkEncoding:
    """A transform that adds a `WalkSeries`: on the diagonal, to nodes, and of pairs.

    Parameters
    ----------
    series
        The columns.
    stays
        Whether a walk stays at a node that has no arc; else it ends there.
    with_pairs
        Whether pairs are added too.
    attr_name, errors, exact, walks_per_node, seed, num_threads
        As the transforms have them.
    """

    backend: Backend = "cpu"

    def __init__(
        self,
        series: WalkSeries,
        *,
        stays: bool,
        with_pairs: bool,
        attr_name: str | None,
        errors: bool,
        exact: bool | None,
        walks_per_node: int | None,
        seed: int,
        num_threads: int | None,
    ):
        given = {"exact": exact, "errors": errors, "attr_name": attr_name, "pairs": with_pairs}
        check_declared(_kinds, given)
        if walks_per_node is not None:
            walks_per_node = check_whole("walks_per_node", walks_per_node, 1, _MOST_WALKS)
            if exact:
                raise ParameterError("walks_per_node has no effect with exact=True; leave one of them out")
        if attr_name is None and (errors or with_pairs):
            part = "errors" if errors else "pairs"
            raise ParameterError(f"{part} need a name: give attr_name, which is None")
        self._series, self._stays, self._with_pairs = series, stays, with_pairs
        self.attr_name, self.errors, self.exact = attr_name, errors, exact
        self.walks_per_node, self.seed, self.num_threads = walks_per_node, check_seed(seed), num_threads

    def __call__(self, data: Data | HeteroData) -> Data | HeteroData:
        """Return a shallow copy of the data with the encoding, float32, where its edges are."""
        view = GraphView(data)
        self._add_to_nodes(view)
        if self._with_pairs:
            self._add_pairs(view)
        return view.data

    def __repr__(self) -> str:
        return text_of(self)

    def _add_to_nodes(self, view: GraphView) -> None:
        if self._is_exact(view):
            values: Any = diagonal(self._rows(view), self._series, resolve_threads(self.num_threads))
            view.put_rows(self.attr_name, values)
            if self.errors:
                view.put_rows(f"{self.attr_name}_error", 0 * values)
            return
        graph = self._rows(view).to_graph() if self._stays else view.graph(self._device)
        found = estimated_diagonal(
            graph,
            self._series,
            self._walks(),
            seed=self.seed,
            backend=self.backend,
            num_threads=self.num_threads,
        )
        view.put_rows(self.attr_name, found.means)
        if self.errors:
            view.put_rows(f"{self.attr_name}_error", found.errors)

    def _add_pairs(self, view: GraphView) -> None:
        rows, name = self._rows(view), str(self.attr_name)
        if self._is_exact(view) and (self.exact or self._are_few(view)):
            found = pairs(rows, self._series, resolve_threads(self.num_threads))
            view.put_pairs(name, found, 0 * found.values if self.errors else None)
            return
        estimate = estimated_pairs(
            rows.to_graph(), self._series, self._walks(), seed=self.seed, num_threads=self.num_threads
        )
        view.put_pairs(name, estimate.pairs, estimate.errors if self.errors else None)

    def _rows(self, view: GraphView) -> Any:
        return view.rows.with_loops_at_ends() if self._stays else view.rows

    def _walks(self) -> int:
        return WALKS_PER_NODE if self.walks_per_node is None else self.walks_per_node

    def _is_exact(self, view: GraphView) -> bool:
        if self.exact is not None or self.walks_per_node is not None:
            return bool(self.exact)
        steps = self._series.num_steps
        # From both ends of a walk at once, if it can be turned round.
        halved = steps if self._with_pairs or not view.rows.is_symmetric else (steps + 1) // 2
        limit = max(EXACT_WORK, _ARCS_A_STEP * view.num_nodes * steps * self._walks())
        return exact_work(view.rows, halved, limit) <= limit

    def _are_few(self, view: GraphView) -> bool:
        if pair_bytes(view.num_nodes**2, self._series) <= _MOST_PAIR_BYTES:
            return True
        return pair_bytes(reached_pairs(view.rows, self._series.num_steps), self._series) <= _MOST_PAIR_BYTES

    def _device(self, sizes: Sizes) -> torch.device | None:  # noqa: ARG002
        """Where to walk: a GPU, or None for the CPU."""
        return None


def _kinds(exact: bool | None, errors: bool, attr_name: str | None, pairs: bool) -> None:
    """What flags and names are of."""


def text_of(transform: Any) -> str:
    """Return a transform's name and parameters, as they would make it again."""
    names = inspect.signature(type(transform).__init__).parameters
    given = ", ".join(f"{name}={getattr(transform, name)!r}" for name in names if name != "self")
    return f"{type(transform).__name__}({given})"
