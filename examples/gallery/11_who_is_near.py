"""
Who is near a node: PageRank and vectors
========================================

Two answers to "what is near dog.n.01?" in WordNet. Personalised PageRank counts paths from the word
itself; vectors compare whole neighbourhoods, so that two words are alike whose surroundings are,
linked or not.
"""

import matplotlib.pyplot as plt

import graphkit as gk

wordnet = gk.datasets.load("wordnet").graph
wordnet

# %%
# Forward push touches only what is near, whatever the size of the graph, and says how much it
# left out.
near = gk.PersonalizedPageRank(restart=0.15).top(wordnet, k=12, sources=["dog.n.01"])
ranked = near["dog.n.01"]

figure, axes = plt.subplots(figsize=(6, 4))
axes.barh([name for name, _ in reversed(ranked)], [score for _, score in reversed(ranked)], color="#1f5fa8")
axes.set_xlabel("share of a walk from dog.n.01")
figure.tight_layout()

# %%
vectors = gk.embed(wordnet, method="fastrp", dim=64, seed=1)
for name, similarity in vectors.most_similar("dog.n.01", k=8):
    print(f"{similarity:.3f}  {name}")
