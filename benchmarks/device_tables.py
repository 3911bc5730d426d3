"""README's table of a GPU, from what `device.py` wrote; parts that it has not measured are left out."""

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
    cells += [*map(_training, results.get("training", [])), *map(_parts, results.get("parts", []))]
    cells += [*map(_map, results.get("maps", []))]
    cells += map(_quality, results.get("quality", []))
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


def _training(row: dict[str, Any]) -> list[str]:
    if "seconds_of_the_whole_job" in row:
        done = f"{row['share_of_the_job']:.0%} of it were run"
        return [f"{row['what']}, 19.8 G positives", f"{row['seconds_of_the_whole_job']:.1f} s", done, ""]
    return [
        f"skip-gram, {row['what']}, 128 columns",
        f"{row['positives_per_s'] / 1e9:.2f} G positives/s",
        f"{row['share_of_ceiling']:.0%} of rows read and added to",
        f"torch eager {row['torch_eager'] / 1e9:.3f} G/s" if "torch_eager" in row else "",
    ]


def _parts(row: dict[str, Any]) -> list[str]:
    return [
        f"skip-gram, {row['what']}, 128 columns",
        f"{row['positives_per_s_made_before'] / 1e9:.2f} G positives/s",
        "",
        f"{row['positives_per_s'] / 1e9:.2f} G/s with pairs made by {row['threads']} threads",
    ]


def _map(row: dict[str, Any]) -> list[str]:
    if "moves_per_s" in row:
        eager = f"torch eager {row['torch_eager_moves_per_s'] / 1e9:.2f} G/s"
        return [row["what"], f"{row['moves_per_s'] / 1e9:.2f} G moves/s", "", eager]
    eager = f"torch eager {row['seconds_of_torch_eager']:.2f} s" if "seconds_of_torch_eager" in row else ""
    return [row["what"], "", "", f"{row['seconds']:.2f} s; {eager}".rstrip("; ")]


def _quality(row: dict[str, Any]) -> list[str]:
    scores = f"micro-F1 {row['micro_f1_gpu']:.1f}, on the CPU {row['micro_f1_cpu']:.1f}"
    return [f"{row['method']}, {row['graph']}", scores, "", f"{row['seconds_gpu']:.1f} s"]


def _provenance(machine: dict[str, str]) -> str:
    return (
        f"{machine['device']}; torch {machine['torch']}, triton {machine['triton']}, CUDA {machine['cuda']}; "
        f"commit {machine['commit']}, {machine['date']}."
    )
