"""
Cores of a network
==================

The k-core is what is left when nodes of fewer than k links are taken away until there are none.
Core numbers tell a network's centre from its fringe in a time that hardly counts, and any method
can embed the core alone and be carried outwards.
"""

import matplotlib.pyplot as plt
import numpy as np

import graphkit as gk
from graphkit.maps import MapFrame, draw_map

graph = gk.datasets.generators.rmat(11, 12_000, seed=1).largest_component()
core = gk.core_numbers(graph)
print(graph, "deepest core", core.max())

# %%
# Degree is not depth: a hub whose neighbours are leaves has a low core number.
figure, axes = plt.subplots(figsize=(6, 3.6))
axes.scatter(graph.degree, core, s=6, color="#1f5fa8")
axes.set(xscale="log", xlabel="degree", ylabel="core number")
figure.tight_layout()

# %%
# `KCoreEmbedding` trains on the core, where walks are few, and carries the vectors outwards.
inner = gk.k_core(graph, 6)
print(f"{inner.num_nodes} of {graph.num_nodes} nodes are trained")
model = gk.KCoreEmbedding(k=6, dim=32, settings=["walk_length=20", "window=5"], seed=1)
vectors = model.fit_transform(graph)

# %%
positions = gk.LargeVis(seed=1, samples_per_node=2_000).fit_transform(graph)
draw_map(MapFrame.of_graph(graph, positions), "cores.png", color="core", title="Core numbers")

# %%
share = np.bincount(core) / len(core)
print({int(k): f"{part:.1%}" for k, part in enumerate(share) if part > 0.05})
