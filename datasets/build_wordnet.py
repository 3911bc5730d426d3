"""Build the shipped WordNet graph from the WordNet 3.0 database files.

``python -m graphkit.datasets.build_wordnet /usr/share/wordnet OUT`` (the folder of Debian's package
``wordnet-base``) writes ``wordnet_edges.parquet`` and ``wordnet_labels.parquet`` into OUT. The same
database gives the same tables, and with the same version of pyarrow the same bytes.

Nodes are synsets, in the order noun, verb, adjective, adverb and by offset, called after their first
lemma, part of speech and sense number: ``dog.n.01``. Edges are the pointers between different synsets,
whatever their kind and direction, each pair once. A synset's label is its lexicographer file.
The format of the files is described in wndb(5WN) and lexnames(5WN) of the database.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from graphkit.errors import GraphkitError, InputError
from graphkit.files.atomic import atomic_path

PARTS_OF_SPEECH = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}

# By number, as lexnames(5WN) lists them.
LEXICOGRAPHER_FILES = (
    *("adj.all", "adj.pert", "adv.all"),
    *("noun.Tops", "noun.act", "noun.animal", "noun.artifact", "noun.attribute", "noun.body"),
    *("noun.cognition", "noun.communication", "noun.event", "noun.feeling", "noun.food", "noun.group"),
    *("noun.location", "noun.motive", "noun.object", "noun.person", "noun.phenomenon", "noun.plant"),
    *("noun.possession", "noun.process", "noun.quantity", "noun.relation", "noun.shape", "noun.state"),
    *("noun.substance", "noun.time"),
    *("verb.body", "verb.change", "verb.cognition", "verb.communication", "verb.competition"),
    *("verb.consumption", "verb.contact", "verb.creation", "verb.emotion", "verb.motion"),
    *("verb.perception", "verb.possession", "verb.social", "verb.stative", "verb.weather"),
    "adj.ppl",
)

# Where an adjective may stand is marked behind its lemma: "galore(ip)".
_POSITION_MARK = re.compile(r"\((a|p|ip)\)$")

Key = tuple[str, int]
"""Part of speech (n, v, a, r) and offset in its data file."""


class Synset(NamedTuple):
    """A line of a data file; `kind` is n, v, a, r, or s for a satellite of an adjective."""

    key: Key
    lexicographer_file: int
    kind: str
    lemma: str
    pointers: tuple[Key, ...]


def build(folder: Path, out: Path) -> tuple[int, int]:
    """Write both tables into the folder `out`; return the numbers of nodes and edges."""
    synsets = list(read_synsets(folder))
    ids = synset_ids(synsets, read_senses(folder))
    edges = synset_edges(synsets)
    labels = [LEXICOGRAPHER_FILES[synset.lexicographer_file] for synset in synsets]
    notice = read_notice(folder)
    _write(out / "wordnet_labels.parquet", {"id": ids, "label": labels}, notice)
    ends = {"source": [ids[u] for u, _ in edges], "target": [ids[v] for _, v in edges]}
    _write(out / "wordnet_edges.parquet", ends, notice)
    return len(ids), len(edges)


def read_synsets(folder: Path) -> Iterator[Synset]:
    """Yield every synset of the four data files, in their order."""
    for name, letter in PARTS_OF_SPEECH.items():
        for line in _lines(folder / f"data.{name}"):
            yield _parse_synset(letter, line)


def read_senses(folder: Path) -> dict[tuple[Key, str], int]:
    """Return the sense number of each (synset, lemma), counted from 1 in the order of the index files."""
    senses = {}
    for name, letter in PARTS_OF_SPEECH.items():
        for line in _lines(folder / f"index.{name}"):
            fields = line.split()
            offsets = fields[-int(fields[2]) :]
            for number, offset in enumerate(offsets, 1):
                senses[(letter, int(offset)), fields[0]] = number
    return senses


def synset_ids(synsets: list[Synset], senses: dict[tuple[Key, str], int]) -> list[str]:
    """Return ``lemma.kind.sense`` for each synset."""
    return [f"{synset.lemma}.{synset.kind}.{senses[synset.key, synset.lemma]:02d}" for synset in synsets]


def synset_edges(synsets: list[Synset]) -> list[tuple[int, int]]:
    """Return the pairs of rows that a pointer joins, the lower first, sorted, each once."""
    row_of = {synset.key: row for row, synset in enumerate(synsets)}
    pairs = ((row, row_of[key]) for row, synset in enumerate(synsets) for key in synset.pointers)
    return sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})


def read_notice(folder: Path) -> str:
    """Return the licence notice at the head of the data files, without its line numbers."""
    with (folder / "data.noun").open(encoding="ascii") as file:
        head = [line.strip() for line in file if line.startswith("  ")]
    return "\n".join(re.sub(r"^\d+ ?", "", line) for line in head) + "\n"


def _lines(path: Path) -> Iterator[str]:
    """Yield the lines behind the licence notice, whose lines begin with two spaces."""
    if not path.is_file():
        raise InputError("is missing; give the folder of the WordNet 3.0 database files", path=path)
    with path.open(encoding="ascii") as file:
        yield from (line for line in file if not line.startswith("  "))


def _parse_synset(letter: str, line: str) -> Synset:
    """Parse ``offset lex_file kind num_words word lex_id ... num_pointers symbol offset pos ends ...``."""
    fields = line.partition(" | ")[0].split()
    lemma = _POSITION_MARK.sub("", fields[4]).lower()
    first = 4 + 2 * int(fields[3], 16)
    pointers = fields[first + 1 : first + 1 + 4 * int(fields[first])]
    targets = tuple((pos, int(offset)) for offset, pos in zip(pointers[1::4], pointers[2::4], strict=True))
    return Synset((letter, int(fields[0])), int(fields[1]), fields[2], lemma, targets)


def _write(path: Path, columns: dict[str, list[str]], notice: str) -> None:
    """Write a Parquet file that carries the notice in its metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(columns).replace_schema_metadata({"licence": notice})
    with atomic_path(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", compression_level=19)


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description="Build the shipped WordNet graph.")
    parser.add_argument("folder", type=Path, help="the WordNet database: /usr/share/wordnet")
    parser.add_argument("out", type=Path, help="the folder to write both tables to")
    arguments = parser.parse_args()
    try:
        num_nodes, num_edges = build(arguments.folder, arguments.out)
    except GraphkitError as error:
        parser.error(str(error))
    print(f"{num_nodes} synsets, {num_edges} edges")


if __name__ == "__main__":
    main()
