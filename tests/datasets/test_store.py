"""Finding files: order of places, digests, downloads, and what is said when there is no way."""

import hashlib
import io
import urllib.error
import urllib.request
from email.message import Message

import pytest

from graphkit.datasets import store
from graphkit.datasets.entry import DataFile, read_entry
from graphkit.errors import InputError, RunError

CONTENT = b"0 1\n1 2\n"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
ADDRESS = "https://example.org/made_up.txt"
PLAIN = DataFile("made_up.txt", DIGEST)
PUBLIC = DataFile("made_up.txt", DIGEST, ADDRESS)


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Folders for the data and the cache, and a network that fails."""
    data, cache = tmp_path / "data", tmp_path / "cache"
    data.mkdir()
    monkeypatch.setenv("GRAPHKIT_DATA", str(data))
    monkeypatch.setenv("GRAPHKIT_CACHE", str(cache))
    monkeypatch.setattr(urllib.request, "urlopen", no_network)
    return data, cache / "datasets"


def no_network(address, timeout):
    raise urllib.error.URLError(f"no way to {address} within {timeout} s")


def serve(content, length=True):
    """A stand-in for urlopen that answers with these bytes."""
    response = io.BytesIO(content)
    response.headers = Message()
    if length:
        response.headers["Content-Length"] = str(len(content))
    return lambda *_, **__: response


@pytest.fixture
def entry():
    return read_entry("facebook")


def test_file_in_the_data_folder_is_taken(places, entry):
    data, cache = places
    (data / "made_up.txt").write_bytes(CONTENT)
    assert store.fetch_file(entry, PUBLIC) == data / "made_up.txt"
    assert not cache.exists()


def test_other_bytes_are_refused_naming_both_digests(places, entry):
    data, _ = places
    (data / "made_up.txt").write_bytes(b"other")
    with pytest.raises(InputError) as error:
        store.fetch_file(entry, PUBLIC)
    assert str(data / "made_up.txt") in str(error.value)
    assert DIGEST in str(error.value)
    assert hashlib.sha256(b"other").hexdigest() in str(error.value)


@pytest.mark.usefixtures("places")
def test_missing_file_without_address_says_what_to_put_where(entry):
    with pytest.raises(
        InputError, match=rf"made_up.txt \(sha256 {DIGEST}\).*'facebook'.*GRAPHKIT_DATA.*SNAP"
    ):
        store.fetch_file(entry, PLAIN)


def test_missing_file_without_network_says_what_to_put_where(places, entry):
    with pytest.raises(RunError, match=rf"could not download {ADDRESS}.*no way to.*GRAPHKIT_DATA"):
        store.fetch_file(entry, PUBLIC)
    assert list(places[1].iterdir()) == []


@pytest.mark.parametrize("length", [True, False])
def test_download_goes_to_the_cache_and_is_used_from_there(places, entry, monkeypatch, length):
    _, cache = places
    monkeypatch.setattr(urllib.request, "urlopen", serve(CONTENT, length))
    assert store.fetch_file(entry, PUBLIC) == cache / "made_up.txt"
    assert (cache / "made_up.txt").read_bytes() == CONTENT
    monkeypatch.setattr(urllib.request, "urlopen", no_network)
    assert store.fetch_file(entry, PLAIN) == cache / "made_up.txt"


def test_download_of_other_bytes_is_refused_and_leaves_nothing(places, entry, monkeypatch):
    monkeypatch.setattr(urllib.request, "urlopen", serve(CONTENT[:-1]))
    with pytest.raises(RunError, match=f"another file: sha256 .*, expected {DIGEST}"):
        store.fetch_file(entry, PUBLIC)
    assert list(places[1].iterdir()) == []


def test_data_folder_comes_before_the_cache(places, entry):
    data, cache = places
    cache.mkdir(parents=True)
    for folder in (data, cache):
        (folder / "made_up.txt").write_bytes(CONTENT)
    assert store.fetch_file(entry, PLAIN) == data / "made_up.txt"


def test_data_folder_that_is_not_there_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("GRAPHKIT_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match=r"GRAPHKIT_DATA names .*nowhere"):
        store.data_folder()


def test_cache_folder_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.delenv("GRAPHKIT_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert store.cache_folder() == tmp_path / "graphkit" / "datasets"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert store.cache_folder() == tmp_path / ".cache" / "graphkit" / "datasets"


def test_whereabouts(places):
    data, _ = places
    assert store.whereabouts("wordnet") == "shipped"
    assert store.whereabouts("blogcatalog") == "download"
    assert store.whereabouts("cora") == "missing"
    (data / "cora_edges.txt.gz").touch()
    assert store.whereabouts("cora") == "missing"
    (data / "cora_labels.txt.gz").touch()
    assert store.whereabouts("cora") == str(data)


def test_fetch_returns_every_file_once():
    names = [path.name for path in store.fetch("wordnet")]
    assert names == ["wordnet_edges.parquet", "wordnet_labels.parquet"]
