"""Where the files of a data set are: shipped, in ``GRAPHKIT_DATA``, in the cache, or out in the world."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from graphkit.datasets.download import download
from graphkit.datasets.entry import DataFile, Entry, read_entry
from graphkit.errors import InputError, RunError

SHIPPED = Path(__file__).parent / "data"


def fetch(name: str) -> list[Path]:
    """Return the files of a data set, checked; download those that are nowhere on this machine.

    Looked for in this order: the files shipped with graphkit, the folder that the environment variable
    ``GRAPHKIT_DATA`` names, the cache (``GRAPHKIT_CACHE``, else ``graphkit`` in ``XDG_CACHE_HOME`` or
    ``~/.cache``), the public address where one is known.

    Parameters
    ----------
    name
        One of `available`.

    Returns
    -------
    list of pathlib.Path
        In the order of the catalogue.

    Raises
    ------
    ParameterError
        For an unknown name.
    InputError
        If a file is nowhere and no address is known, or its bytes are not those of the catalogue.
    RunError
        If a download fails.

    Examples
    --------
    >>> [path.name for path in fetch("karate_club")]
    ['karate_club_edges.csv', 'karate_club_labels.csv']
    """
    entry = read_entry(name)
    return [fetch_file(entry, file) for file in entry.files]


def fetch_file(entry: Entry, file: DataFile) -> Path:
    """Return the path of one file of a data set, checked; as `fetch`."""
    path = find_file(file)
    if path is None:
        return _download(entry, file)
    _check_digest(path, file)
    return path


def find_file(file: DataFile) -> Path | None:
    """Return where on this machine a file of this name is, unchecked, or None."""
    folders = [SHIPPED, data_folder(), cache_folder()]
    paths = (folder / file.name for folder in folders if folder is not None)
    return next((path for path in paths if path.is_file()), None)


def whereabouts(name: str) -> str:
    """Return where the files of a data set would be taken from, without reading them.

    Parameters
    ----------
    name
        One of `available`.

    Returns
    -------
    str
        ``"shipped"``, the folder that holds them, ``"download"`` if an address is known for each file
        that is not here, else ``"missing"``.

    Raises
    ------
    ParameterError
        For an unknown name.

    Examples
    --------
    >>> whereabouts("wordnet")
    'shipped'
    """
    paths = {file: find_file(file) for file in read_entry(name).files}
    if any(path is None and file.address is None for file, path in paths.items()):
        return "missing"
    folders = [path.parent for path in paths.values() if path is not None]
    if len(folders) < len(paths):
        return "download"
    return "shipped" if folders[0] == SHIPPED else str(folders[0])


def data_folder() -> Path | None:
    """Return the folder that ``GRAPHKIT_DATA`` names, or None; `InputError` if it is not there."""
    given = os.environ.get("GRAPHKIT_DATA")
    if not given:
        return None
    folder = Path(given).expanduser()
    if not folder.is_dir():
        raise InputError(f"GRAPHKIT_DATA names {given}, which is not a folder")
    return folder


def cache_folder() -> Path:
    """Return the folder that downloads go to; it need not exist."""
    given = os.environ.get("GRAPHKIT_CACHE")
    if given:
        return Path(given).expanduser() / "datasets"
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(home).expanduser() / "graphkit" / "datasets"


def _check_digest(path: Path, file: DataFile) -> None:
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != file.sha256:
        raise InputError(
            f"sha256 is {found}, expected {file.sha256}; put the original file there or remove it", path=path
        )


def _download(entry: Entry, file: DataFile) -> Path:
    if file.address is None:
        raise InputError(f"no public address is known for {_wanted(entry, file)}")
    target = cache_folder() / file.name
    try:
        download(file, target)
    except RunError as error:
        raise RunError(f"{error}. If you can get it elsewhere: this is {_wanted(entry, file)}") from error
    return target


def _wanted(entry: Entry, file: DataFile) -> str:
    """What to put where."""
    return (
        f"{file.name} (sha256 {file.sha256}) of the data set {entry.name!r}; put it into a folder and let "
        f"the environment variable GRAPHKIT_DATA name that folder. Source: {entry.source}"
    )
