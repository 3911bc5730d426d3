"""``graphkit plan``: what runs would need on given machines."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit.cli.parameters import argument, option
from graphkit.cli.streams import json_option, print_result
from graphkit.errors import InputError, ParameterError
from graphkit.resources import in_bytes

if TYPE_CHECKING:
    from graphkit.outofcore import Forecast, Machines

EPILOG = """Examples:
  graphkit plan my-graph
  graphkit plan --nodes 1e8 --edges 1e9 --machines 64G --cores 16
  graphkit plan --nodes 1e9 --edges 1e11 --method fastrp --dim 128 --machines 16x256G --cores 32

For each method: what it needs in memory, and out of core (--engine), and whether one machine is enough."""


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    return [
        argument("graph", "A graph folder or a file of edges; or --nodes and --edges.", default=None),
        option("nodes", None, "Nodes of the graph, such as 1e9.", kind=float),
        option("edges", None, "Edges of the graph, such as 1e11.", kind=float),
        option("directed", False, "Edges have a direction: each is one arc, not two."),
        option("weighted", False, "Edges have weights."),
        option(
            "method",
            None,
            "Only this method; or convert, walks, ppr, cores, kernel-features, knn.",
            kind=str,
            metavar="NAME",
        ),
        option("dim", None, "Columns of the vectors. Default: each method's own.", kind=int),
        option(
            "machines",
            None,
            "COUNTxMEMORY such as 16x64G, or one's memory. Default: what this machine has free.",
            kind=str,
            metavar="MACHINES",
        ),
        option("cores", None, "Cores of each machine. Default: those of this one.", kind=int),
        json_option(),
    ]


def run(
    *,
    graph: str | None,
    nodes: float | None,
    edges: float | None,
    directed: bool,
    weighted: bool,
    method: str | None,
    dim: int | None,
    machines: str | None,
    cores: int | None,
    json: bool,
) -> None:
    """Say what each method needs for a graph of some size: memory, disk, bytes moved and time."""
    from graphkit.outofcore import plan

    if graph is None:
        size = _given_size(nodes, edges, directed)
    else:
        for name, value in {
            "nodes": nodes,
            "edges": edges,
            "directed": directed,
            "weighted": weighted,
        }.items():
            if value:
                raise ParameterError(f"--{name} has no effect beside a graph; leave it out")
        size, weighted, directed = _size_of(graph)
    found = _machines(machines, cores)
    methods = None if method is None else [method]
    forecasts = plan(*size, found, methods=methods, weighted=weighted, directed=directed, dim=dim)
    if json:
        print_result([_for_size(*size, found) | forecast.as_json() for forecast in forecasts])
        return
    print(f"{size[0]:,} nodes, {size[1]:,} arcs; {_in_words(found)}")
    for forecast in forecasts:
        print("\n".join(_lines(forecast)))


def _given_size(nodes: float | None, edges: float | None, directed: bool) -> tuple[int, int]:
    if nodes is None or edges is None:
        raise ParameterError("a graph, or --nodes and --edges, are needed")
    for name, value in (("nodes", nodes), ("edges", edges)):
        if not 0 <= value < 2**63:
            raise ParameterError(f"--{name} must be a number of {name}, got {value:g}")
    return int(nodes), int(edges) * (1 if directed else 2)


def _size_of(graph: str) -> tuple[tuple[int, int], bool, bool]:
    """Nodes and arcs, and whether arcs have weights, and a direction; of a graph folder little is read."""
    if Path(graph).is_dir():
        from graphkit.graph.storage import GraphFolder

        folder = GraphFolder(Path(graph))
        return (folder.num_nodes, folder.num_arcs), folder.is_weighted, folder.directed
    if not Path(graph).exists():
        raise InputError("does not exist", path=graph)
    from graphkit.io import read_graph

    read = read_graph(graph)
    return (read.num_nodes, read.num_arcs), read.is_weighted, read.directed


def _machines(text: str | None, cores: int | None) -> Machines:
    from graphkit.outofcore import Machines
    from graphkit.parallel import resolve_threads
    from graphkit.resources import available_memory

    each = resolve_threads() if cores is None else cores
    return Machines(1, available_memory(), each) if text is None else Machines.parse(text, each)


def _for_size(num_nodes: int, num_arcs: int, machines: Machines) -> dict[str, Any]:
    on = {"count": machines.count, "bytes": machines.ram, "cores": machines.cores}
    return {"num_nodes": num_nodes, "num_arcs": num_arcs, "machines": on}


def _in_words(machines: Machines) -> str:
    count = "one machine" if machines.count == 1 else f"{machines.count:,} machines"
    return f"{count} of {in_bytes(machines.ram)} and {machines.cores} cores"


def _lines(forecast: Forecast) -> list[str]:
    facts: dict[str, Any] = forecast.as_json()
    lines = [f"{forecast.method}: {forecast.verdict()}"]
    if "in_memory" in facts:
        needed = facts["in_memory"]
        lines.append(f"  in memory    {in_bytes(needed['bytes'])}, {_time(needed['seconds'])}")
    if "out_of_core" in facts:
        needed = facts["out_of_core"]
        memory, disk, moved = (in_bytes(needed[f"{name}bytes"]) for name in ("", "disk_", "moved_"))
        times = _times(needed, forecast.machines.count)
        lines.append(f"  out of core  {memory} a machine, {disk} of disk, {moved} moved{times}")
    return lines


def _times(needed: dict[str, Any], count: int) -> str:
    one, all_of_them = needed["seconds_on_one"], needed["seconds_on_all"]
    if one is None:
        return ""
    return f", {_time(one)}" + (f"; {_time(all_of_them)} on {count}" if all_of_them < one else "")


def _time(seconds: float) -> str:
    """Seconds in words.

    Examples
    --------
    >>> _time(12.3), _time(600), _time(50_000)
    ('12 s', '10 min', '13.9 h')
    """
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
