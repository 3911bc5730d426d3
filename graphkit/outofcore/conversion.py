"""Files of edges larger than memory → a graph folder, in rounds of tasks.

1. Pieces of the input are read into chunks of edges.
2. Ids are numbered (`number_bitmap`, `number_sorted`, `number_strings`).
3. The arcs of each chunk are partitioned by rows.
4. Blocks of rows are sorted, and repeated arcs merged.

What a task holds is bounded by the size of its piece, chunk or block, but for 8 bytes a node.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from graphkit.engine import Engine, Stage
from graphkit.errors import ParameterError
from graphkit.files.atomic import PathLike, atomic_folder, check_target
from graphkit.files.digests import file_mark
from graphkit.graph.build import RULES, BuildReport
from graphkit.graph.graph import Graph
from graphkit.graph.storage import check_replaceable, write_manifest
from graphkit.io.formats import FORMATS as KNOWN_FORMATS
from graphkit.io.options import ReadOptions
from graphkit.io.read import listed_nodes
from graphkit.io.report import LoadReport
from graphkit.io.weights import WeightChanges
from graphkit.kernels.cpu.bucket_sort import FIRST
from graphkit.outofcore.arc_blocks import blocks_of, bucket_shift
from graphkit.outofcore.arc_tasks import balance_chunk, partition_chunk, sort_block
from graphkit.outofcore.edge_chunks import EdgeChunks, read_edges
from graphkit.outofcore.join import check_repeated, check_sums, join_blocks
from graphkit.outofcore.number_bitmap import MAX_SPAN, number_by_bitmap
from graphkit.outofcore.number_listed import check_list, list_mark, number_by_list
from graphkit.outofcore.number_sorted import number_by_sorting
from graphkit.outofcore.number_strings import number_strings
from graphkit.outofcore.numbering import Numbering
from graphkit.outofcore.pieces import FORMATS, input_files


def convert(
    path: PathLike,
    folder: PathLike,
    *,
    engine: Engine,
    format: str = "auto",
    overwrite: bool = False,
    **options: Any,
) -> LoadReport:
    """Make a graph folder of files of edges, whatever their size.

    Parameters
    ----------
    path
        A file of edges, text (CSV) or Parquet, or a folder of such files, which are read in the order of
        their names.
    folder
        The graph folder to make.
    engine
        Runs the tasks; its work folder takes about 20 bytes an edge, with weights 36, and is cleared at the
        end.
    format
        ``"text"`` or ``"parquet"``; ``"auto"`` finds out.
    overwrite
        Whether a saved graph of this name is replaced.
    **options
        As `graphkit.read_graph` takes them.

    Returns
    -------
    LoadReport
        What was found and done; its graph is that in the folder, memory-mapped.

    Raises
    ------
    InputError
        For anything in a file that is not as it should be, with the line; for an input that has changed
        since an earlier run in the same work folder.
    ParameterError
        For an unknown choice, an option without effect, or a work folder of another run.
    RunError
        If the disk is full.

    Notes
    -----
    The graph is the one that `graphkit.read_graph` makes of the same file, node for node and bit for bit:
    whole-number ids ascending, strings in the order in which they first appear, or as `nodes` has them. Each
    worker takes about 0.5 GB, and 8 bytes a node. A list of nodes is held as a whole, and one worker finds
    all ids in it: some 40 bytes a node, and the text of strings three times.
    """
    chosen = ReadOptions(**options)
    _check(chosen, format)
    remarks: list[str] = []
    listed = None if chosen.nodes is None else listed_nodes(chosen.nodes, chosen.comments, remarks.append)
    check_replaceable(folder, overwrite=overwrite)
    check_target(folder, overwrite=overwrite)
    inputs = input_files(path)
    named = replace(chosen, nodes=None if listed is None else list_mark(listed))
    recorded = {**asdict(named), "format": format, "folder": str(Path(folder).absolute())}
    engine.begin("convert", recorded, {str(file): file_mark(file) for file in inputs})
    edges = read_edges(engine, inputs, format, named)
    edges.remarks.extend(remarks)
    if listed is not None:
        check_list(edges, listed)
    numbering = _numbered(engine, edges)
    if listed is not None:
        numbering = number_by_list(engine, edges, numbering, listed)
    blocks, both_directions = _arcs(engine, edges, numbering, chosen)
    with atomic_folder(folder, overwrite=overwrite) as temporary:
        numbering.write_ids(temporary)
        join_blocks(engine, blocks[1], temporary)
        if chosen.duplicates == "error":
            check_repeated(blocks[1], temporary)
        check_sums(blocks[1], temporary)
        write_manifest(temporary, directed=bool(chosen.directed))
    graph = Graph.open(folder)
    report = _report(graph, str(path), edges, blocks, both_directions, chosen)
    engine.clear()
    return report


def _check(options: ReadOptions, format: str) -> None:
    if format not in ("auto", *FORMATS):
        raise ParameterError(f"format must be auto, {' or '.join(FORMATS)} out of core, got {format!r}")
    effective = set().union(*(KNOWN_FORMATS[name].effective for name in FORMATS if format in ("auto", name)))
    options.check_effects(format, effective)


def _numbered(engine: Engine, edges: EdgeChunks) -> Numbering:
    if edges.num_buckets is not None:
        return number_strings(engine, edges.stage, edges.chunks, edges.num_buckets)
    # Without edges a range of no ids.
    low, high = edges.extent or (0, -1)
    if high - low < MAX_SPAN:
        return number_by_bitmap(engine, edges.stage, edges.chunks, low, high)
    return number_by_sorting(engine, edges.stage, edges.chunks)


def _arcs(
    engine: Engine, edges: EdgeChunks, numbering: Numbering, options: ReadOptions
) -> tuple[tuple[Stage, Stage], bool]:
    """The stages that partitioned and sorted the arcs, and whether the list named both directions."""
    work = [
        {"chunk": chunk, "way": way, "self_loops": options.self_loops}
        for chunk, way in zip(edges.chunks, numbering.ways, strict=True)
    ]
    if edges.weighted and not options.directed:
        balances = engine.map("balance", balance_chunk, work, after=numbering.stages)
        loops_only = all(result["loops_only"] for result in balances.results)
        if not loops_only and _total(balances) == 0:
            given = _sorted(engine, work, numbering, options, symmetric=False, last=False, name="given-")
            if _total(given[1]) == 0:
                return given, True
    symmetric = not options.directed
    return _sorted(engine, work, numbering, options, symmetric=symmetric, last=True, name=""), False


def _total(stage: Stage) -> int:
    return sum(int(result["balance"]) for result in stage.results) % 2**64


def _sorted(
    engine: Engine,
    work: list[dict[str, Any]],
    numbering: Numbering,
    options: ReadOptions,
    *,
    symmetric: bool,
    last: bool,
    name: str,
) -> tuple[Stage, Stage]:
    num_nodes, weighted = numbering.num_nodes, work[0]["chunk"]["weighted"]
    common: dict[str, Any] = {"num_nodes": num_nodes, "shift": bucket_shift(num_nodes)}
    partitioned = engine.map(
        f"{name}partition",
        partition_chunk,
        [one | common | {"symmetric": symmetric, "last": last} for one in work],
        after=numbering.stages,
    )
    common |= {
        "chunks": [path.removesuffix(".") for path in partitioned.paths("")],
        "weighted": weighted,
        "rule": RULES.get(options.duplicates or "sum", FIRST),
        "count_repeats": not weighted and options.duplicates == "sum",
    }
    blocks = [
        {"first_bucket": first, "end_bucket": end, **common} for first, end in blocks_of(engine, partitioned)
    ]
    return partitioned, engine.map(f"{name}sort", sort_block, blocks, after=[partitioned])


def _report(
    graph: Graph,
    origin: str,
    edges: EdgeChunks,
    stages: tuple[Stage, Stage],
    both_directions: bool,
    options: ReadOptions,
) -> LoadReport:
    counted = {name: sum(result[name] for result in stages[0].results) for name in ("rows", "loops", "edges")}
    build = BuildReport(
        num_rows=counted["rows"],
        num_self_loops=counted["loops"],
        loops_dropped=options.self_loops == "drop",
        num_merged=counted["edges"] - (graph.num_arcs if both_directions else graph.num_edges),
        both_directions=both_directions,
    )
    made_positive = sum(chunk["made_positive"] for chunk in edges.chunks)
    return LoadReport(
        graph=graph,
        origin=origin,
        format=edges.description,
        remarks=tuple(edges.remarks),
        build=build,
        weight_changes=WeightChanges(edges.num_edges - counted["rows"], made_positive),
    )
