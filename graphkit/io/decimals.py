"""Numbers as they are written: a decimal comma, thousands, and what stands for a missing one."""

from __future__ import annotations

import re
from collections.abc import Sequence

NUMBER = re.compile(
    r"[+-]?([0-9]+\.?[0-9]*([eE][+-]?[0-9]+)?|\.[0-9]+([eE][+-]?[0-9]+)?|inf(inity)?|nan)", re.IGNORECASE
)
"""A number as text, NaN and infinity included."""

MISSING = ("", "na", "n/a", "null", "none")
"""What stands where a number is missing, in lower case."""

_WITH_COMMA = re.compile(r"[+-]?([0-9]*|[0-9]{1,3}(\.[0-9]{3})+),[0-9]+([eE][+-]?[0-9]+)?")

_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
"""One thousand and more, or one and a fraction of three digits."""


def is_missing(text: str) -> bool:
    """Whether a text stands for a missing number."""
    return text.lower() in MISSING


def is_number(text: str) -> bool:
    """Whether a text is a number, with a decimal point or a decimal comma."""
    return bool(NUMBER.fullmatch(text) or _WITH_COMMA.fullmatch(text))


def has_comma(text: str) -> bool:
    """Whether a text is a number with a decimal comma, points between thousands, and no other point."""
    return bool(_WITH_COMMA.fullmatch(text))


def may_be_thousands(texts: Sequence[str]) -> bool:
    """Whether each number with a comma may be one of thousands: 1,234 but not 0,5 or 1,25."""
    return all(_THOUSANDS.fullmatch(text) for text in texts if has_comma(text))


def with_points(texts: Sequence[str]) -> list[str] | None:
    """Return numbers of which some have a decimal comma with points; None if this is anything else.

    Examples
    --------
    >>> with_points(["0,5", "2"]), with_points(["1,234"]), with_points(["1", "2"])
    (['0.5', '2'], None, None)
    """
    held = [text for text in texts if not is_missing(text)]
    if not all(map(is_number, held)) or not any(map(has_comma, held)) or may_be_thousands(held):
        return None
    if any("." in text and not has_comma(text) for text in held):
        return None
    return [with_point(text) for text in texts]


def with_point(text: str) -> str:
    """Return a number with a decimal comma as one with a decimal point.

    Examples
    --------
    >>> with_point("1.234,5"), with_point("7")
    ('1234.5', '7')
    """
    return text.replace(".", "").replace(",", ".") if has_comma(text) else text
