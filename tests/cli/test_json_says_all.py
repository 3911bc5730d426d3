"""With --json a command says all that it says without: every number of the text, and its sentences."""

import json
import re

import pytest
from scipy.io import mmwrite
from scipy.sparse import coo_array

NUMBER = re.compile(r"(?<![\w.])(-?\d[\d,]*(?:\.\d+)?(?:e[+-]\d+)?)(?!\w)(?: (%|bytes|.iB|min|h)\b)?")
UNITS = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "%": 0.01, "min": 60, "h": 3600}


def leaves(value):
    """Everything that stands in a JSON document, names included."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    else:
        yield value


def missing(text, document):
    """Numbers of the text that no number of the document is when it is written so."""
    held = list(leaves(document))
    words = " ".join(str(each) for each in held)
    numbers = [float(each) for each in held if isinstance(each, (int, float)) and each is not None]
    numbers += [float(number.replace(",", "")) for number in (found[0] for found in NUMBER.findall(words))]
    return [
        match.group()
        for match in NUMBER.finditer(text)
        if not any(is_written(match[1].replace(",", ""), match[2], number) for number in numbers)
    ]


def is_written(shown, unit, number):
    """Whether a number is written so: rounded, in a unit, or in per cent."""
    step = abs(float(shown)) / 100 if "e" in shown else 10.0 ** -len(shown.partition(".")[2])
    return any(abs(number / scale - float(shown)) <= step * 0.51 for scale in (1, 0.01, UNITS.get(unit, 1)))


WEIGHTED = "a b 1.5\nb c 2\na b 1\nc d 0\nd e -3\ne e 1\nf f 1\n"


@pytest.mark.parametrize(
    "options",
    [
        "weighted.txt --weight-column 3 --bad-weights abs",
        "weighted.txt --weight-column 3 --bad-weights drop --self-loops drop",
        "matrix.mtx",
        "edges.txt --directed",
        "numbers.csv",
        "dataset:karate_club",
    ],
)
def test_what_a_graph_holds(graphkit, edges, options):
    (edges.parent / "weighted.txt").write_text(WEIGHTED)
    (edges.parent / "numbers.csv").write_text("from,to\n7,12\n12,100\n7,12\n")
    mmwrite(edges.parent / "matrix.mtx", coo_array(([1.5, 1, 2, 4], ([0, 1, 1, 2], [1, 0, 2, 3])), (5, 5)))
    text, data = graphkit(f"info {options}"), graphkit(f"info {options} --json")
    assert (text.code, data.code) == (0, 0), text.err + data.err
    found = json.loads(data.out)
    assert missing(text.out, found) == []
    assert found["remarks"] == [line[2:] for line in text.out.splitlines()[1 : 1 + len(found["remarks"])]]


def test_rows_merged_and_left_out_and_the_range_of_weights(graphkit, tmp_path):
    (tmp_path / "weighted.txt").write_text(WEIGHTED)
    line = "info weighted.txt --weight-column 3 --bad-weights abs --json"
    found = json.loads(graphkit(line).out)
    wanted = {
        "num_rows": 7,
        "num_rows_dropped_for_weight": 1,
        "num_weights_made_positive": 1,
        "num_merged": 1,
        "num_self_loops_given": 2,
        "self_loops_dropped": False,
        "lists_both_directions": False,
        "weight_min": 1.0,
        "weight_max": 3.0,
        "id_kind": "string",
    }
    assert wanted.items() <= found.items()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("datasets karate_club", "Zachary"),
        ("similar vectors.csv x1 y2 -k 3", "y2"),
        (
            "evaluate vectors.csv --labels labels.txt --train-ratios 0.4,0.5 --shuffles 2",
            "nodes are labelled",
        ),
        ("evaluate links edges.txt --method fastrp --dim 4 --seed 1", "Link prediction"),
        ("evaluate map map.csv --vectors vectors.csv -k 3", "points"),
        ("plan --nodes 1e5 --edges 1e6 --method fastrp --machines 2x64G --cores 8", "machine"),
        (
            "compare edges.txt --methods fastrp --labels labels.txt --shuffles 2 --seed 1",
            "Memory: as estimated",
        ),
    ],
)
def test_scores_and_facts(graphkit, edges, line, says):
    (edges.parent / "labels.txt").write_text("".join(f"{g}{i} {g}\n" for g in "xy" for i in range(8)))
    graphkit("embed edges.txt -o vectors.csv --method fastrp --dim 4 --seed 1 -q")
    graphkit("embed edges.txt -o map.csv --method fastrp --dim 2 --seed 1 -q")
    text, data = graphkit(line), graphkit(f"{line} --json")
    assert (text.code, data.code) == (0, 0), text.err + data.err
    found = json.loads(data.out)
    is_timed = line.startswith("compare")
    assert is_timed or missing(text.out, found) == []
    assert says in text.out
    assert says in data.out
    statement = found.get("statement") if isinstance(found, dict) else None
    assert statement is None or statement in text.out
