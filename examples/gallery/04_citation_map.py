"""
A map of citations
==================

Papers that cite one another, laid out from the citations alone and coloured by what was not used:
topic and year. The papers are generated: six topics, each citing its own recent past most.
"""

import numpy as np

import graphkit as gk
from graphkit.maps import MapFrame, draw_map

draw = np.random.default_rng(2)
num_papers = 3_000
topics = np.array(["optics", "cells", "markets", "primes", "storms", "words"])
topic = draw.integers(0, len(topics), num_papers)
year = np.sort(draw.integers(1990, 2026, num_papers))  # papers are numbered in the order of time

citing = np.repeat(np.arange(100, num_papers), 20)
age = draw.geometric(0.004, len(citing))
cited = citing - age
kept = (cited >= 0) & ((topic[citing] == topic[cited.clip(0)]) | (draw.random(len(citing)) < 0.015))
citations = gk.Graph.from_edges(np.column_stack([citing, cited])[kept], num_nodes=num_papers, directed=True)
citations

# %%
# A layout has no use for directions: it draws papers together that are linked either way. Papers
# without a link stand beside the map; here they are left out.
linked = citations.largest_component()
positions = gk.LargeVis(seed=1, samples_per_node=4_000).fit_transform(linked)

rows = linked.node_ids
frame = MapFrame.of_graph(linked, positions, {"topic": topics[topic[rows]], "year": year[rows]})
draw_map(frame, "topics.png", color="topic", title="Topics")

# %%
# Within a topic time runs from one end to the other, since papers cite what came shortly before.
draw_map(frame, "years.png", color="year", title="Years")

# %%
# How well does the map tell topics? Compare it with vectors of 32 columns under the same
# protocol.
vectors = gk.embed(linked, method="fastrp", dim=32, seed=1)
for name, found in {"vectors": vectors, "map": positions}.items():
    score = gk.evaluation.node_classification(found, topics[topic[rows]], shuffles=3)
    print(f"{name:8} micro-F1 {score.micro_f1.mean():.3f}")
