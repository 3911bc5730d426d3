"""A graph neural network on Cora, trained on subgraphs of bounded scope: python examples/shadow_cora.py

Cora is the data set of ``graphkit.datasets``, edges and labels: GRAPHKIT_DATA names the folder of its files.
Each node's vector comes from FastRP, which sees no label, with its return probabilities; a network of four
layers then sees, for each target, the 40 nodes that matter most to it. Seconds on one core.
"""

import numpy as np
import torch
from torch_geometric.data import Batch
from torch_geometric.nn import SAGEConv, global_mean_pool
from torch_geometric.transforms import Compose

import graphkit as gk
from graphkit.pyg import AddEmbedding, AddReturnProbabilities, ShaDowLoader

EPOCHS, LAYERS, WIDTH = 10, 4, 64


class Network(torch.nn.Module):
    """Four layers within each subgraph, then the target's row beside the subgraph's mean."""

    def __init__(self, num_features: int, num_classes: int):
        super().__init__()
        widths = [num_features] + [WIDTH] * LAYERS
        self.layers = torch.nn.ModuleList(map(SAGEConv, widths, widths[1:]))
        self.readout = torch.nn.Linear(2 * WIDTH, num_classes)

    def forward(self, batch: Batch) -> torch.Tensor:
        """Return a score for each class, [num_targets, num_classes]."""
        x = batch.x
        for layer in self.layers:
            x = torch.nn.functional.dropout(layer(x, batch.edge_index).relu(), 0.3, self.training)
        return self.readout(torch.cat([x[batch.root_n_id], global_mean_pool(x, batch.batch)], dim=1))


def main() -> None:
    """Train, and tell the accuracy on nodes that training has not seen."""
    torch.manual_seed(0)
    # Tensors are small: more threads would wait for each other.
    torch.set_num_threads(1)
    cora = gk.datasets.load("cora")
    describe = Compose([AddEmbedding("fastrp", dim=128, seed=1), AddReturnProbabilities(attr_name=None)])
    data = describe(cora.graph.to_pyg())
    data.y = torch.from_numpy(cora.labels.toarray().argmax(axis=1))

    order = np.random.default_rng(0).permutation(data.num_nodes)
    training, test = np.split(order, [data.num_nodes // 5])
    loader = ShaDowLoader(data, training, size=40, batch_size=64, shuffle=True, seed=1)
    network = Network(data.num_features, int(data.y.max()) + 1)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.003, weight_decay=5e-4)
    for epoch in range(EPOCHS):
        network.train()
        losses = []
        for batch in loader:
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(network(batch), batch.y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        if epoch % 2:
            print(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}")

    network.eval()
    with torch.no_grad():
        right = [
            (network(batch).argmax(dim=1) == batch.y).float()
            for batch in ShaDowLoader(data, test, size=40, batch_size=512)
        ]
    print(
        f"accuracy on {len(test):,} test nodes, {len(training)} for training: {torch.cat(right).mean():.3f}"
    )


if __name__ == "__main__":
    main()
