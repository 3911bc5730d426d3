"""
Features for a PyTorch Geometric model
======================================

A graph network needs features, and many graphs have none. `graphkit.pyg.AddEmbedding` is a
transform like any other: it adds a method's vectors to ``data.x``, on the GPU where the edges are,
if there is one.
"""

import matplotlib.pyplot as plt
import torch
from torch.nn.functional import cross_entropy
from torch_geometric.data import Data
from torch_geometric.nn import GCNConv

import graphkit as gk
from graphkit.pyg import AddEmbedding

blocks = [[0.05 if i == j else 0.01 for j in range(4)] for i in range(4)]
known = gk.datasets.generators.stochastic_block_model([100] * 4, blocks, seed=5)
data = known.graph.to_pyg()
data.y = torch.as_tensor(known.labels.toarray().argmax(axis=1))

torch.manual_seed(0)
train = torch.randperm(data.num_nodes)[:40]
test = torch.ones(data.num_nodes, dtype=torch.bool)
test[train] = False


class Network(torch.nn.Module):
    """Two convolutions."""

    def __init__(self, num_features, num_classes):
        super().__init__()
        self.first = GCNConv(num_features, 16)
        self.second = GCNConv(16, num_classes)

    def forward(self, data):
        return self.second(self.first(data.x, data.edge_index).relu(), data.edge_index)


def accuracy(data, epochs=60):
    """Train on ten nodes a class and return the accuracy on all others after each epoch."""
    torch.manual_seed(0)
    network = Network(data.num_features, 4)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02, weight_decay=5e-4)
    course = []
    for _ in range(epochs):
        optimizer.zero_grad()
        scores = network(data)
        cross_entropy(scores[train], data.y[train]).backward()
        optimizer.step()
        course.append((scores.argmax(dim=1) == data.y)[test].float().mean().item())
    return course


# %%
# Random features against vectors of two methods, under the same network.
random = Data(x=torch.randn(data.num_nodes, 32), edge_index=data.edge_index, y=data.y)
courses = {
    "random": accuracy(random),
    "fastrp": accuracy(AddEmbedding("fastrp", dim=32, seed=1)(data)),
    "netmf": accuracy(AddEmbedding("netmf", dim=32, seed=1)(data)),
}

figure, axes = plt.subplots(figsize=(6, 3.5))
for name, course in courses.items():
    axes.plot(course, label=name)
axes.set(xlabel="epoch", ylabel="accuracy, 360 nodes", ylim=(0, 1))
axes.legend(frameon=False)
figure.tight_layout()
