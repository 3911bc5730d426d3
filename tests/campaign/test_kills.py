"""Kills at random moments: the run begun again has the bits of an unbroken one, and leaves nothing behind.

tests/outofcore/test_kills.py kills workers and drivers that are processes of their own.
"""

import pytest

from campaign.jobs import JOBS, in_one_process, make_inputs
from campaign.kills import Kills

RUNS = 2


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inputs")
    make_inputs(folder)
    return folder


@pytest.mark.parametrize("job", JOBS)
def test_a_killed_run_goes_on_to_the_same_result(job, inputs, tmp_path):
    with in_one_process():
        tried = Kills(job, inputs, tmp_path)
        for number in range(RUNS):
            fault, _ = tried.fault(number)
            assert fault is None, f"seed {number}: {fault}"
