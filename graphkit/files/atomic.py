"""Files and folders that appear whole or not at all: write beside, flush, rename."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from graphkit.checks import kind_of
from graphkit.errors import InputError, ParameterError, RunError
from graphkit.files.unfinished import unfinished_file, unfinished_folder
from graphkit.parameters import check_declared

PathLike = str | os.PathLike[str]

DATASET = "dataset:"
"""Begins the name of a data set, where the command line takes a file too."""


def check_target(path: PathLike, *, overwrite: bool) -> Path:
    """Refuse a target that cannot be written, before any work is done for it.

    Raises
    ------
    InputError
        If the parent folder does not exist or may not be written, or the target exists and
        `overwrite` is false, or is a device or the like. A symbolic link stands for what it leads to.
    """
    check_path(path)
    target = Path(path)
    if target.is_symlink():
        target = target.resolve()
    parent = target.parent
    if not parent.is_dir():
        raise InputError(f"the folder {parent} does not exist; create it first", path=target)
    if not os.access(parent, os.W_OK):
        raise InputError(f"no permission to write in the folder {parent}", path=target)
    if target.exists() and not (target.is_file() or target.is_dir()):
        raise InputError("is not a regular file", path=target)
    check_declared(check_target, {"overwrite": overwrite})
    if target.exists() and not overwrite:
        raise InputError("exists already; pass overwrite=True to replace it", path=target)
    return target


@contextlib.contextmanager
def atomic_path(path: PathLike, *, overwrite: bool = True) -> Iterator[Path]:
    """Yield a temporary path beside `path`, with its suffix; it takes the final name on success.

    On any exception, Ctrl-C included, the temporary file is removed and `path` is as it was. What a kill
    leaves is removed when the file is written again.

    Raises
    ------
    InputError
        As `check_target`; also if `path` is a folder.
    RunError
        If the disk is full.
    """
    target = check_target(path, overwrite=overwrite)
    if target.is_dir():
        raise InputError("is a folder, not a file", path=target)
    with disk_errors(target), unfinished_file(target) as temporary:
        yield temporary
        _grant_default_mode(temporary, 0o666)
        _flush(temporary)
        temporary.replace(target)


@contextlib.contextmanager
def atomic_write(path: PathLike, mode: str = "wb", *, overwrite: bool = True) -> Iterator[IO[Any]]:
    """Open a file for writing that takes its final name only when the block ends well.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> target = pathlib.Path(tempfile.mkdtemp()) / "out.txt"
    >>> with atomic_write(target, "w") as file:
    ...     _ = file.write("whole")
    >>> target.read_text()
    'whole'
    """
    encoding = None if "b" in mode else "utf-8"
    with atomic_path(path, overwrite=overwrite) as temporary, temporary.open(mode, encoding=encoding) as file:
        yield file


@contextlib.contextmanager
def atomic_folder(path: PathLike, *, overwrite: bool = False) -> Iterator[Path]:
    """Yield a temporary folder that takes the name `path` only when the block ends well.

    Raises
    ------
    InputError
        As `check_target`.
    RunError
        If the disk is full.
    """
    target = check_target(path, overwrite=overwrite)
    with disk_errors(target), unfinished_folder(target) as temporary:
        yield temporary
        for file in temporary.iterdir():
            _grant_default_mode(file, 0o666)
            _flush(file)
        _grant_default_mode(temporary, 0o777)
        _replace_folder(temporary, target)


def _replace_folder(temporary: Path, target: Path) -> None:
    """Give the folder its final name; an old one is moved aside first and removed last."""
    if not target.exists():
        temporary.rename(target)
        return
    with unfinished_folder(target) as old:
        target.rename(old / target.name)
        temporary.rename(target)


def _grant_default_mode(path: Path, mode: int) -> None:
    """Give the mode that a plain open() or mkdir() would have given; mkstemp's is private."""
    umask = os.umask(0)
    os.umask(umask)
    path.chmod(mode & ~umask)


def digest_of(file: Path) -> str:
    """Return the BLAKE2b digest of a file's content, 32 hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def is_full_disk(error: OSError) -> bool:
    """Whether an error says that the disk is full."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


@contextlib.contextmanager
def disk_errors(target: Path) -> Iterator[None]:
    """Turn a full disk into a `RunError` that names the target; name a source that has become shorter."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.EFAULT:
            from graphkit.files.mapped import check_maps

            check_maps()
        if not is_full_disk(error):
            raise
        raise RunError(f"{target}: no space left on the disk; nothing was written under this name") from error


def check_path(path: object, instead: str = "", *, name: str = "path") -> None:
    """Raise `ParameterError` for what is no path; `instead` says what takes it."""
    if not isinstance(path, (str, os.PathLike)):
        raise ParameterError(f"{name} must be that of a file or folder, got {kind_of(path)}{instead}")
