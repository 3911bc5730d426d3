"""Fixtures for files to read."""

import pytest


@pytest.fixture
def write(tmp_path):
    """Write text or bytes to a new file and return its path."""

    def write_file(content, name="edges.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file
