"""The catalogue: every entry complete, every shipped file as it says, the choice of names."""

import hashlib
import re

import pytest

from graphkit.datasets.entry import CATALOGUE, available, read_entry
from graphkit.datasets.store import SHIPPED, whereabouts
from graphkit.errors import ParameterError

NAMES = [
    *("blogcatalog", "cnr_2000", "cora", "ego_twitter", "facebook", "facebook_pages", "github"),
    *("karate_club", "les_miserables", "ppi", "pubmed", "wordnet"),
]
SHIPPED_NAMES = ["karate_club", "les_miserables", "wordnet"]


def test_names():
    assert available() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_entry_is_complete(name):
    entry = read_entry(name)
    for text in (entry.description, entry.source, entry.licence):
        assert len(text) > 10
        assert "\n" not in text
    assert entry.num_nodes > 0
    assert entry.num_edges > entry.num_self_loops
    assert (entry.labels is None) == (entry.num_labels == entry.num_assignments == 0)
    used = {entry.graph, entry.labels, entry.nodes} - {None}
    assert used == {file.name for file in entry.files}
    for file in entry.files:
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert file.address is None or file.address.startswith("https://")


@pytest.mark.parametrize("name", SHIPPED_NAMES)
def test_shipped_files_are_those_of_the_catalogue(name):
    assert whereabouts(name) == "shipped"
    for file in read_entry(name).files:
        assert hashlib.sha256((SHIPPED / file.name).read_bytes()).hexdigest() == file.sha256


def test_every_shipped_file_belongs_to_an_entry():
    named = {file.name for name in NAMES for file in read_entry(name).files}
    assert {path.name for path in SHIPPED.iterdir()} - named == {"wordnet.LICENSE.txt"}
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 4_000_000


def test_catalogue_holds_nothing_but_entries():
    assert sorted(path.name for path in CATALOGUE.iterdir()) == [f"{name}.toml" for name in NAMES]


def test_unknown_name_lists_the_choices_and_the_nearest():
    with pytest.raises(ParameterError, match=r"unknown data set 'word_net': did you mean 'wordnet'\?.*cora"):
        read_entry("word_net")
