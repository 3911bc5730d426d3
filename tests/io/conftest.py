"""Fixtures for files to read."""

import pytest


@pytest.fixture(autouse=True)
def by_kernels(monkeypatch):
    """Let kernels read short texts too; `test_few_rows` compares them with what reads these row by row."""
    monkeypatch.setattr("graphkit.io.row_blocks.FEW_BYTES", -1)


@pytest.fixture
def write(tmp_path):
    """Write text or bytes to a new file and return its path."""

    def write_file(content, name="edges.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file
