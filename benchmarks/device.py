"""Measure the GPU kernels on the machine at hand: its limits, whether the bits are right, how fast it is.

    PYTHONPATH=. python benchmarks/device.py results.json

From a bare checkout, on graphs that it makes itself, in less than ten minutes; BlogCatalog is read from the
folder that GRAPHKIT_DATA names, if it is there. A table goes to the terminal.
What is done is in the file even if a later part fails, and the parts behind that one are done all the same.
Every rate stands beside the prediction that was written down before the first run.
"""

from __future__ import annotations

import argparse
import json
import platform
from pathlib import Path
from typing import Any

import device_ceilings
import device_map_rates
import device_parts_rates
import device_propagation_rates
import device_quality
import device_results
import device_tensor_rates
import device_training_checks
import device_training_rates
import device_walk_checks
import device_walk_rates
import machine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path, help="where to write the results, JSON")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it works")
    parser.add_argument("--sweep", action="store_true", help="other shapes of programs too")
    parser.add_argument("--only", nargs="+", metavar="PART", help="these parts alone, the rest as it was")
    options = parser.parse_args()
    results: dict[str, Any] = {"machine": describe()}
    parts = {
        "ceilings": lambda: device_ceilings.measure(quick=options.quick),
        "checks": lambda: device_walk_checks.check(quick=options.quick),
        "training_checks": lambda: device_training_checks.check(quick=options.quick),
        "walks": lambda: device_walk_rates.measure(quick=options.quick, sweep=options.sweep),
        "propagation": lambda: device_propagation_rates.measure(quick=options.quick),
        "tensors": lambda: device_tensor_rates.measure(quick=options.quick),
        "training": lambda: device_training_rates.measure(quick=options.quick, sweep=options.sweep),
        "parts": lambda: device_parts_rates.measure(quick=options.quick),
        "maps": lambda: device_map_rates.measure(quick=options.quick),
        "quality": lambda: device_quality.measure(quick=options.quick),
    }
    if options.only and options.output.exists():
        results = json.loads(options.output.read_text()) | results
    asked = {name: part for name, part in parts.items() if not options.only or name in options.only}
    device_results.measure_parts(asked, results, options.output)
    print(json.dumps(results["machine"]), json.dumps(results["seconds"]))
    raise SystemExit(device_results.complaint(results, ("checks", "training_checks", "tensors")) or 0)


def describe() -> dict[str, str]:
    """What was measured, and with what."""
    import numba
    import torch
    import triton

    from graphkit.gpu.backend import usable_device

    device = usable_device()
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "Triton's interpreter"
    return {
        "device": name,
        "torch": torch.__version__,
        "cuda": str(torch.version.cuda or torch.version.hip),
        "triton": triton.__version__,
        "numba": numba.__version__,
        "python": platform.python_version(),
        **machine.describe(machine_threads()),
    }


def machine_threads() -> int:
    from graphkit.parallel import resolve_threads

    return resolve_threads()


if __name__ == "__main__":
    main()
