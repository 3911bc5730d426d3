"""Measurements as tidy rows in benchmarks/results/<case>.csv: one row a part, contender and quantity."""

from __future__ import annotations

import csv
import statistics
from pathlib import Path

from measure import Measurement

FOLDER = Path(__file__).parent / "results"

Row = dict[str, str]


def rows(measurements: list[Measurement], machine: Row) -> list[Row]:
    """Median and range of each quantity, and the median over that of the part's first contender."""
    baselines: dict[str, Measurement] = {}
    table = []
    for measurement in measurements:
        baseline = baselines.setdefault(measurement.part, measurement)
        for quantity, values in measurement.values.items():
            table.append(_row(measurement, baseline, quantity, values) | machine)
    return table


def _row(measurement: Measurement, baseline: Measurement, quantity: str, values: list[float]) -> Row:
    has_ratio = quantity in baseline.values and baseline.median(quantity) != 0
    return {
        "part": measurement.part,
        "contender": measurement.contender,
        "quantity": quantity,
        "median": f"{statistics.median(values):.6g}",
        "min": f"{min(values):.6g}",
        "max": f"{max(values):.6g}",
        "repeats": str(len(values)),
        "ratio": f"{measurement.median(quantity) / baseline.median(quantity):.4g}" if has_ratio else "",
        "versions": " ".join(f"{name}={version}" for name, version in measurement.versions.items()),
    }


def write(case: str, table: list[Row], folder: Path | None = None, *, keep: bool = False) -> Path:
    """Replace the results of `case`; with `keep` those of the parts that were measured."""
    path = (folder or FOLDER) / f"{case}.csv"
    if keep and path.exists():
        measured = {row["part"] for row in table}
        table = [row for row in read(case, folder) if row["part"] not in measured] + table
    unfinished = path.with_suffix(".csv.part")
    with unfinished.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    unfinished.replace(path)
    return path


def read(case: str, folder: Path | None = None) -> list[Row]:
    """Return the results of `case`."""
    with ((folder or FOLDER) / f"{case}.csv").open(newline="") as file:
        return list(csv.DictReader(file))
