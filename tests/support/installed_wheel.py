"""Run by an environment that holds only the wheel: everything imports, and the main way works."""

import importlib
import pkgutil
import sys

import graphkit

assert "site-packages" in graphkit.__file__, graphkit.__file__
names = [module.name for module in pkgutil.walk_packages(graphkit.__path__, "graphkit.")]
# Triton is an extra.
names = [name for name in names if not name.startswith("graphkit.kernels.gpu.")]
for name in names:
    importlib.import_module(name)
assert not {"kernels", "datasets"} & set(sys.modules), "nothing but graphkit belongs at top level"

graph = graphkit.datasets.load("wordnet").graph
vectors = graphkit.embed(graph, method="fastrp", dim=32, seed=1)
assert vectors.vectors.shape == (graph.num_nodes, 32)
print(f"wheel: {len(names)} modules imported; embedded {graph}")
