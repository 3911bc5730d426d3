"""One process of a ring: fits in parts by gloo, and saves its vectors."""

import sys

import numpy as np
from torch import distributed

from graphkit import LINE, DeepWalk
from graphkit.datasets.generators import stochastic_block_model
from graphkit.distributed import fit_in_parts

METHODS = {
    "deepwalk": DeepWalk(dim=12, walk_length=15, walks_per_node=3, window=3, seed=5),
    "line": LINE(dim=12, order="second", samples_per_edge=30, seed=5),
}
NUM_PARTS = 4


def graph():
    return stochastic_block_model([40] * 3, np.eye(3) * 0.3 + 0.02, seed=1).graph


def main(rank, size, store, output):
    distributed.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=size)
    fitted = {name: fit_in_parts(method, graph(), num_parts=NUM_PARTS) for name, method in METHODS.items()}
    arrays = {}
    for name, method in fitted.items():
        arrays |= {
            f"{name} centers": method.embedding_,
            f"{name} contexts": method.context_embedding_,
            f"{name} record": np.array([method.pairs_, method.loss_]),
        }
    np.savez(f"{output}{rank}.npz", **arrays)
    distributed.destroy_process_group()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
