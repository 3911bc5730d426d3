"""Load a data set by its name."""

from __future__ import annotations

from graphkit.checks import kind_of
from graphkit.datasets.dataset import Dataset
from graphkit.datasets.entry import read_entry
from graphkit.datasets.store import fetch
from graphkit.errors import ParameterError
from graphkit.io import read_graph, read_labels


def load(name: str) -> Dataset:
    """Read a data set; its files are found, checked and if need be downloaded as `fetch` does.

    Parameters
    ----------
    name
        One of `available`.

    Returns
    -------
    Dataset
        The graph as the files hold it, self-loops included; repeated edges once.

    Raises
    ------
    ParameterError
        For an unknown name.
    InputError
        If a file is nowhere and no address is known, or its bytes are not those of the catalogue.
    RunError
        If a download fails.

    Examples
    --------
    >>> data = load("les_miserables")
    >>> data.graph
    Graph(77 nodes, 254 edges, undirected, weighted)
    >>> float(data.graph.strength[data.graph.index.row("Valjean")])
    158.0
    """
    if not isinstance(name, str):
        raise ParameterError(f"name must be that of a data set, got {kind_of(name)}")
    entry = read_entry(name)
    paths = {path.name: path for path in fetch(name)}
    nodes = None if entry.nodes is None else paths[entry.nodes]
    graph = read_graph(paths[entry.graph], directed=entry.directed, nodes=nodes)
    labels = None if entry.labels is None else read_labels(paths[entry.labels], graph.node_ids)
    return Dataset(
        name=name,
        graph=graph,
        labels=None if labels is None else labels[0],
        label_names=() if labels is None else tuple(labels[1]),
        description=entry.description,
        source=entry.source,
        licence=entry.licence,
    )
