"""Progress: what is passed on, how it is written, and where nothing is."""

import io
import json

import pytest

from graphkit.progress import JsonProgress, RichProgress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def lines_of(interval, reports, clock=None):
    file = io.StringIO()
    with JsonProgress(file, interval=interval) as progress:
        for report in reports:
            if clock is not None:
                clock.now += 1
            progress(*report)
    return [json.loads(line) for line in file.getvalue().splitlines()]


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 100.0

    monkeypatch.setattr("graphkit.progress.time.monotonic", lambda: Clock.now)
    return Clock


def test_json_lines_hold_pace_and_time_left(clock):
    lines = lines_of(0, [("walks", 10, 50), ("walks", 20, 50), ("walks", 50, 50), ("train", 0, 2)], clock)
    assert [line["stage"] for line in lines] == ["walks", "walks", "walks", "train"]
    assert [line["done"] for line in lines] == [10, 20, 50, 0]
    assert [line["total"] for line in lines] == [50, 50, 50, 2]
    assert [line["seconds"] for line in lines] == [0, 1, 2, 0]
    # Ten steps took a second, and thirty are left.
    assert [line["eta"] for line in lines] == [None, 3, 0, None]


def test_reports_are_rate_limited_but_for_the_first_and_the_last(clock):
    lines = lines_of(3, [("walks", done, 10) for done in range(11)], clock)
    assert [line["done"] for line in lines] == [0, 3, 6, 9, 10]


def test_stages_side_by_side_are_paced_and_measured_each_for_itself(clock):
    reports = [("verify", 0, 9), ("start", 0, 1), ("verify", 1, 9), ("start", 1, 1), ("verify", 9, 9)]
    lines = lines_of(3, reports, clock)
    assert [(line["stage"], line["done"]) for line in lines] == [
        ("verify", 0),
        ("start", 0),
        ("start", 1),
        ("verify", 9),
    ]
    assert [line["seconds"] for line in lines] == [0, 0, 2, 4]


def test_a_stage_that_comes_again_begins_anew(clock):
    lines = lines_of(0, [("train", 1, 1), ("train", 1, 1), ("train", 0, 2), ("train", 1, 2)], clock)
    assert [line["seconds"] for line in lines] == [0, 1, 0, 1]


def test_a_million_reports_are_quick():
    lines = lines_of(60, [("walks", done, 200_000) for done in range(200_001)])
    assert [line["done"] for line in lines] == [0, 200_000]


def test_the_bar_is_drawn_on_a_terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    file = Terminal()
    with RichProgress(file, interval=0) as progress:
        progress("read", 1, 4)
        progress("read", 4, 4)
        progress("fastrp", 1, 2)
        progress("verify", 1, 2)
        progress("fastrp", 1, 2)
    text = file.getvalue()
    last = text[text.rindex("read") :]
    assert last.count("fastrp") == last.count("verify") == 1
    assert "read" in text
    assert "100%" in text
    assert "fastrp" in text
    assert "50%" in text


def test_no_bar_is_drawn_in_a_pipe():
    file = io.StringIO()
    with RichProgress(file, interval=0) as progress:
        progress("read", 1, 4)
        progress("read", 4, 4)
    assert file.getvalue() == ""
