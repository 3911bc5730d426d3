"""Every way in which a text file can be wrong, with the message in full."""

import re

import pytest

from graphkit.errors import InputError, ParameterError
from graphkit.io import read_graph

NOT_UTF8 = "is not UTF-8 text; convert the file, for instance with: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW"
AS_TEXT = "pass id_type='string' to take ids as text"
WRONG_WEIGHT = (
    "a weight must be a finite float32 number > 0, got {}; pass bad_weights='drop' to leave such edges out, "
    "'abs' to take absolute values (zero: no edge)"
)
MANY = "1 2\n" * 400
MANY_WEIGHTED = "1 2 0.5\n" * 400

WRONG = {
    "empty": ("", {}, None, "the file is empty"),
    "only comments": (
        "# a\n\n% b\n",
        {},
        None,
        "holds no edges, only comments or blank lines; "
        "pass comments='' if lines that begin with '#%' are edges",
    ),
    "only blank lines": ("\n \n", {}, None, "holds no edges, only comments or blank lines"),
    "only a header": ("source,target\n", {}, 1, "holds no edges, only a header"),
    "one column": ("# c\nabc\ndef\n", {}, 2, "expected at least two columns, found one: 'abc'"),
    "text after numbers": (
        "1 2\n2 3\nx4 1\n",
        {},
        3,
        f"expected a whole number as source id, as in the first rows, got 'x4'; {AS_TEXT}",
    ),
    "text far behind": (
        MANY + "# c\n\n3 y\n",
        {},
        403,
        f"expected a whole number as target id, as in the first rows, got 'y'; {AS_TEXT}",
    ),
    "a decimal id behind": (
        "1 2\n2 3.5\n",
        {},
        2,
        f"expected a whole number as target id, as in the first rows, got '3.5'; {AS_TEXT}",
    ),
    "zeros in front behind": (
        "1 2\n2 007\n",
        {},
        2,
        f"the target id 007 would become 7; {AS_TEXT}, or 'int' to take the number",
    ),
    "beyond 64 bits behind": (
        "1 2\n2 9223372036854775808\n",
        {},
        2,
        f"the target id 9223372036854775808 does not fit into 64 bits; {AS_TEXT}",
    ),
    "numbers asked for": (
        "a b\nc d\n",
        {"id_type": "int"},
        1,
        f"expected a whole number as source id, as in the first rows, got 'a'; {AS_TEXT}",
    ),
    "decimal ids": (
        "1.0 2.0\n2.0 3.0\n",
        {},
        1,
        "ids look like decimal numbers (1.0); write them as whole numbers, or pass id_type='string' "
        "to take them as "
        "text",
    ),
    "a column less": (MANY + "7\n", {}, 401, "expected 2 columns, found 1: '7'"),
    "a column more": ("1,2\n2,3\n3,4,5\n", {}, 3, "expected 2 columns, found 3: '3,4,5'"),
    "a first row that does not count": (
        "1 2 3\n1 2\n2 3\n",
        {},
        None,
        "the first row '1 2 3' has 3 columns, the next ones have 2, and it does not count nodes and edges",
    ),
    "a header of another width": (
        "source,target\n1,2,3\n2,3,4\n",
        {},
        1,
        "the header names 2 columns, the next lines have 3",
    ),
    "an empty id": ("a,b\nc,\nd,e\n", {}, 2, "the target id is empty"),
    "an empty number": ("1,2\n,3\n4,5\n", {}, 2, "the source id is empty"),
    "text as a weight": (
        MANY_WEIGHTED + "1 2 heavy\n",
        {},
        401,
        "expected a number as weight (column 3), got 'heavy'; pass weights=None to leave weights out",
    ),
    "no weight": (
        "1,2,0.5\n2,3,\n",
        {},
        2,
        WRONG_WEIGHT.format("none"),
    ),
    "a chosen weight of text": (
        "s,t,x\n1,2,a\n",
        {"columns": ("s", "t"), "weights": "x"},
        2,
        "expected a number as weight (column 'x'), got 'a'; pass weights=None to leave weights out",
    ),
    "zero": (MANY_WEIGHTED + "1 2 0\n", {}, 401, WRONG_WEIGHT.format(0)),
    "negative": ("1 2 0.5\n# c\n1 3 -2\n", {}, 3, WRONG_WEIGHT.format(-2)),
    "not a number": ("1 2 0.5\n1 3 NaN\n", {}, 2, WRONG_WEIGHT.format("nan")),
    "infinite": ("1 2 0.5\n1 3 -inf\n", {}, 2, WRONG_WEIGHT.format("-inf")),
    "too large": ("1 2 0.5\n1 3 1e39\n", {}, 2, WRONG_WEIGHT.format("1e+39")),
    "too small": ("1 2 0.5\n1 3 1e-50\n", {}, 2, WRONG_WEIGHT.format("1e-50")),
    "the first of two faults": ("1 2 0.5\n1 3 -1\n1 x 1\n", {}, 2, WRONG_WEIGHT.format(-1)),
    "infinite, absolute": (
        "1 2 -1\n1 3 inf\n",
        {"bad_weights": "abs"},
        2,
        "a weight must be a finite float32 number > 0, got inf; pass bad_weights='drop' to leave "
        "such edges out",
    ),
    "times": (
        "1 2 1082040961\n2 3 1082155839\n",
        {},
        None,
        "column 3 looks like times (1082040961), not weights; pass weights=None to leave it out, or "
        "weights=3 to take "
        "it as the weight",
    ),
    "dictionaries of networkx": (
        "# c\n1 2 {}\n2 3 {'weight': 0.5}\n",
        {},
        3,
        "edges carry Python dictionaries, as networkx.write_edgelist writes them; write the weights as "
        "a column, with data=['weight'], or pass weights=None",
    ),
    "Windows-1252 ids": ("# c\na caf\xe9\nb c\n".encode("cp1252"), {}, 2, f"the byte 0xE9 {NOT_UTF8}"),
    "quoted Windows-1252 ids": ('a,"b"\nc,"caf\xe9"\n'.encode("cp1252"), {}, 2, f"the byte 0xE9 {NOT_UTF8}"),
    "UTF-16": (
        "1 2\n".encode("utf-16"),
        {},
        None,
        "is UTF-16 text; convert it with: iconv -f UTF-16 -t UTF-8 FILE > NEW",
    ),
    "old Mac": (
        "1 2\r2 3\r",
        {},
        None,
        "lines end with a lone carriage return; convert them with: tr '\\r' '\\n'",
    ),
    "binary": (b"\0\1\2\n\0", {}, None, "is not text; is the format right?"),
    "quoted text after numbers": (
        '1,"2"\n2,"3"\n"x",4\n',
        {},
        3,
        f"expected a whole number as source id, as in the first rows, got 'x'; {AS_TEXT}",
    ),
    "quoted, beyond 64 bits": (
        '1,"2"\n2,"9223372036854775808"\n',
        {},
        2,
        f"the target id 9223372036854775808 does not fit into 64 bits; {AS_TEXT}",
    ),
    "quoted, a column more": (
        '"a","b"\n\n"c","d","e"\nf,g\nh,i\n',
        {},
        3,
        "expected 2 columns, found 3: 'c,d,e'",
    ),
    "a quote that does not end": (
        '"a","b"\nc,d\ne,"f\n' + "g,h\n" * 90,
        {},
        3,
        "a field in quotes does not end",
    ),
    "a quote that does not end in a large file": (
        '"a","b"\n' * 300 + '"e,f\n' + "g,h\n" * 400_000,
        {},
        301,
        "a field in quotes does not end",
    ),
    "quoted, an empty id": ('"a","b"\n"",c\n', {}, 2, "the source id is empty"),
    "quoted, a negative weight": ('"a","b",1\n"x\ny",d,-1\ne,f,1\n', {}, 2, WRONG_WEIGHT.format(-1)),
    "quoted, text as a weight": (
        '"a","b",1\nc,d,e\n',
        {},
        2,
        "expected a number as weight (column 3), got 'e'; pass weights=None to leave weights out",
    ),
    "quoted, a mark of comment": (
        'a,"b"\n#c,d\n',
        {},
        None,
        "a row begins with '#', which marks comments; pass comments='' if it is an id",
    ),
    "no such column": (
        "a,b,c\n1,2,3\n",
        {"columns": ("a", "z")},
        None,
        "no column is called 'z' (columns); there are: a, b, c",
    ),
    "no such number": (
        "1 2 3\n",
        {"columns": (1, 4)},
        None,
        "there is no column 4 (columns), only 3, counted from 1",
    ),
    "counted from zero": (
        "1 2 3\n",
        {"columns": (0, 1)},
        None,
        "there is no column 0 (columns), only 3, counted from 1",
    ),
}


def message(path, line, text):
    return f"{path}, line {line}: {text}" if line else f"{path}: {text}"


@pytest.mark.parametrize("name", WRONG)
def test_wrong_files(name, write):
    content, options, line, text = WRONG[name]
    path = write(content)
    with pytest.raises(InputError) as caught:
        read_graph(path, **options)
    assert str(caught.value) == message(path, line, text)
    assert caught.value.line == line


@pytest.mark.parametrize("num_threads", ["1", "3"])
def test_the_first_fault_in_the_file_is_named_whatever_the_threads(num_threads, write, monkeypatch):
    monkeypatch.setenv("GRAPHKIT_NUM_THREADS", num_threads)
    rows = ["1 2"] * 200_000
    rows[60_000], rows[150_000] = "1 x", "1"
    with pytest.raises(InputError, match=r"line 60001: expected a whole number as target id"):
        read_graph(write("\n".join(rows)))


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(InputError, match=re.escape(f"{tmp_path / 'no.txt'}: no such file")):
        read_graph(tmp_path / "no.txt")
    with pytest.raises(
        InputError, match=re.escape(f"{tmp_path}: is a folder that holds no saved graph; give a file")
    ):
        read_graph(tmp_path)


OPTIONS = [
    ({"delimiter": "::"}, "delimiter must be one ASCII character or None, got '::'"),
    ({"delimiter": '"'}, "delimiter must be one ASCII character or None, got '\"'"),
    ({"comments": "# "}, "comments must be ASCII characters, got '# '"),
    ({"id_type": "integer"}, "unknown id_type 'integer': did you mean 'int'? Possible: auto, int, string"),
    ({"bad_weights": "ignore"}, "unknown bad_weights 'ignore'; possible: error, drop, abs"),
    ({"duplicates": "mean"}, "unknown duplicates 'mean'; possible: sum, max, first, error"),
    ({"self_loops": "no"}, "unknown self_loops 'no'; possible: keep, drop"),
    ({"columns": "ab"}, "columns must be two, the source's and the target's; got 'ab'"),
    ({"columns": (2, 2)}, "columns must be two different ones, got 2 twice"),
    ({"mat_network": "net"}, "mat_network has no effect on the format text; leave it out"),
]


@pytest.mark.parametrize(("options", "text"), OPTIONS)
def test_wrong_options(options, text, write):
    with pytest.raises(ParameterError) as caught:
        read_graph(write("1 2\n"), **options)
    assert str(caught.value) == text
