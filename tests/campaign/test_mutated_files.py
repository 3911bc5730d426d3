"""Damaged and hostile files: each is read, or refused by our error; no crash, no hang, no other error."""

import pytest

from campaign.children import faults_of
from campaign.file_trials import TRIALS, make_trial
from graphkit.errors import GraphkitError

FILES, FIRST = 30, 1


@pytest.mark.parametrize("name", TRIALS)
def test_files(name, tmp_path):
    files = make_trial(name, tmp_path / "files")
    faults = faults_of(files.run, FILES, GraphkitError, first=FIRST)
    assert not faults, "\n".join(f"{name}, seed {fault.trial}: {fault.what}" for fault in faults)
