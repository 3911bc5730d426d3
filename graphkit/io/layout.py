"""How the rows of a text file are laid out."""

from __future__ import annotations

from dataclasses import dataclass

_DELIMITER_NAMES = {None: "blanks", "\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}


def in_words(delimiter: str | None) -> str:
    """Return what stands between columns in words."""
    return _DELIMITER_NAMES.get(delimiter, repr(delimiter))


@dataclass(frozen=True)
class Layout:
    """Where the rows of a text file begin and which of their columns are what.

    Attributes
    ----------
    start
        Byte at which the first row begins, behind a mark of byte order, comments and header.
    delimiter
        The character between two columns, or None for any number of spaces and tabs.
    quoted
        Whether fields may stand in double quotes.
    comments
        Characters that begin a line to be passed over.
    header
        The names of the columns, or None.
    num_columns
        Columns of a row.
    source, target, weight
        Columns, counted from 0; `weight` may be None.
    as_text
        Whether ids are strings, not whole numbers.
    strict
        Whether a whole number that would be written otherwise (007, +7) is refused.
    decimal
        The decimal point of weights.
    bipartite
        Whether the file says that source and target are nodes of two kinds.
    doubtful_header
        The ids of the first row where it may be a header: strings that no other of the first rows holds.
    num_marked
        Lines before the rows that begin as comments, but have as many columns of text as the rows.
    counts
        The numbers of a first line ``n m`` or ``n n m`` that was passed over as it has another number of
        columns, or None.
    """

    start: int
    delimiter: str | None
    quoted: bool
    comments: str
    header: tuple[str, ...] | None
    num_columns: int
    source: int
    target: int
    weight: int | None
    as_text: bool
    strict: bool = True
    counts: tuple[int, ...] | None = None
    decimal: str = "."
    bipartite: bool = False
    doubtful_header: tuple[str, str] | None = None
    num_marked: int = 0

    @property
    def description(self) -> str:
        """The format in words."""
        return f"text, columns separated by {in_words(self.delimiter)}{', quoted' if self.quoted else ''}"

    @property
    def remarks(self) -> list[str]:
        """What to report of the columns."""
        remarks = [f"header: {', '.join(self.header)}" if self.header else "no header"]
        if self.num_marked:
            remarks.append(
                f"comment lines that look like rows before the first row: {self.num_marked:,}; "
                "pass comments='' if they are edges"
            )
        if self.weight is not None:
            comma = ", with a decimal comma" if self.decimal == "," else ""
            remarks.append(f"weight: column {self.column_name(self.weight)}{comma}")
        used = (self.source, self.target, self.weight)
        unused = [self.column_name(column) for column in range(self.num_columns) if column not in used]
        if unused:
            remarks.append(f"columns not used: {', '.join(unused)}")
        return remarks

    @property
    def end_names(self) -> tuple[str, str] | None:
        """What the columns of source and target are called, if anything."""
        if self.header is None:
            return None
        return self.header[self.source], self.header[self.target]

    def column_name(self, column: int) -> str:
        """A column in words: its name in the header, else its number, counted from 1."""
        return repr(self.header[column]) if self.header else f"{column + 1}"
