"""How objects look in a notebook: a line of facts and the first rows of a table."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Any

ROWS = 5
"""Rows that a preview shows."""

_LONGEST = 40
"""Characters of a cell."""


def html_preview(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]], *, num_rows: int) -> str:
    """Return a title and a small table as HTML.

    Parameters
    ----------
    title
        The object in one line.
    header
        Names of the columns.
    rows
        The first rows, `ROWS` of them are shown.
    num_rows
        How many there are in all.

    Examples
    --------
    >>> html_preview("<2 pairs>", ["a", "b"], [(1, 0.123456)], num_rows=1)
    '<p>&lt;2 pairs&gt;</p><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>0.1235</td></tr></table>'
    """
    shown = list(rows)[:ROWS]
    if num_rows > len(shown):
        shown.append(["…"] * len(header))
    lines = [("th", header), *(("td", row) for row in shown)]
    table = "".join(
        f"<tr>{''.join(f'<{kind}>{_cell(value)}</{kind}>' for value in row)}</tr>" for kind, row in lines
    )
    return f"<p>{html.escape(title)}</p><table>{table}</table>"


def _cell(value: Any) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return html.escape(text if len(text) <= _LONGEST else text[:_LONGEST] + "…")
