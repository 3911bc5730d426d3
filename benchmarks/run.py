"""Run benchmarks: ``python benchmarks/run.py CASE...``, each rewriting benchmarks/results/CASE.csv.

Make the peers' environments first (``python benchmarks/peers.py``) and set GRAPHKIT_DATA for the cases on
real graphs. A case whose results are wrong is not timed and leaves its old results as they are. ``--quick``
runs everything at a size of seconds and writes nothing.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

import csv_rows
import machine
from contender import ContenderFailed
from inputs import MissingInput
from measure import CheckFailed, Measurement, measure
from peers import MissingPeer

CASES = sorted(path.stem for path in (Path(__file__).parent / "cases").glob("[a-z]*.py"))


def main() -> None:
    options = _options()
    failed = [case for case in options.cases if not run_case(case, options)]
    if failed:
        sys.exit(f"not measured: {', '.join(failed)}")


def run_case(case: str, options: argparse.Namespace) -> bool:
    """Measure every part of `case`; say why when it cannot be."""
    measurements: list[Measurement] = []
    try:
        for part in importlib.import_module(f"cases.{case}").parts(quick=options.quick):
            if options.part not in part.name:
                continue
            measurements += measure(part, options.repeats, options.threads)
            _print([m for m in measurements if m.part == part.name], case)
    except (CheckFailed, ContenderFailed, MissingPeer, MissingInput) as error:
        print(f"{case}: {error}", file=sys.stderr)
        return False
    if not options.quick and measurements:
        table = csv_rows.rows(measurements, machine.describe(options.threads))
        print(csv_rows.write(case, table, keep=bool(options.part)))
    return True


def _print(measurements: list[Measurement], case: str) -> None:
    print(f"{case}: {measurements[0].part}")
    for row in csv_rows.rows(measurements, {}):
        spread = f"[{row['min']}, {row['max']}]"
        print(f"  {row['contender']:32} {row['quantity']:9} {row['median']:>9}  {spread:24} ×{row['ratio']}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="+", choices=CASES, metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--repeats", type=int, default=5, help="measurements of each contender (default: 5)")
    parser.add_argument(
        "--threads", type=int, default=os.cpu_count(), help="threads of each contender (default: all)"
    )
    parser.add_argument(
        "--part", default="", help="only parts with this in their name; others keep their rows"
    )
    parser.add_argument("--quick", action="store_true", help="small inputs, nothing written")
    return parser.parse_args()


if __name__ == "__main__":
    main()
