"""How a command ends: an exit code, and words on stderr in place of a stack trace."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

from graphkit.cli.wording import in_flags
from graphkit.errors import GraphkitError, GraphkitWarning, RunError

# All that can be wrong with a command line derives from it, in every version of typer.
USAGE_ERROR: Any = typer.BadParameter.__base__

FAILED, REFUSED, INTERRUPTED = 1, 2, 130


class Interrupted(Exception):
    """Ctrl-C, and what is left of the run; typer would turn a KeyboardInterrupt into a bare exit code."""


def exit_code(command: Callable[[], int | None], typed: Sequence[str] = ()) -> int:
    """Run a command; return its exit code, having said on stderr what went wrong.

    `typed` is the command line, whose words are repeated as they are.
    """
    try:
        with _plain_warnings(typed):
            code = command() or 0
    except USAGE_ERROR as error:
        where = f"; see {error.ctx.command_path} --help" if error.ctx else ""
        return _say(f"{error.format_message().rstrip('.')}{where}", REFUSED)
    except GraphkitError as error:
        return _say(_in_words(error, typed), FAILED if isinstance(error, RunError) else REFUSED)
    except MemoryError:
        return _say(
            "out of memory: fewer dimensions need less, and `graphkit embed FILE --dry-run` says how much; "
            "a graph made by `graphkit convert` is read from disk as it is used",
            FAILED,
        )
    except BrokenPipeError:
        # Whoever read our output has had enough; Python must not find it out again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        return _say(f"{error.filename or 'a file'}: {error.strerror or error}", FAILED)
    except Interrupted as error:
        print(f"interrupted; {error}", file=sys.stderr)
        return INTERRUPTED
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception as error:
        return _say(_defect(error), FAILED)
    if code == INTERRUPTED:
        print("interrupted", file=sys.stderr)
    return code


def _in_words(message: object, typed: Sequence[str]) -> str:
    """What the library says, in flags; words and values that were typed, and paths, stay as they are."""
    values = [word.partition("=")[2] for word in typed if word.startswith("-")]
    path = getattr(message, "path", None) or ""
    return in_flags(str(message), [*typed, *values, path])


def _say(message: str, code: int) -> int:
    print(f"error: {message}", file=sys.stderr)
    return code


def _defect(error: Exception) -> str:
    """What to report of an error that is ours."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}, line {place.lineno}"
    return f"this is a defect of graphkit, please report it: {type(error).__name__}: {error} ({where})"


@contextlib.contextmanager
def _plain_warnings(typed: Sequence[str]) -> Iterator[None]:
    """Show a warning as one line, in flags, without the place in the code."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", GraphkitWarning)
        warnings.showwarning = lambda message, *_, **__: print(
            f"warning: {_in_words(message, typed)}", file=sys.stderr
        )
        yield
