"""
Two maps of the same pictures
=============================

scikit-learn's 1,797 handwritten digits, by LargeVis and by t-SNE, with a measure of what each
keeps.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits

import graphkit as gk
from graphkit.evaluation import map_quality

digits = load_digits()
maps = {
    "LargeVis": gk.LargeVis(seed=1).fit_transform(digits.data),
    "t-SNE": gk.TSNE(seed=1).fit_transform(digits.data),
}

figure, panels = plt.subplots(1, 2, figsize=(9, 4.6))
for axes, (name, positions) in zip(panels, maps.items()):
    axes.scatter(*positions.T, c=digits.target, cmap="tab10", s=4)
    axes.set_title(name)
    axes.set_axis_off()
figure.tight_layout()

# %%
# Trustworthiness: are neighbours on the map neighbours in truth? Continuity: the other way round.
for name, positions in maps.items():
    print(name)
    print(map_quality(digits.data, positions))
