"""
Proteins: what weights are worth
================================

Interactions of proteins come with a confidence. node2vec walks along edges in proportion to it, and
with ``extend=True`` (node2vec+) it also tells strong neighbours of the previous node from weak
ones. Here functions of proteins are predicted from their vectors, with the confidences and without.

The network is generated so that the example runs anywhere: twelve functions, proteins with one to
three of them, true interactions with a high confidence and as many spurious ones with a low one.
"""

import matplotlib.pyplot as plt
import numpy as np

import graphkit as gk

draw = np.random.default_rng(0)
num_proteins, num_functions = 600, 12
functions = np.zeros((num_proteins, num_functions), bool)
for protein in range(num_proteins):
    functions[protein, draw.choice(num_functions, draw.integers(1, 4), replace=False)] = True

pairs = draw.integers(0, num_proteins, (60_000, 2))
shared = (functions[pairs[:, 0]] & functions[pairs[:, 1]]).sum(axis=1)
true = pairs[draw.random(len(pairs)) < 0.06 * shared]
spurious = draw.integers(0, num_proteins, (len(true), 2))
confidence = np.concatenate([draw.beta(6, 2, len(true)), draw.beta(2, 6, len(spurious))])

names = np.array([f"P{number:05}" for number in range(num_proteins)])
edges = names[np.concatenate([true, spurious])]
network = gk.Graph.from_edges(edges, weights=confidence, node_ids=names, self_loops="drop")
network

# %%
# One set of vectors that sees the confidences, one of the same edges without them.
settings = {"dim": 32, "walks_per_node": 10, "walk_length": 40, "window": 5, "seed": 1}
unweighted = gk.Graph.from_edges(edges, node_ids=names, self_loops="drop")
vectors = {
    "without": gk.Node2Vec(**settings).embed(unweighted),
    "weights": gk.Node2Vec(**settings).embed(network),
    "weights, extend": gk.Node2Vec(**settings, extend=True).embed(network),
}

# %%
# Proteins have several functions. The protocol ``"threshold"`` predicts each function whose
# probability is above one half; ``"top-k"``, which most papers report, is told how many functions
# each protein has.
scores = {
    name: gk.evaluation.node_classification(found, functions, protocol="threshold", shuffles=3)
    for name, found in vectors.items()
}
print(scores["weights, extend"])

# %%
figure, axes = plt.subplots(figsize=(6, 3))
axes.barh(list(scores), [score.micro_f1.mean() for score in scores.values()], color="#1f5fa8")
axes.set_xlabel("micro-F1, half of the proteins known")
figure.tight_layout()

# %%
# Functions of proteins that have none yet: `predict_labels` learns from those that are annotated
# and gives a probability to each answer.
annotated = {
    str(name): [f"F{function}" for function in np.flatnonzero(row)]
    for name, row in zip(names[:500], functions[:500])
}
for protein, function, probability in list(gk.predict_labels(vectors["weights, extend"], annotated))[:5]:
    true = [f"F{number}" for number in np.flatnonzero(functions[names == protein][0])]
    print(f"{protein}: {function} with {probability:.2f}; in truth {', '.join(true)}")
