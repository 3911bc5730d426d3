"""
Predicting links without fooling oneself
========================================

A test edge that the vectors have seen makes any method look good. `split_edges` takes edges out
before anything is computed, draws pairs without an edge to stand against them, and the evaluation
refuses vectors of a graph that still has them.
"""

import matplotlib.pyplot as plt

import graphkit as gk
from graphkit.evaluation import link_prediction, link_ranking, split_edges

blocks = [[0.5 if i == j else 0.004 for j in range(40)] for i in range(40)]
graph = gk.datasets.generators.stochastic_block_model([20] * 40, blocks, seed=1).graph
split = split_edges(graph, test_ratio=0.2, negatives="degree", seed=1)
print(split)

# %%
# How two vectors become the score of a pair matters as much as the method.
vectors = gk.embed(split.train_graph, method="netmf", dim=32, seed=1)
result = link_prediction(vectors, split, operator=["hadamard", "l2", "cosine", "inner"])
print(result)

# %%
# Harder negatives give lower scores for the very same vectors: two figures compare only if their
# negatives do.
auc = {}
for negatives in ("uniform", "degree", "two-hop"):
    harder = split_edges(graph, test_ratio=0.2, negatives=negatives, seed=1)
    found = gk.embed(harder.train_graph, method="netmf", dim=32, seed=1)
    auc[negatives] = link_prediction(found, harder, operator="hadamard").auc[0]

figure, axes = plt.subplots(figsize=(6, 2.6))
axes.barh(list(auc), list(auc.values()), color="#1f5fa8")
axes.set(xlim=(0.5, 1), xlabel="AUC, the same vectors", ylabel="negatives")
figure.tight_layout()

# %%
# Ranking each true partner among candidates is what a recommender does.
print(link_ranking(vectors, split, operator="cosine", num_candidates=None))

# %%
# At last, of the whole graph, the pairs that look most like edges and are none.
whole = gk.embed(graph, method="netmf", dim=32, seed=1)
print(list(gk.predict_links(whole, graph, k=5)))
