"""README's table of a GPU, from what `device.py` wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def tables(name: str) -> str:
    """The table of benchmarks/results/device_NAME.json, and a line on where it was measured."""
    results = json.loads((RESULTS / f"device_{name}.json").read_text())
    head = ["work", "on the device", "limit of random reads", "with the way to the host"]
    powers = results["propagation"][0]
    cells = [
        head,
        ["---"] + ["---:"] * 3,
        *map(_walks, results["walks"]),
        [f"FastRP, {powers['what']}", f"{powers['ms']:.1f} ms", "", ""],
        ["the same by torch.sparse", f"{powers['ms_of_torch_sparse']:.1f} ms", "", ""],
    ]
    lines = ["| " + " | ".join(row) + " |" for row in cells]
    differing = sum(row["differing"] for row in results["checks"])
    checked = (
        f"{len(results['checks'])} laws of walks were compared with the CPU's: {differing} nodes differ."
    )
    return "\n".join(lines) + f"\n\n{checked} {_provenance(results['machine'])}\n"


def _walks(row: dict[str, Any]) -> list[str]:
    return [
        f"walks, {row['walks']}, {row['graph']}, {row['nodes']:,} nodes, {row['arcs']:,} arcs",
        f"{row['steps_per_s'] / 1e9:.1f} G steps/s",
        f"{row['sectors_per_s'] / 1e9:.0f} G sectors/s",
        f"{row['steps_per_s_to_host'] / 1e9:.1f} G steps/s",
    ]


def _provenance(machine: dict[str, str]) -> str:
    return (
        f"{machine['device']}; torch {machine['torch']}, triton {machine['triton']}, CUDA {machine['cuda']}; "
        f"commit {machine['commit']}, {machine['date']}."
    )
