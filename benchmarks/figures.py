"""The tables of README.md from benchmarks/results/*.csv, and those of GPUs from what `device.py` wrote there.

``python benchmarks/figures.py`` rewrites what stands between ``<!-- benchmark:CASE -->`` and
``<!-- /benchmark -->``, and between ``<!-- device:NAME -->`` and ``<!-- /device -->``; with ``--check`` it
changes nothing and fails when the page and the results differ.
"""

from __future__ import annotations

import re
import sys
from itertools import groupby
from pathlib import Path

import csv_rows
import device_tables
from csv_rows import Row

README = Path(__file__).parent.parent / "README.md"
SECTION = re.compile(r"(<!-- benchmark:(\w+) -->\n).*?(<!-- /benchmark -->)", re.DOTALL)
DEVICE_SECTION = re.compile(r"(<!-- device:(\w+) -->\n).*?(<!-- /device -->)", re.DOTALL)

HEADINGS = {
    "seconds": "time",
    "peak_mb": "peak memory",
    "extra_mb": "memory beyond the graph",
    "micro_f1": "micro-F1",
    "macro_f1": "macro-F1",
    **{f"{a}_f1_{r}": f"{a}-F1, {r} %" for a in ("micro", "macro") for r in (10, 50, 90)},
    "steps_per_s": "steps a second",
    "samples_per_s": "samples a second",
    "ns_per_pair": "ns a pair",
    "ns_per_entry": "ns an entry",
    "square_error": "squared relative error",
    "wrong_per_million": "wrong steps in a million",
    "paper_f1": "F1, the paper's protocol",
    "auc": "AUC, held-out edges",
    "precision": "precision, %",
    "map_accuracy": "accuracy of map neighbours",
    "trustworthiness": "trustworthiness",
    "recall": "recall",
}


def rewritten(page: str) -> str:
    """The page with every marked table as the results have it."""
    page = SECTION.sub(lambda match: match[1] + tables(csv_rows.read(match[2])) + match[3], page)
    return DEVICE_SECTION.sub(lambda match: match[1] + device_tables.tables(match[2]) + match[3], page)


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
    if quantity in ("steps", "pairs"):
        return [f"{middle:,.0f}"]
    if quantity in ("square_error", "ns_per_entry"):
        return [f"{_three_digits(middle)} [{_three_digits(low)}, {_three_digits(high)}]"]
    if quantity in ("map_accuracy", "trustworthiness", "recall"):
        return [f"{middle:.4f}"]
    return [f"{middle:.2f} [{low:.2f}, {high:.2f}]"]


def _seconds(value: float) -> str:
    return f"{_three_digits(value * 1000)} ms" if value < 1 else f"{_three_digits(value)} s"


def _three_digits(value: float) -> str:
    return f"{float(f'{value:.3g}'):g}"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def main(arguments: list[str]) -> None:
    page = README.read_text()
    try:
        wanted = rewritten(page)
    except FileNotFoundError as error:
        sys.exit(f"README.md marks a table without results: {error.filename}")
    if arguments == ["--check"]:
        if page != wanted:
            sys.exit("README.md differs from benchmarks/results: run `python benchmarks/figures.py`")
    elif arguments:
        sys.exit("usage: figures.py [--check]")
    else:
        README.write_text(wanted)


if __name__ == "__main__":
    main(sys.argv[1:])
