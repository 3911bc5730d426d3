"""``graphkit datasets``: what there is to try things on."""

from __future__ import annotations

import inspect
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from graphkit.cli.parameters import argument
from graphkit.cli.streams import json_option, print_facts, print_result

if TYPE_CHECKING:
    from graphkit.datasets import Entry

EPILOG = """Examples:
  graphkit datasets
  graphkit datasets wordnet
  graphkit embed dataset:wordnet -o wordnet.parquet"""

_COLUMNS = {
    "name": "name",
    "nodes": "num_nodes",
    "edges": "num_edges",
    "labels": "num_labels",
    "where": "where",
}


def parameters() -> list[inspect.Parameter]:
    """Return the arguments and options."""
    return [
        argument("name", "A data set to say everything about.", default=None),
        json_option(),
    ]


def run(*, name: str | None, json: bool) -> None:
    """List the data sets, which can stand for a file.

    Write dataset:NAME for the file. One that is neither shipped nor found in the folder that GRAPHKIT_DATA
    names is downloaded, where an address is known.
    """
    from graphkit.datasets import available, read_entry
    from graphkit.evaluation.report import table

    entries = [_facts(read_entry(each)) for each in ([name] if name else available())]
    if json:
        print_result(entries)
    elif name:
        print_facts(entries[0])
    else:
        print(table([{title: entry[key] for title, key in _COLUMNS.items()} for entry in entries]))


def _facts(entry: Entry) -> dict[str, Any]:
    from graphkit.datasets import whereabouts

    facts = {key: value for key, value in asdict(entry).items() if isinstance(value, (str, int))}
    return {**facts, "files": ", ".join(file.name for file in entry.files), "where": whereabouts(entry.name)}
