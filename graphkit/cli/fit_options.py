"""What a method's `fit` takes beside the graph, as options: features, vectors to start from, checkpoints."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from graphkit.cli.outcome import Interrupted
from graphkit.cli.parameters import flag_of, option
from graphkit.errors import InputError

if TYPE_CHECKING:
    from graphkit.arrays import Vectors
    from graphkit.cli.streams import Note
    from graphkit.embedding import Embedding
    from graphkit.graph.graph import Graph
    from graphkit.methods.base import Embedder
    from graphkit.progress import Progress

_HELP = {
    "features": "Node features to mix in: a table of ids and numbers, or .npy in the order of the nodes.",
    "init": "Vectors to start from, a file as embed writes them, one for each node.",
    "checkpoint": "Keep a checkpoint here, about every minute; a folder.",
    "resume": "Go on from the checkpoint, if there is one; the result is that of an unbroken run.",
}
_SWITCHES = {"resume"}
_METAVARS = {"features": "FILE", "init": "FILE", "checkpoint": "FOLDER"}


def fit_options(method: type[Embedder]) -> list[inspect.Parameter]:
    """Return an option for each of them that the method's `fit` takes."""
    return [_option(name, f"Method {method.name}") for name in _taken(method)]


def fit_flags(method: type[Embedder]) -> set[str]:
    """Return their flags."""
    return set(map(flag_of, _taken(method)))


def fit_arguments(values: dict[str, Any], graph: Graph, note: Note) -> dict[str, Any]:
    """Return the arguments of `fit` that were given, what files hold in the order of the graph's nodes."""
    given = {name: values[name] for name in _HELP if values.get(name)}
    read = {"features": _read_features, "init": _read_init}
    return {name: read[name](value, graph, note) if name in read else value for name, value in given.items()}


def embedded(
    method: Embedder, graph: Graph, values: dict[str, Any], progress: Progress | None, note: Note
) -> Embedding:
    """Return the method's vectors; says from where it resumes, and what is kept if it is interrupted."""
    folder, arguments = values.get("checkpoint"), fit_arguments(values, graph, note)
    if folder and arguments.get("resume"):
        done = _share_done(folder)
        note(f"resumes {folder} at {done}" if done else f"no checkpoint is in {folder} yet: starts anew")
    try:
        return method.embed(graph, progress=progress, **arguments)
    except KeyboardInterrupt:
        if not folder:
            raise
        raise Interrupted(_what_is_kept(folder)) from None


def _what_is_kept(folder: str) -> str:
    done = _share_done(folder)
    if done is None:
        return f"nothing is kept: the first checkpoint in {folder} was not yet due"
    return f"{folder} keeps {done} of the run, and --resume goes on from there"


def _share_done(folder: str) -> str | None:
    """The share of the run that is kept, in words."""
    from graphkit.sgns.checkpoints import share_done

    share = share_done(folder)
    return None if share is None else f"{100 * share:.3g} %"


def _taken(method: type[Embedder]) -> list[str]:
    return [name for name in inspect.signature(method.fit).parameters if name in _HELP]


def _option(name: str, panel: str) -> inspect.Parameter:
    if name in _SWITCHES:
        return option(name, False, _HELP[name], panel=panel)
    return option(name, None, _HELP[name], kind=str, metavar=_METAVARS[name], panel=panel)


def _read_features(path: str, graph: Graph, note: Note) -> Vectors:
    from graphkit.io import read_features

    return read_features(path, graph.node_ids, note=note)


def _read_init(path: str, graph: Graph, note: Note) -> Vectors:
    from graphkit.embedding import Embedding

    del note
    embedding = Embedding.load(path)
    rows = embedding.index.find(graph.node_ids)
    if (rows < 0).any():
        missing = graph.node_ids[rows < 0]
        raise InputError(f"has no vector for {len(missing):,} nodes, such as {missing[0]}", path=path)
    return embedding.vectors[rows]
