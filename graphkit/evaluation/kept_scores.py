"""Scores of runs in a folder, so that the same call goes on where it was stopped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graphkit.errors import InputError
from graphkit.evaluation.comparison_runs import Contender
from graphkit.evaluation.labels import as_labels
from graphkit.files.atomic import PathLike, atomic_path
from graphkit.files.digests import array_digest, digest
from graphkit.files.json_files import read_json
from graphkit.graph.digest import graph_digest
from graphkit.graph.graph import Graph


class KeptScores:
    """Scores by what they depend on: graph, labels, protocol, method, parameters, seed.

    Parameters
    ----------
    folder
        Is made where it is not there; None for one that keeps nothing.
    graph, labels
        What runs are about.
    protocol
        What else is the same for all runs, as JSON can hold it.
    form
        Of a run's scores, as `read_json` checks it.
    """

    def __init__(
        self,
        folder: PathLike | None,
        graph: Graph,
        labels: Any,
        protocol: Mapping[str, Any],
        form: Mapping[str, Any],
    ):
        self._folder = None if folder is None else Path(folder)
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot be made a folder: {error.strerror}", path=folder) from None
        self._form = dict(form)
        self._of = dict(protocol) | {
            "graph": graph_digest(graph),
            "labels": _digest_of_labels(labels, graph.num_nodes),
        }

    def read(self, contender: Contender, seed: int) -> dict[str, Any] | None:
        """Return the scores of a run, None if they are not there."""
        if self._folder is None or not (path := self._path(contender, seed)).exists():
            return None
        found: dict[str, Any] = read_json(path, self._form, "a run's scores")
        return found

    def write(self, contender: Contender, seed: int, scores: Mapping[str, Any]) -> None:
        """Keep the scores of a run."""
        if self._folder is None:
            return
        with atomic_path(self._path(contender, seed)) as path:
            path.write_text(json.dumps(scores))

    def _path(self, contender: Contender, seed: int) -> Path:
        assert self._folder is not None
        given = {name: repr(value) for name, value in contender.params.items()}
        key = digest(self._of | {"method": contender.method.name, "params": given, "seed": seed})
        return self._folder / f"{contender.method.name}-{key}.json"


def _digest_of_labels(labels: Any, num_nodes: int) -> str | None:
    if labels is None:
        return None
    known = as_labels(labels, num_nodes)
    return array_digest(known.rows, known.matrix.indptr, known.matrix.indices)
