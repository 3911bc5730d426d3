"""
A network in time
=================

Contacts have dates. The simplest account of time that works: a contact counts half as much after
each week, and every week's graph is laid out on the map of the week before, which holds those whose
contacts are the same. What moved on the map has moved in the network.
"""

import matplotlib.pyplot as plt
import numpy as np

import graphkit as gk
from graphkit.maps import MapFrame, write_page

draw = np.random.default_rng(7)
num_people, num_weeks = 240, 4
team = np.repeat(np.arange(4), num_people // 4)
movers = draw.choice(np.flatnonzero(team == 0), 25, replace=False)  # they join team 1 after the first week

contacts = []
for week in range(num_weeks):
    now = team.copy()
    now[movers] = 0 if week == 0 else 1
    pairs = draw.integers(0, num_people, (12_000, 2))
    met = draw.random(len(pairs)) < np.where(now[pairs[:, 0]] == now[pairs[:, 1]], 0.25, 0.01)
    contacts.append(pairs[met])

# %%
figure, panels = plt.subplots(1, num_weeks, figsize=(11, 3.2))
positions, frames = None, []
for week, axes in enumerate(panels):
    edges = np.concatenate(contacts[: week + 1])
    weights = np.concatenate([np.full(len(c), 0.5 ** (week - w)) for w, c in enumerate(contacts[: week + 1])])
    graph = gk.Graph.from_edges(edges, weights=weights, num_nodes=num_people)
    positions = gk.LargeVis(seed=1, samples_per_node=3_000).fit(graph, previous=positions).embedding_
    frames.append(MapFrame.of_graph(graph, positions, {"team at first": [f"team {one}" for one in team]}))
    axes.scatter(*positions.T, c=team, cmap="tab10", s=8, alpha=0.6)
    axes.scatter(*positions[movers].T, facecolors="none", edgecolors="black", s=30, linewidths=0.8)
    axes.set_title(f"week {week + 1}")
    axes.set_axis_off()
figure.tight_layout()

# %%
# Two weeks beside each other: both maps move as one, and a column tells how far everybody went.
write_page(
    [frames[0], frames[-1]],
    "weeks.html",
    titles=["week 1", f"week {num_weeks}"],
    color="team at first",
    title="Two weeks",
)

# %%
# Vectors of the last week tell the new team of those who moved (outlined above).
vectors = gk.embed(graph, method="netmf", dim=16, seed=1)
nearest = [vectors.most_similar(int(person), k=5) for person in movers]
joined = np.mean(
    [np.mean([team[other] == 1 for other, _ in found if other not in movers]) for found in nearest]
)
print(f"{joined:.0%} of the movers' nearest neighbours outside their own group are of team 1")
