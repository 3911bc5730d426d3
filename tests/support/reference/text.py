"""What the lines of an edge list say, by splitting strings."""

import re

INTEGER = re.compile(r"-?[1-9][0-9]*|0")


def fields_of(line, delimiter):
    """The fields of a line without the blanks around them; delimiter 0 is any number of blanks."""
    if delimiter == 0:
        return [field for field in re.split(r"[ \t\r]+", line) if field]
    blanks = " \r" if chr(delimiter) == "\t" else " \t\r"
    return [field.strip(blanks) for field in line.split(chr(delimiter))]


def is_passed_over(line, delimiter, comments):
    """Whether the line is blank or a comment."""
    content = line.strip(" \r" if delimiter == 9 else " \t\r")
    return content == "" or content[0] in comments


def is_integer(field, *, strict=True):
    """Whether this is how a whole number is written that fits into 64 bits, the lowest left out.

    Unless `strict`, zeros may stand in front, up to 19 digits in all.
    """
    if not strict:
        return re.fullmatch("-?[0-9]{1,19}", field) is not None and abs(int(field)) < 2**63
    return INTEGER.fullmatch(field) is not None and abs(int(field)) < 2**63


def lines_of(text):
    """The lines, without an empty one behind the last newline."""
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def number_rows(text, delimiter, comments, source, target, num_columns):
    """For each line that is not passed over: (source, target), or None if it is no plain row."""
    rows = []
    for line in lines_of(text):
        if is_passed_over(line, delimiter, comments):
            continue
        fields = fields_of(line, delimiter)
        plain = len(fields) == num_columns and is_integer(fields[source]) and is_integer(fields[target])
        rows.append((int(fields[source]), int(fields[target])) if plain else None)
    return rows


def field_rows(text, delimiter, comments, source, target, num_columns, *, quotes):
    """As `number_rows`, with fields of any kind; one that begins with a quote is not plain."""
    rows = []
    for line in lines_of(text):
        if is_passed_over(line, delimiter, comments):
            continue
        fields = fields_of(line, delimiter)
        plain = len(fields) == num_columns and fields[source] and fields[target]
        plain = (
            plain and "\r" not in "".join(fields) and not (quotes and any(f.startswith('"') for f in fields))
        )
        rows.append((fields[source], fields[target]) if plain else None)
    return rows


def number_lines(text, comments, *, strict):
    """The whole numbers of each line that is no comment, None for a line that holds anything else."""
    lines = [
        line
        for line in lines_of(text)
        if not line.strip(" \t\r")[:1] or line.strip(" \t\r")[0] not in comments
    ]
    rows = []
    for line in lines:
        fields = fields_of(line, 0)
        rows.append(
            [int(field) for field in fields]
            if all(is_integer(field, strict=strict) for field in fields)
            else None
        )
    return rows
