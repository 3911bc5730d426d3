"""
New nodes every day
===================

Yesterday's vectors are in use: in an index, in a model, on a map. Today's nodes get vectors that
fit beside them while every old vector stays as it is, bit for bit.
"""

import matplotlib.pyplot as plt
import numpy as np

import graphkit as gk

blocks = [[0.08 if i == j else 0.002 for j in range(4)] for i in range(4)]
whole = gk.datasets.generators.stochastic_block_model([120] * 4, blocks, seed=4)
group = whole.labels.toarray().argmax(axis=1)

draw = np.random.default_rng(0)
new = np.sort(draw.choice(whole.graph.num_nodes, 60, replace=False))
old = np.setdiff1d(np.arange(whole.graph.num_nodes), new)
yesterday = whole.graph.subgraph(old)
today = whole.graph
print(yesterday, "->", today)

# %%
model = gk.DeepWalk(dim=32, walks_per_node=20, walk_length=40, window=5, seed=1)
before = model.embed(yesterday)
added = model.transform_new(today)
added

# %%
# A classifier that was trained yesterday reads today's vectors.
from sklearn.linear_model import LogisticRegression

trained = LogisticRegression(max_iter=1000).fit(before.vectors, group[before.node_ids])
right = trained.predict(added.vectors) == group[added.node_ids]
print(f"{right.mean():.0%} of {len(right)} new nodes in the right group")

# %%
# A map stays too: `LargeVis.transform` places new vectors among the old ones.
layout = gk.LargeVis(seed=1, perplexity=15)
places = layout.fit_transform(before.vectors)
arrivals = layout.transform(added.vectors)

figure, axes = plt.subplots(figsize=(5, 5))
axes.scatter(*places.T, c=group[before.node_ids], cmap="tab10", s=8, alpha=0.5)
axes.scatter(*arrivals.T, c=group[added.node_ids], cmap="tab10", s=40, edgecolors="black", linewidths=0.8)
axes.set_axis_off()
axes.set_title("Outlined: today's nodes")
figure.tight_layout()
