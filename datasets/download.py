"""Download a file whose digest is known; it appears whole and right, or not at all."""

from __future__ import annotations

import hashlib
import http.client
import urllib.request
from pathlib import Path
from typing import IO

from graphkit.datasets.entry import DataFile
from graphkit.errors import RunError
from graphkit.files.atomic import atomic_write
from graphkit.progress import RichProgress

_TIMEOUT_SECONDS = 60
_CHUNK_BYTES = 1 << 16


def download(file: DataFile, target: Path) -> None:
    """Write the bytes of ``file.address`` to `target`, with a progress bar on a terminal's stderr.

    Raises
    ------
    RunError
        If the address cannot be read, or its bytes have another digest than ``file.sha256``.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(target) as out:
        try:
            with urllib.request.urlopen(str(file.address), timeout=_TIMEOUT_SECONDS) as response:
                found = _copy(response, out, file.name)
        except (OSError, http.client.HTTPException) as error:
            raise RunError(f"could not download {file.address}: {error}") from error
        if found != file.sha256:
            raise RunError(f"{file.address} is another file: sha256 {found}, expected {file.sha256}")


def _copy(response: http.client.HTTPResponse, out: IO[bytes], name: str) -> str:
    """Copy chunk by chunk; return the digest."""
    digest, done = hashlib.sha256(), 0
    total = int(response.headers.get("Content-Length", 0))
    with RichProgress() as progress:
        while chunk := response.read(_CHUNK_BYTES):
            digest.update(chunk)
            out.write(chunk)
            done += len(chunk)
            progress(f"download {name}", done, total or done)
    return digest.hexdigest()
