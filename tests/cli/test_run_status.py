"""`graphkit run status`."""

import json

import pytest
from support import engine_tasks as tasks

from graphkit.cli import main
from graphkit.engine import Engine
from graphkit.errors import InputError


def test_status_of_a_run(tmp_path, capsys):
    work = tmp_path / "work"
    with Engine(work=work, workers=1) as engine:
        engine.begin("test", {"dim": 3}, {})
        engine.map("square", tasks.square, [{"number": 1}])
        assert main(["run", "status", str(work)]) == 0
        assert "running       yes\n" in capsys.readouterr().out
    assert main(["run", "status", str(work)]) == 0
    shown = capsys.readouterr().out
    assert "running       no; it is finished\n" in shown
    assert "1 of 1 tasks" in shown
    assert main(["run", "status", str(work), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["parameters"], found["finished"]) == ({"dim": 3}, True)


def test_a_run_that_ended_too_early_goes_on(tmp_path, capsys):
    with pytest.raises(InputError), Engine(work=tmp_path / "work", workers=1) as engine:
        engine.begin("test", {}, {})
        engine.map("refuse", tasks.refuse, [{"number": 1, "kind": "input"}])
    assert main(["run", "status", str(tmp_path / "work")]) == 0
    assert "running       no; the same command again goes on with it\n" in capsys.readouterr().out


def test_a_folder_without_a_run(tmp_path, capsys):
    assert main(["run", "status", str(tmp_path)]) == 2
    assert "holds no run" in capsys.readouterr().err


def test_no_folder(tmp_path, capsys):
    assert main(["run", "status", str(tmp_path / "work")]) == 2
    assert "work: no such folder" in capsys.readouterr().err
