"""The command line: parse, call, write; no algorithm."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code.

    Parameters
    ----------
    arguments
        What stands behind ``graphkit``; None for the process's own arguments.

    Returns
    -------
    int
        0; 1 for a run that failed; 2 for input or options that cannot be used; 130 after Ctrl-C.
    """
    import sys

    # Inside, so that Ctrl-C during the imports ends without a stack trace too.
    try:
        from graphkit.cli.run import run

        return run(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130
