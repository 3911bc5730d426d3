"""
Purchases into a scikit-learn pipeline
======================================

A shop has a table of purchases and a table of customers. Vectors of the graph of customers and
products say what the customer table does not: who buys like whom. They become columns of an
ordinary pipeline.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import RocCurveDisplay
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import graphkit as gk

draw = np.random.default_rng(3)
num_customers, num_products, num_tastes = 800, 120, 4
taste = draw.integers(0, num_tastes, num_customers)
customer = draw.integers(0, num_customers, 9_000)
by_taste = taste[customer] * (num_products // num_tastes) + draw.integers(
    0, num_products // num_tastes, 9_000
)
product = np.where(draw.random(9_000) < 0.6, by_taste, draw.integers(0, num_products, 9_000))

# Two columns of the customer table, which say little of what is asked for.
age, years = draw.normal(45, 12, num_customers), draw.exponential(3, num_customers)
subscribes = draw.random(num_customers) < np.where(np.isin(taste, (0, 2)), 0.8, 0.2)

# %%
# Customer 1 and product 1 are two nodes: ``bipartite=True`` keeps the columns apart. Repeated
# purchases are one edge whose weight is their number.
shop = gk.as_graph((customer, product, np.ones(len(customer))), bipartite=True)
print(shop)
print(shop.node_ids[:3], shop.node_ids[-3:])

# %%
# Rows of an `Embedding` are found by their ids, in the order of the customer table. A customer
# who bought nothing is no node yet; ``nodes=`` would name all of them.
vectors = gk.embed(shop, method="fastrp", dim=32, seed=1)
bought = vectors[[f"source:{number}" for number in range(num_customers)]]

table = np.column_stack([age, years])
train, test = train_test_split(np.arange(num_customers), test_size=0.5, random_state=0, stratify=subscribes)

figure, axes = plt.subplots(figsize=(5, 5))
for name, columns in {"age and years": table, "and what they bought": np.hstack([table, bought])}.items():
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    model.fit(columns[train], subscribes[train])
    RocCurveDisplay.from_estimator(model, columns[test], subscribes[test], name=name, ax=axes)
axes.plot([0, 1], [0, 1], color="#bbbbbb", linewidth=1)
figure.tight_layout()

# %%
# Where vectors are all there is, `NodeVectors` is the first step of the pipeline itself, and a
# search over parameters reaches the method.
ids = np.array([f"source:{number}" for number in range(num_customers)])
whole = make_pipeline(gk.NodeVectors(shop, gk.FastRP(dim=32, seed=1)), StandardScaler(), LogisticRegression())
print(f"{whole.fit(ids[train], subscribes[train]).score(ids[test], subscribes[test]):.2f} right")

# %%
# The vectors saw all purchases, of test customers too, but no answer of theirs: that is allowed
# here, as the purchases are known when the question is asked. Where links themselves are
# predicted it is not: see the example on predicting links.
