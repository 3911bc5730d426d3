"""
Measurements on a mesh: graph kernels and Gaussian processes
============================================================

A quantity is measured with noise at some nodes of a graph. A Gaussian process whose covariance is a
graph kernel says what it is at all others. The kernel is never formed: `RandomFeatures` estimates
it by sparse features from random walks, and solves by conjugate gradients.
"""

import matplotlib.pyplot as plt
import numpy as np

import graphkit as gk

side = 30
mesh = gk.datasets.generators.grid(side, side)
row, column = np.divmod(np.arange(mesh.num_nodes), side)
truth = np.sin(row / 5) + np.cos(column / 7)

draw = np.random.default_rng(1)
seen = draw.choice(mesh.num_nodes, 150, replace=False)
measured = truth[seen] + 0.1 * draw.standard_normal(len(seen))

# %%
# The diffusion kernel exp(-beta L): the larger beta, the further a measurement reaches.
process = gk.RandomFeatures(kernel="diffusion", beta=10, num_walkers=200, p_halt=0.1, seed=1)
kernel = process.fit_features(mesh).kernel_
noise = 0.01 * kernel.diagonal().mean()
mean = kernel.block(columns=seen) @ kernel.block(seen, seen).solve(measured, noise=noise)

others = np.setdiff1d(np.arange(mesh.num_nodes), seen)
print(f"off by {np.sqrt(np.mean((mean - truth)[others] ** 2)):.2f} where nothing was measured")

# %%
shown = np.full(mesh.num_nodes, np.nan)
shown[seen] = measured
figure, panels = plt.subplots(1, 3, figsize=(9, 3.2))
for axes, values, title in zip(panels, (truth, shown, mean), ("truth", "measured", "posterior mean")):
    axes.imshow(values.reshape(side, side), vmin=-2, vmax=2, cmap="RdBu")
    axes.set_title(title)
    axes.set_axis_off()
figure.tight_layout()
