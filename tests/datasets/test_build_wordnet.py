"""Building the WordNet tables from a tiny database of the same format."""

import sys

import pyarrow.parquet as pq
import pytest

from graphkit.datasets import build_wordnet
from graphkit.errors import InputError

NOTICE = "  1 This is the notice.  \n  2   \n  3 It has three lines.  \n"

FILES = {
    "data.noun": """\
00000100 03 n 02 Entity 0 thing 0 002 ~ 00000200 n 0000 + 00000100 v 0101 | what is  ; "so"
00000200 05 n 01 dog 0 003 @ 00000100 n 0000 + 00000200 n 0000 ~i 00000300 n 0000 | barks | loudly
00000300 05 n 01 dog 1 001 @i 00000200 n 0000 | another dog
""",
    "data.verb": """\
00000100 30 v 01 be 0 001 + 00000100 n 0101 01 + 08 00 | exist
""",
    "data.adj": """\
00000500 00 a 01 big(p) 0 001 & 00000600 a 0000 | large
00000600 44 s 0a huge(ip) 0 b 0 c 0 d 0 e 0 f 0 g 0 h 0 i 0 j 0 001 & 00000500 a 0000 | very large
""",
    "data.adv": """\
00000900 02 r 01 Here 0 000 | in this place
""",
    "index.noun": """\
dog n 2 2 @ ~ 2 0 00000300 00000200
entity n 1 1 ~ 1 0 00000100
thing n 1 1 ~ 1 0 00000100
""",
    "index.verb": "be v 1 1 + 1 1 00000100\n",
    "index.adj": "big a 1 1 & 1 0 00000500\nhuge a 1 1 & 1 0 00000600\n",
    "index.adv": "here r 1 0 1 0 00000900\n",
}

NODES = {
    "entity.n.01": "noun.Tops",
    "dog.n.02": "noun.animal",
    "dog.n.01": "noun.animal",
    "be.v.01": "verb.change",
    "big.a.01": "adj.all",
    "huge.s.01": "adj.ppl",
    "here.r.01": "adv.all",
}

# Each pair once, whatever the number and kind of pointers; the self-pointer of dog.n.02 is left out.
EDGES = [
    ("entity.n.01", "dog.n.02"),
    ("entity.n.01", "be.v.01"),
    ("dog.n.02", "dog.n.01"),
    ("big.a.01", "huge.s.01"),
]


@pytest.fixture
def database(tmp_path):
    folder = tmp_path / "wordnet"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(NOTICE + text, encoding="ascii")
    return folder


def test_tables_of_a_tiny_database(database, tmp_path):
    assert build_wordnet.build(database, tmp_path) == (7, 4)
    labels = pq.read_table(tmp_path / "wordnet_labels.parquet")
    edges = pq.read_table(tmp_path / "wordnet_edges.parquet")
    assert dict(zip(*labels.to_pydict().values())) == NODES
    assert labels["id"].to_pylist() == list(NODES)
    assert list(zip(*edges.to_pydict().values())) == EDGES
    assert labels.column_names == ["id", "label"]
    assert edges.column_names == ["source", "target"]
    for table in (labels, edges):
        assert table.schema.metadata == {b"licence": b"This is the notice.\n\nIt has three lines.\n"}


def test_same_database_gives_the_same_bytes(database, tmp_path):
    bytes_of = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        build_wordnet.build(database, tmp_path / name)
        bytes_of.append([path.read_bytes() for path in sorted((tmp_path / name).iterdir())])
    assert bytes_of[0] == bytes_of[1]
    assert len(bytes_of[0]) == 2


def test_missing_file_is_named(database, tmp_path):
    (database / "index.verb").unlink()
    with pytest.raises(InputError, match=r"index\.verb: is missing"):
        build_wordnet.build(database, tmp_path)


def test_command_line(database, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["build_wordnet", str(database), str(tmp_path)])
    build_wordnet.main()
    assert capsys.readouterr().out == "7 synsets, 4 edges\n"
    monkeypatch.setattr(sys, "argv", ["build_wordnet", str(tmp_path / "nowhere"), str(tmp_path)])
    with pytest.raises(SystemExit) as exit_:
        build_wordnet.main()
    assert exit_.value.code == 2
    assert "nowhere" in capsys.readouterr().err


def test_lexicographer_files_are_numbered_as_in_the_manual():
    numbered = build_wordnet.LEXICOGRAPHER_FILES
    assert len(set(numbered)) == len(numbered) == 45
    assert (numbered[5], numbered[28], numbered[43]) == ("noun.animal", "noun.time", "verb.weather")
