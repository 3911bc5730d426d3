"""How a command ends: an exit code, and words on stderr in place of a stack trace."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
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


def exit_code(command: Callable[[], int | None]) -> int:
    """Run a command; return its exit code, having said on stderr what went wrong."""
    try:
        with _plain_warnings():
            code = command() or 0
    except USAGE_ERROR as error:
        where = f"; see {error.ctx.command_path} --help" if error.ctx else ""
        return _say(f"{error.format_message().rstrip('.')}{where}", REFUSED)
    except GraphkitError as error:
        return _say(in_flags(str(error)), FAILED if isinstance(error, RunError) else REFUSED)
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


def _say(message: str, code: int) -> int:
    print(f"error: {message}", file=sys.stderr)
    return code


def _defect(error: Exception) -> str:
    """What to report of an error that is ours."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}, line {place.lineno}"
    return f"this is a defect of graphkit, please report it: {type(error).__name__}: {error} ({where})"


@contextlib.contextmanager
def _plain_warnings() -> Iterator[None]:
    """Show a warning as one line, without the place in the code."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", GraphkitWarning)
        warnings.showwarning = lambda message, *_, **__: print(f"warning: {message}", file=sys.stderr)
        yield
