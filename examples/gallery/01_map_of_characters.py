"""
A map of a novel
================

Who meets whom in *Les Misérables*, as a picture and as a page to zoom and search. The graph is one
of those that graphkit ships: an edge for two characters who share a chapter, its weight the number
of chapters.
"""

import graphkit as gk
from graphkit.maps import MapFrame, draw_map, write_page

novel = gk.datasets.load("les_miserables").graph
novel

# %%
# `LargeVis` takes the graph as it is. A small graph needs more samples than a large one, since
# each node draws few.
layout = gk.LargeVis(seed=1, samples_per_node=10_000)
positions = layout.fit_transform(novel)

# %%
# A `MapFrame` is the map with all that is known of its points. `of_graph` adds the degree and the
# core number.
frame = MapFrame.of_graph(novel, positions, {"chapters": novel.strength})
source, target, _ = novel.edge_rows()
draw_map(frame, "characters.png", color="core", edges=list(zip(source, target)), title="Les Misérables")

# %%
# The page is one file that needs no server and no network: search for a name, hover, draw a
# lasso.
write_page(frame, "characters.html", color="core", title="Les Misérables")
