"""The tables of README.md and of the pages in docs/ from benchmarks/results/*.csv, those of GPUs from *.json.

``python benchmarks/figures.py`` rewrites what stands between ``<!-- benchmark:CASE -->`` and
``<!-- /benchmark -->``, and likewise for ``device:NAME``, ``summary``, ``choice`` and ``auto``; with
``--check`` it changes nothing and fails when a page and the results differ.
"""

from __future__ import annotations

import re
import sys
from itertools import groupby
from pathlib import Path

import auto_rule
import csv_rows
import device_tables
from csv_rows import Row

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "docs" / "guide"
PAGES = (
    ROOT / "README.md",
    ROOT / "docs" / "benchmarks.md",
    *(GUIDE / f"{name}.md" for name in ("methods", "maps", "gpu")),
)
SECTION = re.compile(r"(<!-- benchmark:(\w+) -->\n).*?(<!-- /benchmark -->)", re.DOTALL)
DEVICE_SECTION = re.compile(r"(<!-- device:(\w+) -->\n).*?(<!-- /device -->)", re.DOTALL)
SUMMARY_SECTION = re.compile(r"(<!-- summary -->\n).*?(<!-- /summary -->)", re.DOTALL)

AUTO_SECTION = re.compile(r"(<!-- auto -->\n).*?(<!-- /auto -->)", re.DOTALL)
CHOICE_SECTION = re.compile(r"(<!-- choice -->\n).*?(<!-- /choice -->)", re.DOTALL)

SUMMARY = (
    ("node2vec, BlogCatalog", "many_graphs", "BlogCatalog, p = 1, q = 1", ("PecanPy + gensim",)),
    ("node2vec, Cora", "many_graphs", "Cora, p = 1, q = 1", ("PecanPy + gensim",)),
    ("LINE, BlogCatalog", "line", "second order", ("authors' C++, 2 threads",)),
    ("FastRP, BlogCatalog", "fastrp", "d = 512", ("authors' Python", "fastrp (Rust), columns scaled")),
    ("core numbers, 20 M edges", "cores", "R-MAT, 2,097,152 nodes", ("networkit", "igraph")),
    ("personalised PageRank", "ppr", "cnr-2000, directed, 1,000 sources", ("torch_geometric",)),
    ("nearest neighbours, k = 15", "knn", "k = 15", ("pynndescent", "FAISS HNSW")),
    ("nearest neighbours, k = 150", "knn", "k = 150", ("pynndescent", "FAISS HNSW")),
    ("a map of 70,000 vectors", "largevis", "Fashion-MNIST", ("umap-learn", "PaCMAP")),
    ("a map of WordNet, a graph of 117,659 nodes", "layout", "WordNet", ()),
    ("reading 100 MB of edges", "read_edges", "R-MAT, undirected, 100 MB", ("networkit", "igraph")),
    ("scoring vectors", "evaluation", "BlogCatalog, d = 128", ("scikit-learn, liblinear",)),
)
"""Work, case, words in the name of one part, and the contenders whose times stand in the summary."""

CHOICES = {
    "node2vec, p = q = 1": (", p = 1, q = 1", "graphkit"),
    "node2vec, p = q = 0.25": (", p = 0.25, q = 0.25", "graphkit"),
    "DeepWalk, 80 walks of 40": (", p = 1, q = 1", "graphkit DeepWalk, 80 walks of 40"),
    "PecanPy + gensim, p = q = 1": (", p = 1, q = 1", "PecanPy + gensim"),
}
"""Column, end of the part's name and contender, of the table that helps to choose a method."""

HEADINGS = {
    "seconds": "time",
    "cpu_seconds": "CPU seconds",
    "row_ratio": "longest row / median",
    "peak_mb": "peak memory",
    "extra_mb": "memory beyond the input",
    "tree_mb": "memory of its own",
    "micro_f1": "micro-F1",
    "macro_f1": "macro-F1",
    **{f"{a}_f1_{r}": f"{a}-F1, {r} %" for a in ("micro", "macro") for r in (10, 50, 90)},
    "steps_per_s": "steps a second",
    "walks_per_s": "walks a second",
    "steps_checked": "steps checked",
    "samples_per_s": "samples a second",
    "ns_per_pair": "ns a pair",
    "ns_per_entry": "ns an entry",
    "square_error": "squared relative error",
    "wrong_per_million": "wrong steps in a million",
    "paper_f1": "F1, the paper's protocol",
    "auc": "AUC, held-out edges",
    "mrr": "MRR",
    "direction": "AUC, arcs beside their reverses",
    "precision": "precision, %",
    "l1_error": "sum of differences",
    "map_accuracy": "accuracy of map neighbours",
    "moved_percent": "nodes moved, %",
    "neighbor_preservation": "neighbours kept",
    "trustworthiness": "trustworthiness",
    "recall": "recall",
    "conductance": "conductance",
    "f1": "F1",
    "foretold_over_taken": "time foretold / taken",
    "residual": "residual",
    "edges_percent": "edges left, %",
    "ms_a_seed": "ms a seed",
    "kb_a_seed": "kB read a seed",
    "condition": "relative condition number",
}


def rewritten(page: str) -> str:
    """The page with every marked table as the results have it."""
    page = SECTION.sub(lambda match: match[1] + tables(csv_rows.read(match[2])) + match[3], page)
    page = CHOICE_SECTION.sub(lambda match: match[1] + choice() + match[2], page)
    page = SUMMARY_SECTION.sub(lambda match: match[1] + summary() + match[2], page)
    page = AUTO_SECTION.sub(lambda match: match[1] + auto_rule.table() + match[2], page)
    return DEVICE_SECTION.sub(lambda match: match[1] + device_tables.tables(match[2]) + match[3], page)


def summary() -> str:
    """Our time of the main parts, and how many times as long others took."""
    lines = [_line(["work", "graphkit", "others, in our time"]), _line(["---", "---:", "---"])]
    for work, case, part, contenders in SUMMARY:
        rows = [row for row in csv_rows.read(case) if part in row["part"] and row["quantity"] == "seconds"]
        rows = [row for row in rows if row["part"] == rows[0]["part"]]
        ratios = {row["contender"]: float(row["ratio"]) for row in rows}
        others = ", ".join(f"{name} × {_three_digits(ratios[name])}" for name in contenders)
        lines.append(_line([work, _seconds(float(rows[0]["median"])), others]))
    return "\n".join(lines) + "\n"


def choice() -> str:
    """Graphs down, settings across: micro-F1 with half of the labelled nodes known, and the time."""
    rows = csv_rows.read("many_graphs")
    found = {((row["part"], row["contender"]), row["quantity"]): float(row["median"]) for row in rows}
    graphs = sorted({row["part"].partition(",")[0] for row in rows})
    lines = [_line(["graph", *CHOICES]), _line(["---"] + ["---:"] * len(CHOICES))]
    for graph in graphs:
        cells = [
            f"{found[key, 'micro_f1_50']:.1f} in {_seconds(found[key, 'seconds'])}"
            for key in ((graph + part, name) for part, name in CHOICES.values())
        ]
        lines.append(_line([graph, *cells]))
    return "\n".join([*lines, "", provenance(rows)]) + "\n"


def tables(rows: list[Row]) -> str:
    """One table a part, and a line on where it was measured."""
    blocks = [table(part, list(group)) for part, group in groupby(rows, key=lambda row: row["part"])]
    return "\n".join([*blocks, provenance(rows)]) + "\n"


def table(part: str, rows: list[Row]) -> str:
    """Contenders down, quantities across: median and range."""
    quantities = list(dict.fromkeys(row["quantity"] for row in rows))
    cells = {(row["contender"], row["quantity"]): row for row in rows}
    contenders = list(dict.fromkeys(row["contender"] for row in rows))
    head = [part, *(heading for q in quantities for heading in _headings(q))]
    lines = [_line(head), _line(["---"] + ["---:"] * (len(head) - 1))]
    for contender in contenders:
        found = [cells.get((contender, quantity)) for quantity in quantities]
        lines.append(
            _line([contender, *(text for row, q in zip(found, quantities) for text in _cells(row, q))])
        )
    return "\n".join(lines) + "\n"


def provenance(rows: list[Row]) -> str:
    """Machine, versions and commit of the results, which must be one run's."""
    versions = sorted({version for row in rows for version in row["versions"].split()})
    row = rows[0]
    return (
        f"Median of {row['repeats']} runs, in turn (range in brackets); {row['cpu']}, {row['cores']} cores, "
        f"{row['threads']} threads; {', '.join(v.replace('=', ' ') for v in versions)}; "
        f"commit {row['commit']}, {row['date']}."
    )


def _headings(quantity: str) -> list[str]:
    heading = HEADINGS.get(quantity, quantity)
    return [heading, "× graphkit"] if quantity == "seconds" else [heading]


def _cells(row: Row | None, quantity: str) -> list[str]:
    if row is None:
        return [""] * len(_headings(quantity))
    low, middle, high = (float(row[key]) for key in ("min", "median", "max"))
    if quantity == "seconds":
        return [f"{_seconds(middle)} [{_seconds(low)}, {_seconds(high)}]", f"{float(row['ratio']):.2f}"]
    if quantity.endswith("_mb"):
        return [f"{middle:,.0f} MB"]
    if quantity.endswith("_per_s"):
        return [f"{_three_digits(middle / 1e6)} M [{_three_digits(low / 1e6)}, {_three_digits(high / 1e6)}]"]
    if quantity in ("steps", "pairs", "walks", "steps_checked"):
        return [f"{middle:,.0f}"]
    if quantity in ("square_error", "ns_per_entry"):
        return [f"{_three_digits(middle)} [{_three_digits(low)}, {_three_digits(high)}]"]
    if quantity == "l1_error":
        return [f"{high:.1e}"]
    if quantity == "cpu_seconds" and middle < 0.1:
        return [f"{_seconds(middle)} [{_seconds(low)}, {_seconds(high)}]"]
    if quantity in ("map_accuracy", "trustworthiness", "recall", "conductance"):
        return [f"{middle:.4f}"]
    return [f"{middle:.2f} [{low:.2f}, {high:.2f}]"]


def _seconds(value: float) -> str:
    return f"{_three_digits(value * 1000)} ms" if value < 1 else f"{_three_digits(value)} s"


def _three_digits(value: float) -> str:
    return f"{float(f'{value:.3g}'):g}"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def main(arguments: list[str]) -> None:
    if arguments not in ([], ["--check"]):
        sys.exit("usage: figures.py [--check]")
    for path in PAGES:
        page = path.read_text()
        try:
            wanted = rewritten(page)
        except FileNotFoundError as error:
            sys.exit(f"{path.name} marks a table without results: {error.filename}")
        if not arguments:
            path.write_text(wanted)
        elif page != wanted:
            sys.exit(f"{path.name} differs from benchmarks/results: run `python benchmarks/figures.py`")


if __name__ == "__main__":
    main(sys.argv[1:])
