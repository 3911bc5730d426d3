"""What was measured on a device is kept, whatever fails behind it."""

import importlib
import json
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def kept(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("device_results")


def test_each_row_is_in_the_file_before_the_next_is_measured(kept, tmp_path):
    output, seen = tmp_path / "results.json", []

    def part():
        for number in range(3):
            seen.append(json.loads(output.read_text())["rows"] if output.exists() else [])
            yield {"number": number}

    kept.measure_parts({"rows": part}, {}, output)
    assert [len(rows) for rows in seen] == [0, 1, 2]


def test_a_part_that_fails_keeps_its_rows_and_the_next_is_measured(kept, tmp_path, capsys):
    def failing():
        yield {"law": "first", "differing": 0}
        raise ValueError("no more")

    parts = {"before": lambda: [{"law": "b"}], "failing": failing, "behind": lambda: [{"law": "c"}]}
    kept.measure_parts(parts, {"machine": "one"}, tmp_path / "results.json")
    found = json.loads((tmp_path / "results.json").read_text())
    assert found["before"] == [{"law": "b"}]
    assert found["failing"] == [{"law": "first", "differing": 0}]
    assert found["behind"] == [{"law": "c"}]
    assert found["failed"] == {"failing": "ValueError: no more"}
    assert "ValueError: no more" in capsys.readouterr().err
    assert kept.complaint(found, ("before", "failing")) == "failed: failing"


def test_a_part_that_is_measured_again_has_failed_no_more(kept, tmp_path):
    results = {"rows": [{"law": "a", "differing": 2}], "failed": {"rows": "ValueError", "other": "OSError"}}
    assert kept.complaint(results, ["rows"]) == "failed: rows, failed: other, differs: a"
    kept.measure_parts({"rows": lambda: [{"law": "a", "differing": 0}]}, results, tmp_path / "results.json")
    assert kept.complaint(results, ["rows"]) == "failed: other"
