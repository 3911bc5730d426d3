"""`graphkit run status`."""

import json

from support import engine_tasks as tasks

from graphkit.cli import main
from graphkit.engine import Engine


def test_status_of_a_run(tmp_path, capsys):
    work = tmp_path / "work"
    with Engine(work=work, workers=1) as engine:
        engine.begin("test", {"dim": 3}, {})
        engine.map("square", tasks.square, [{"number": 1}])
        assert main(["run", "status", str(work)]) == 0
        assert "running       yes\n" in capsys.readouterr().out
    assert main(["run", "status", str(work)]) == 0
    shown = capsys.readouterr().out
    assert "the same command again goes on" in shown
    assert "1 of 1 tasks" in shown
    assert main(["run", "status", str(work), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parameters"] == {"dim": 3}


def test_a_folder_without_a_run(tmp_path, capsys):
    assert main(["run", "status", str(tmp_path)]) == 2
    assert "holds no run" in capsys.readouterr().err
