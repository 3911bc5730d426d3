"""
A map of a million points
=========================

Vectors from anywhere, a model of language or of pictures, become a map. The example takes 10,000
points so that it runs in a moment; ``GALLERY_POINTS=1000000`` in the environment makes it a
million, with the same lines.
"""

import os

import numpy as np

import graphkit as gk
from graphkit.maps import MapFrame, draw_map

num_points = int(os.environ.get("GALLERY_POINTS", "6000"))

# %%
# Vectors to look at: clusters within clusters, of very different sizes, in 64 dimensions.
draw = np.random.default_rng(1)
families = draw.normal(0, 6, (8, 64))
kinds = np.repeat(families, 8, axis=0) + draw.normal(0, 2.5, (64, 64))
kind = draw.choice(64, num_points, p=draw.dirichlet(np.ones(64)))
vectors = (kinds[kind] + draw.normal(0, 1, (num_points, 64))).astype(np.float32)

# %%
# The neighbours are searched to a recall that is asked for, and what was reached is measured.
neighbors = gk.knn_graph(vectors, k=30, recall=0.95)
print(f"recall {neighbors.recall:.3f}")

# %%
positions = gk.LargeVis(seed=1, perplexity=10).fit_transform(neighbors)
family = np.array([f"family {number + 1}" for number in range(8)])[kind // 8]
frame = MapFrame(np.arange(num_points), positions, {"family": family})
draw_map(frame, "points.png", color="family", title=f"{num_points:,} points")

# %%
# Did the map keep who is near whom? On a sample of the points, against all others:
print(gk.evaluation.map_quality(vectors, positions, sample=500, seed=1))
