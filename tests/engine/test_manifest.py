"""The manifest of a run by itself: what stands in it, and what it says of files that are gone."""

import resource
import signal

import pytest

from graphkit.engine.manifest import CLEARED, Manifest, read_manifest


@pytest.fixture
def limited():
    """Limit the size of the files that this process writes until the test ends."""
    before, action = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, action)


def test_an_entry_without_room_leaves_nothing(tmp_path, limited):
    manifest = Manifest(tmp_path)
    manifest.append({"number": 0})
    whole = manifest.path.read_bytes()
    limited(len(whole) + 5)
    with pytest.raises(OSError, match="too large"):
        manifest.append({"number": 1})
    limited(1 << 30)
    assert manifest.path.read_bytes() == whole
    manifest.append({"number": 2})
    assert read_manifest(manifest.path)[0] == [{"number": 0}, {"number": 2}]


def test_a_long_chain_of_spent_files_is_followed_once(tmp_path):
    manifest, length = Manifest(tmp_path), 100
    for number in range(length):
        spent = [f"{number - 1}.{name}" for name in ("rows", "total")]
        outputs = dict.fromkeys([f"{number}.rows", f"{number}.total"], 0)
        manifest.append({"key": str(number), "outputs": outputs, "spent": spent, "result": {}})
    for name in ("rows", "total"):
        (tmp_path / f"{length - 1}.{name}").touch()
    assert manifest.result("0") == {}
    (tmp_path / f"{length - 1}.total").unlink()
    assert manifest.result("0") is None


def test_what_was_cleared_is_not_done_even_if_it_is_still_there(tmp_path):
    manifest = Manifest(tmp_path)
    manifest.append({"key": "read", "outputs": {"edges": 0}, "spent": [], "result": {}})
    manifest.append({"key": "sort", "outputs": {"arcs": 0}, "spent": ["edges"], "result": {}})
    (tmp_path / "arcs").touch()
    assert manifest.result("read") == {}
    manifest.append(CLEARED)
    assert manifest.result("read") is None
    reread = Manifest(tmp_path)
    assert reread.result("sort") is None
    reread.append({"key": "sort", "outputs": {"arcs": 0}, "spent": ["edges"], "result": {}})
    assert reread.result("sort") == {}
    assert reread.result("read") is None
