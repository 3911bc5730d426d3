"""What every engine promises, whatever runs the tasks."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from support import engine_tasks as tasks

from graphkit.engine import Engine, run_status
from graphkit.errors import InputError, ParameterError, RunError

NUMBERS = [{"number": number} for number in range(12)]


@pytest.fixture(params=["local", pytest.param("ray", marks=pytest.mark.slow)])
def where(request):
    """How to reach the workers of an engine: arguments of `Engine`."""
    if request.param == "local":
        return {"kind": "local", "workers": 2}
    return {"kind": "ray", "address": request.getfixturevalue("ray_cluster").address}


@pytest.fixture
def engine(where, tmp_path):
    with Engine(**where, work=tmp_path / "work") as engine:
        engine.begin("test", {"dim": 1}, {})
        engine.where = where
        yield engine


def again(engine, parameters=None, inputs=None):
    engine.close()
    new = Engine(**engine.where, work=engine.folder.path)
    new.where = engine.where
    try:
        new.begin("test", parameters or {"dim": 1}, inputs or {})
    except Exception:
        new.close()
        raise
    return new


def calls(engine):
    path = engine.folder.path.parent / "calls"
    return sorted(map(int, path.read_text().split())) if path.exists() else []


def test_results_are_in_the_order_of_the_arguments(engine):
    stage = engine.map("square", tasks.square, NUMBERS)
    assert [result["square"] for result in stage.results] == [number**2 for number in range(12)]
    assert [np.load(engine.folder.path / path)[0] for path in stage.paths("npy")] == [
        number**2 for number in range(12)
    ]


def test_a_stage_reads_what_another_wrote(engine):
    squares = engine.map("square", tasks.square, NUMBERS)
    totals = engine.map("total", tasks.total, [{"inputs": squares.paths("npy")}], after=[squares])
    assert totals.results == ({"total": sum(number**2 for number in range(12))},)


def test_many_tasks_and_none(engine):
    assert len(engine.map("square", tasks.square, [{"number": 1}] * 100).results) == 100
    assert engine.map("none", tasks.square, []).results == ()


def test_what_is_done_is_not_done_again(engine):
    engine.map("square", tasks.square, NUMBERS)
    with again(engine) as second:
        stage = second.map("square", tasks.square, NUMBERS)
    assert calls(engine) == list(range(12))
    assert stage.results[3] == {"square": 9}


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_only_what_is_missing_or_of_another_size_is_done_again(engine, harm):
    stage = engine.map("square", tasks.square, NUMBERS)
    harm(engine.folder.path / stage.path(5, "npy"))
    with again(engine) as second:
        second.map("square", tasks.square, NUMBERS)
    assert calls(engine) == sorted([*range(12), 5])


def test_equal_tasks_are_still_several(engine):
    engine.map("square", tasks.square, [{"number": 3}])
    stage = engine.map("square", tasks.square, [{"number": 3}] * 3)
    assert all((engine.folder.path / path).exists() for path in stage.paths("npy"))
    assert calls(engine) == [3, 3, 3]


def test_more_tasks_repeat_none(engine):
    engine.map("square", tasks.square, NUMBERS[:6])
    engine.map("square", tasks.square, NUMBERS)
    assert calls(engine) == list(range(12))


def test_another_stage_before_makes_another_stage(engine):
    first = engine.map("square", tasks.square, NUMBERS[:1])
    other = engine.map("other", tasks.square, NUMBERS[1:2])
    plans = [engine.plan("x", tasks.total, [{}], after=after) for after in ([], [first], [other])]
    assert len({plan.keys[0] for plan in plans}) == 3


def chain(engine):
    """Squares, of which only the first stage is needed to make the total."""
    squares = engine.plan("square", tasks.square, NUMBERS[:3])
    return squares, engine.plan(
        "total", tasks.total, [{"inputs": squares.paths("npy")}], after=[squares], discards=[squares]
    )


def test_what_a_stage_needs_is_run_before_it_and_discarded_after_it(engine):
    squares, total = chain(engine)
    assert engine.ensure(total).results == ({"total": 5},)
    assert engine.is_done(total)
    assert not engine.is_done(squares)
    assert not list((engine.folder.path / "square").iterdir())
    with again(engine) as second:
        assert second.ensure(chain(second)[1]).results == ({"total": 5},)
    assert calls(engine) == [0, 1, 2]


def test_stages_that_need_nothing_of_each_other_run_side_by_side(engine):
    meetings = [
        engine.plan(name, tasks.meet, [{"mine": name, "other": other}])
        for name, other in (("here", "there"), ("there", "here"))
    ]
    both = engine.plan("square", tasks.square, NUMBERS[:2], after=meetings)
    assert engine.ensure(both).results == ({"square": 0}, {"square": 1})
    assert [stage.name for stage in run_status(engine.folder.path).stages] == ["here", "there", "square"]


def spent(engine):
    """Squares, each read by one task, and their doubles."""
    squares = engine.plan("square", tasks.square, NUMBERS[:3])
    sources = [{"source": path} for path in squares.paths("npy")]
    return squares, engine.plan("double", tasks.double, sources, after=[squares])


def test_a_file_that_its_only_reader_spent_goes_and_is_done(engine):
    squares, doubles = spent(engine)
    engine.ensure(doubles)
    assert not list((engine.folder.path / "square").iterdir())
    assert engine.is_done(squares)
    with again(engine) as second:
        assert second.ensure(spent(second)[0]).results == ({"square": 0}, {"square": 1}, {"square": 4})
    assert calls(engine) == [0, 1, 2]


def test_a_spent_file_is_made_again_if_its_reader_is_to_run_again(engine):
    doubles = spent(engine)[1]
    engine.ensure(doubles)
    (engine.folder.path / doubles.path(1, "npy")).unlink()
    with again(engine) as second:
        second.ensure(spent(second)[1])
    assert calls(engine) == [0, 1, 1, 2]
    assert np.load(engine.folder.path / doubles.path(1, "npy"))[0] == 2


def test_what_was_spent_when_the_driver_was_killed_goes(engine, monkeypatch):
    squares, doubles = spent(engine)
    with monkeypatch.context() as patch:
        patch.setattr(engine, "_remove_spent", lambda: None)
        engine.ensure(doubles)
    assert (engine.folder.path / squares.path(0, "npy")).exists()
    with again(engine) as second:
        second.ensure(spent(second)[1])
    assert not list((engine.folder.path / "square").iterdir())


def test_a_file_that_is_gone_is_named_and_what_to_do(engine):
    with pytest.raises(RunError, match=r"no\.npy: a file of the run is gone; .* begin in a new work folder"):
        engine.map("double", tasks.double, [{"source": "no.npy"}])


def test_a_worker_that_dies_is_replaced(engine):
    stage = engine.map("die_once", tasks.die_once, NUMBERS[:4])
    assert [result["number"] for result in stage.results] == [0, 1, 2, 3]


def test_a_task_that_kills_its_workers_is_given_up(engine):
    with pytest.raises(RunError, match="task 0 of the stage die lost its worker 6 times"):
        engine.map("die", tasks.die, [{}])


def test_a_task_that_kills_its_workers_takes_no_other_with_it(engine):
    with pytest.raises(RunError, match="task 6 of the stage die lost its worker 6 times"):
        engine.map("die", tasks.die_by_number, [{"number": number, "deadly": 6} for number in range(12)])


def test_files_left_behind_half_written_are_removed(engine):
    with pytest.raises(RunError):
        engine.map("die", tasks.die, [{}])
    assert list((engine.folder.path / "die").iterdir()) != []
    with again(engine):
        assert list((engine.folder.path / "die").iterdir()) == []


def test_a_tasks_error_is_raised_once_and_as_it_was(engine, capfd):
    arguments = [{"number": number, "kind": "input"} for number in (2, 5, 7, 9)]
    with pytest.raises(InputError, match=r"^some-file, line 5: is bad$"):
        engine.map("refuse", tasks.refuse, arguments)
    with pytest.raises(ParameterError, match=r"^dim must be >= 1, got 0$"):
        engine.map("refuse2", tasks.refuse, [{"number": 1, "kind": "parameter"}])
    assert capfd.readouterr().err == ""


def test_a_defect_says_where(engine):
    with pytest.raises(
        RunError, match=r"ZeroDivisionError: by design \(engine_tasks.py, line \d+\) \[stage r\]"
    ):
        engine.map("r", tasks.refuse, [{"number": 1, "kind": "defect"}])


def test_what_was_done_before_an_error_is_kept(engine):
    arguments = [{"number": number, "kind": "defect"} for number in (0, 2, 4, 1)]
    with pytest.raises(RunError, match="the same run again goes on"):
        engine.map("refuse", tasks.refuse, arguments)
    assert engine.is_done(engine.plan("refuse", tasks.refuse, arguments[:1]))
    assert not engine.is_done(engine.plan("refuse", tasks.refuse, arguments))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_said_and_leaves_nothing_half(engine):
    engine.map("square", tasks.square, NUMBERS)
    with pytest.raises(RunError, match=r"no space left on the disk.*what is done is kept"):
        engine.map("refuse", tasks.refuse, [{"number": 1, "kind": "full"}])
    assert not list(engine.folder.path.glob("refuse/*"))
    assert run_status(engine.folder.path).stages[0].done == 12


def test_what_tasks_print_disturbs_nothing(engine):
    assert engine.map("shout", tasks.shout, [{}]).results == ({},)


def test_an_end_that_cannot_be_recorded_lets_go_of_the_folder(tmp_path, monkeypatch):
    def refuse(entry):
        raise RunError("the disk is full")

    engine = Engine(work=tmp_path / "work", workers=1)
    engine.begin("test", {}, {})
    monkeypatch.setattr(engine.folder.manifest, "append", refuse)
    with pytest.raises(RunError, match="the disk is full"), engine:
        pass
    Engine(work=tmp_path / "work", workers=1).close()


def test_two_drivers_are_refused(engine):
    with pytest.raises(InputError, match=rf"the process {os.getpid()} works in this folder"):
        Engine(**engine.where, work=engine.folder.path)


def test_other_parameters_are_refused(engine):
    with pytest.raises(ParameterError, match="belongs to a run with dim=1, not 2; choose another"):
        again(engine, {"dim": 2})
    with pytest.raises(ParameterError, match="belongs to a run with seed=None, not 2"):
        again(engine, {"dim": 1, "seed": 2})
    with again(engine) as same, pytest.raises(ParameterError, match="belongs to a run of test, not other"):
        same.begin("other", {"dim": 1}, {})


def test_numbers_and_arrays_of_numpy_are_as_plain_ones(where, tmp_path):
    with Engine(**where, work=tmp_path / "work") as engine:
        engine.begin("test", {"dim": np.int64(1), "weights": np.array([0.5, 1.0])}, {})
        assert engine.map("square", tasks.square, [{"number": np.int64(3)}]).results == ({"square": 9},)
    with Engine(**where, work=tmp_path / "work") as engine:
        engine.begin("test", {"dim": 1, "weights": [0.5, 1.0]}, {})
        assert engine.is_done(engine.plan("square", tasks.square, [{"number": 3}]))


def test_changed_inputs_are_refused(engine):
    with pytest.raises(InputError, match=r"^edges\.txt: has changed since the run in .* began"):
        again(engine, inputs={"edges.txt": {"bytes": 1}})


def test_a_folder_of_something_else_is_refused(where, tmp_path):
    (tmp_path / "cat.jpg").write_bytes(b"cat")
    with pytest.raises(InputError, match="holds files of no run"):
        Engine(**where, work=tmp_path)
    with pytest.raises(InputError, match="is a file"):
        Engine(**where, work=tmp_path / "cat.jpg")
    with pytest.raises(InputError, match="does not exist; create it first"):
        Engine(**where, work=tmp_path / "no" / "work")


def test_a_run_killed_while_it_wrote_its_record_begins_again(where, tmp_path):
    (tmp_path / "lock").write_text("1")
    (tmp_path / ".run-0a1b2c.json").write_text('{"format"')
    with Engine(**where, work=tmp_path) as engine:
        engine.begin("test", {}, {})
    assert sorted(file.name for file in tmp_path.iterdir()) == ["lock", "manifest.jsonl", "run.json"]


def test_a_damaged_manifest_is_refused_and_a_cut_line_is_not(engine):
    engine.map("square", tasks.square, NUMBERS[:3])
    manifest = engine.folder.path / "manifest.jsonl"
    whole = manifest.read_bytes()
    manifest.write_bytes(whole[:-20])
    with again(engine) as second:
        second.map("square", tasks.square, NUMBERS[:3])
    assert len(calls(engine)) == 4
    manifest.write_bytes(b"?\n" + whole)
    with pytest.raises(InputError, match=r"manifest.jsonl, line 1: is no entry of a manifest"):
        again(second)


DRIVER = """
import json, sys
from support import engine_tasks as tasks
from graphkit.engine import Engine
with Engine(**json.loads(sys.argv[1]), work=sys.argv[2]) as engine:
    engine.begin("test", {"dim": 1}, {})
    engine.map("slow", tasks.slow, [{"number": n, "seconds": 0.1} for n in range(40)])
"""


def test_a_driver_killed_leaves_what_is_done_and_no_workers(where, tmp_path):
    work = tmp_path / "work"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    driver = subprocess.Popen([sys.executable, "-c", DRIVER, json.dumps(where), str(work)], env=environment)
    manifest = work / "manifest.jsonl"
    while not manifest.exists() or manifest.read_bytes().count(b"\n") < 6:
        assert driver.poll() is None
        time.sleep(0.02)
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    done = {entry["number"] for entry in map(json.loads, manifest.read_text().splitlines()) if "key" in entry}
    status = run_status(work)
    assert not status.running
    assert not status.finished
    assert 0 < status.stages[0].done < status.stages[0].tasks == 40
    before = {path.name: path.stat().st_mtime_ns for path in (work / "slow").glob("*.txt")}
    with Engine(**where, work=work) as engine:
        engine.begin("test", {"dim": 1}, {})
        engine.map("slow", tasks.slow, [{"number": n, "seconds": 0.1} for n in range(40)])
    assert run_status(work).finished
    assert {f"{n:05d}.txt" for n in range(40)} == {path.name for path in (work / "slow").iterdir()}
    for number in done:
        name = f"{number:05d}.txt"
        assert (work / "slow" / name).stat().st_mtime_ns == before[name]


def test_unknown_kinds_and_numbers(tmp_path):
    with pytest.raises(ParameterError, match="unknown engine 'lokal': did you mean 'local'"):
        Engine("lokal", work=tmp_path)
    with pytest.raises(ParameterError, match="workers must be a whole number >= 1, got 0"):
        Engine(work=tmp_path, workers=0)


def test_ctrl_c_is_for_the_driver_alone(tmp_path):
    with Engine("local", work=tmp_path / "work", workers=1) as engine:
        engine.begin("test", {}, {})
        (told,) = engine.map("group", tasks.group, [{}]).results
        assert told["group"] != os.getpgrp()
