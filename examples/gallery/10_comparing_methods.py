"""
Which method for my graph?
==========================

No method is best on every graph. `graphkit.compare` runs those you name, or all, on yours: quality
under one protocol, time and memory, with the command that repeats each. Nothing leaks: for links,
each method embeds the graph without the test edges.
"""

import graphkit as gk

blocks = [[0.3 if i == j else 0.015 for j in range(20)] for i in range(20)]
data = gk.datasets.generators.stochastic_block_model([25] * 20, blocks, seed=2)

result = gk.compare(
    data.graph, data.labels, methods=["fastrp", "spectral", "netmf", "deepwalk"], dim=32, runs=2, seed=1
)
print(result)

# %%
# Quality against time, with the spread over runs.
result.draw("comparison.png")

# %%
# A method with parameters of its own takes part as an object.
again = gk.compare(
    data.graph,
    data.labels,
    methods=[gk.FastRP(dim=32, weights=[0, 1, 1, 1]), gk.FastRP(dim=32, weights=[0, 0, 1, 1, 1, 1])],
    runs=2,
    seed=1,
)
print(again)
