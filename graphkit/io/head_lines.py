"""The first lines of a text file."""

from __future__ import annotations

from dataclasses import dataclass

from graphkit.errors import InputError
from graphkit.io.opening import HEAD_BYTES

MAX_LINES = 200

_BLANKS = b" \t\r"

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Line:
    """A line that is neither blank nor a comment, where it begins and its number, counted from 1."""

    start: int
    number: int
    content: bytes


def first_lines(head: bytes, comments: str, name: str, *, whole: bool = False) -> list[Line]:
    """Return the first lines that hold something, at most `MAX_LINES`.

    Parameters
    ----------
    head
        The first bytes of the file, all of them if it is shorter than `HEAD_BYTES`.
    comments
        Characters that begin a line to be passed over.
    name
        The file, for messages.
    whole
        Whether these are all bytes of the file, and all lines are asked for.

    Raises
    ------
    InputError
        If this is no text or holds no such line.
    """
    _check_text(head, name)
    if len(head) == HEAD_BYTES and not whole:
        # The last line is not all here.
        head = head[: head.rfind(b"\n") + 1]
    start = len(_UTF8_MARK) if head.startswith(_UTF8_MARK) else 0
    marks = tuple(character.encode() for character in comments)
    lines: list[Line] = []
    for number, content in enumerate(head[start:].split(b"\n"), start=1):
        shown = content.strip(_BLANKS)
        if shown and not shown.startswith(marks):
            lines.append(Line(start, number, content))
            if len(lines) == MAX_LINES and not whole:
                break
        start += len(content) + 1
    if not lines:
        remedy = f"; pass comments='' if lines that begin with {comments!r} are edges" if head.strip() else ""
        raise InputError(f"holds no edges, only comments or blank lines{remedy}", name)
    return lines


def _check_text(head: bytes, name: str) -> None:
    if head.startswith(_UTF16_MARKS):
        raise InputError("is UTF-16 text; convert it with: iconv -f UTF-16 -t UTF-8 FILE > NEW", name)
    if b"\0" in head or (len(head) == HEAD_BYTES and b"\n" not in head):
        raise InputError("is not text; is the format right?", name)
    if b"\n" not in head and b"\r" in head.strip():
        raise InputError("lines end with a lone carriage return; convert them with: tr '\\r' '\\n'", name)
