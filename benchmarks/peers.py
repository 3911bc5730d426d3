"""The programs that graphkit is compared with, each in an environment of its own outside the repository.

``python benchmarks/peers.py`` makes all environments, ``python benchmarks/peers.py networkit igraph`` two of
them, in the folder that GRAPHKIT_PEERS names (else ``graphkit-peers`` in the system's folder for temporary
files). An environment that exists is brought up to date. The versions measured are part of every result.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

GRAPHKIT = "graphkit"

REQUIREMENTS = {
    # The authors' FastRP, scipy's CSR and the usual evaluation are all calls of these three.
    "scikit-learn": ["numpy", "scipy", "scikit-learn"],
    "fastrp": ["fastrp[sparse]"],
    "networkit": ["networkit"],
    "igraph": ["igraph", "numpy"],
    "polars": ["polars", "numpy", "scipy"],
}


class MissingPeer(Exception):
    """A peer's environment has not been made."""


def folder() -> Path:
    """Where the environments are."""
    return Path(os.environ.get("GRAPHKIT_PEERS", Path(tempfile.gettempdir()) / "graphkit-peers"))


def interpreter(peer: str) -> Path:
    """The Python that runs `peer`; graphkit runs in the harness's own."""
    if peer == GRAPHKIT:
        return Path(sys.executable)
    path = folder() / peer / "bin" / "python"
    if not path.exists():
        raise MissingPeer(f"{path} does not exist: make it with `python benchmarks/peers.py {peer}`")
    return path


def make(peer: str) -> None:
    """Make or update the environment of `peer`, with the Python that runs this."""
    place = folder() / peer
    if not (place / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
    install = [place / "bin" / "python", "-m", "pip", "install", "--quiet", "--upgrade"]
    subprocess.run([*install, *REQUIREMENTS[peer]], check=True)


def main(names: list[str]) -> None:
    unknown = sorted(set(names) - set(REQUIREMENTS))
    if unknown:
        sys.exit(f"unknown peers {', '.join(unknown)}; choose from {', '.join(REQUIREMENTS)}")
    for peer in names or REQUIREMENTS:
        make(peer)
        print(f"{peer}: {interpreter(peer)}")


if __name__ == "__main__":
    main(sys.argv[1:])
