"""The harness measures in turn, refuses wrong results, and the pages' tables are those of the results."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

ECHO = """
from protocol import serve

serve(
    lambda data, request: request,
    describe=lambda result: {"said": result["word"]},
    amount=("letter", lambda result: len(result["word"])),
    packages=[],
)
"""


@pytest.fixture
def harness(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module


@pytest.fixture
def echo(harness, monkeypatch, tmp_path):
    """A contender whose work is to repeat what it is told, written as a runner of its own."""
    (tmp_path / "echo.py").write_text(ECHO)
    (tmp_path / "protocol.py").write_text((BENCHMARKS / "runners" / "protocol.py").read_text())
    contender = harness("contender")
    monkeypatch.setattr(contender, "RUNNERS", tmp_path)
    return lambda name, word, **options: contender.Contender(
        name, "graphkit", "echo", {"word": word}, **options
    )


def _part(harness, contenders, **options):
    return harness("measure").Part("part", contenders, {}, lambda *_: {}, **options)


@pytest.mark.parametrize("apart", [False, True])
def test_every_contender_is_timed_in_every_round(harness, echo, apart):
    part = _part(harness, [echo("a", "yes"), echo("b", "yes")], apart=apart, facts=("said",))
    found = harness("measure").measure(part, repeats=2, threads=1)
    assert [m.contender for m in found] == ["a", "b"]
    assert all(len(m.values["seconds"]) == 2 and min(m.values["seconds"]) > 0 for m in found)
    assert all(m.values["peak_mb"][0] > 1 for m in found)


@pytest.mark.parametrize("apart", [False, True])
def test_slow_contender_takes_part_in_few_rounds(harness, echo, apart):
    part = _part(harness, [echo("a", "yes"), echo("b", "yes", max_repeats=1)], apart=apart)
    found = harness("measure").measure(part, repeats=3, threads=1)
    assert [len(m.values["seconds"]) for m in found] == [3, 1]


def test_run_of_the_check_is_the_measurement_of_a_contender_without_rounds(harness, echo):
    replies = []

    def check(sessions, request):
        replies.extend(sessions["b"].ask(**request) for _ in range(2))
        return {}

    contenders = [echo("a", "yes"), echo("b", "yes", max_repeats=0)]
    part = harness("measure").Part("part", contenders, {}, check)
    _, found = harness("measure").measure(part, repeats=2, threads=1)
    assert found.values["seconds"] == [replies[-1]["seconds"]]


def test_amount_of_work_is_told_with_its_rate(harness, echo):
    quantities = ("seconds", "letters", "letters_per_s", "ns_per_letter")
    part = _part(harness, [echo("a", "yes")], quantities=quantities)
    [found] = harness("measure").measure(part, repeats=1, threads=1)
    [seconds], [letters], [rate], [nanoseconds] = found.values.values()
    assert letters == 3
    assert rate == pytest.approx(3 / seconds)
    assert nanoseconds == pytest.approx(1e9 * seconds / 3)


def test_results_that_differ_are_refused(harness, echo):
    measure = harness("measure")
    part = _part(harness, [echo("a", "yes"), echo("b", "no")], facts=("said",))
    with pytest.raises(measure.CheckFailed, match=r"disagree on said: \{'a': 'yes', 'b': 'no'\}"):
        measure.measure(part, repeats=1, threads=1)


def test_memory_over_the_limit_is_refused(harness, echo):
    measure = harness("measure")
    with pytest.raises(measure.CheckFailed, match="a took more than 1 MB"):
        measure.measure(_part(harness, [echo("a", "yes")], max_peak_mb=1), repeats=1, threads=1)


def test_rows_keep_median_range_and_ratio(harness, tmp_path):
    csv_rows, measure = harness("csv_rows"), harness("measure")
    measurements = [
        measure.Measurement("p", "graphkit", {"seconds": [2.0, 1.0, 4.0]}, {"python": "3"}),
        measure.Measurement("p", "peer", {"seconds": [6.0]}, {}),
    ]
    csv_rows.write("case", csv_rows.rows(measurements, {"cpu": "c"}), tmp_path)
    first, second = csv_rows.read("case", tmp_path)
    assert first["contender"] == "graphkit"
    assert [first[key] for key in ("median", "min", "max", "repeats", "ratio")] == ["2", "1", "4", "3", "1"]
    assert first["cpu"] == "c"
    assert second["ratio"] == "3"


def test_tables_of_the_pages_are_those_of_the_results():
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "figures.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_marked_table_is_replaced(harness, monkeypatch, tmp_path):
    csv_rows, figures = harness("csv_rows"), harness("figures")
    measured = harness("measure").Measurement(
        "p", "graphkit", {"seconds": [0.4, 0.5, 2.0]}, {"python": "3.11"}
    )
    machine = {"cpu": "c", "cores": "2", "threads": "2", "commit": "abc", "date": "2025-01-01"}
    csv_rows.write("case", csv_rows.rows([measured], machine), tmp_path)
    monkeypatch.setattr(csv_rows, "FOLDER", tmp_path)
    page = figures.rewritten("before\n<!-- benchmark:case -->\nold\n<!-- /benchmark -->\nafter\n")
    assert "| graphkit | 500 ms [400 ms, 2 s] | 1.00 |" in page
    assert "old" not in page
    assert page.startswith("before\n<!-- benchmark:case -->\n")
    assert page.endswith("<!-- /benchmark -->\nafter\n")
    assert figures.rewritten(page) == page
