"""The programs that graphkit is compared with, each in an environment of its own outside the repository.

``python benchmarks/peers.py`` makes all environments, ``python benchmarks/peers.py networkit igraph`` two of
them, in the folder that GRAPHKIT_PEERS names (else ``graphkit-peers`` in the system's folder for temporary
files). An environment that exists is brought up to date. A peer that is a program is found by its path. The
versions measured are part of every result.
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
    # PecanPy itself holds NumPy below 2, hence an environment apart.
    "pecanpy": ["pecanpy", "gensim"],
    "fastnode2vec": ["fastnode2vec"],
    # Its Node2Vec asks gensim for what gensim 4 has renamed, so only the walks of csrgraph run.
    "nodevectors": ["nodevectors", "csrgraph"],
    "grape": ["embiggen", "ensmallen"],
    "pycleora": ["pycleora", "scipy"],
    # The pinned torch as constraints.txt has it: a plain one may bring gigabytes of GPU libraries.
    "pynndescent": ["pynndescent"],
    "annoy": ["annoy", "numpy"],
    "umap": ["umap-learn"],
    "graph-layouts": ["igraph", "networkx", "fa2-modified", "numpy", "scipy"],
    "scikit-network": ["scikit-network", "networkx", "numpy", "scipy"],
    "opentsne": ["openTSNE"],
    "pacmap": ["pacmap"],
    "fast-graph-gp": ["fast-graph-gp", "torch==2.13.0", "scipy"],
    # These and what FROM_SOURCE names.
    "torch-sparse": ["torch==2.13.0", "torch-geometric", "setuptools", "wheel", "ninja"],
}

FROM_SOURCE = {"torch-sparse": ["torch-scatter", "torch-sparse"]}
"""What has no wheels for the torch that is pinned: it is compiled, for minutes, against this one."""

LINE = "line-authors"
"""The authors' LINE, a C++ program of github.com/tangjianpku/LINE."""


class MissingPeer(Exception):
    """A peer is not there."""


def folder() -> Path:
    """Where the environments are."""
    return Path(os.environ.get("GRAPHKIT_PEERS", Path(tempfile.gettempdir()) / "graphkit-peers"))


def interpreter(peer: str) -> Path:
    """The Python that runs `peer`; graphkit, and what runs a program, in the harness's own."""
    if peer in (GRAPHKIT, LINE):
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
    if peer in FROM_SOURCE:
        subprocess.run([*install, "--no-build-isolation", *FROM_SOURCE[peer]], check=True)


def line_program() -> Path:
    """The authors' LINE, which GRAPHKIT_LINE names."""
    path = Path(os.environ.get("GRAPHKIT_LINE", "line"))
    if not path.is_file():
        raise MissingPeer(f"{path} does not exist: GRAPHKIT_LINE names the program of tangjianpku/LINE")
    return path


def main(names: list[str]) -> None:
    unknown = sorted(set(names) - set(REQUIREMENTS))
    if unknown:
        sys.exit(f"unknown peers {', '.join(unknown)}; choose from {', '.join(REQUIREMENTS)}")
    for peer in names or REQUIREMENTS:
        make(peer)
        print(f"{peer}: {interpreter(peer)}")


if __name__ == "__main__":
    main(sys.argv[1:])
