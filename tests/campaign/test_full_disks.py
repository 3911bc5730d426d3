"""A disk that fills at every step: a run ends in an error, and goes on to the bits of an unbroken one."""

import pytest
from support.small_disk import SmallDisk

from campaign.full_disks import ROOM, FullDisks
from campaign.jobs import JOBS, in_one_process, make_inputs

SIZES = 6


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inputs")
    make_inputs(folder)
    return folder


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    try:
        made = SmallDisk(tmp_path_factory.mktemp("disk"), ROOM)
    except OSError as error:
        pytest.skip(f"no file system can be mounted here: {error}")
    yield made
    made.close()


@pytest.mark.filterwarnings("ignore:no checkpoint was written")
@pytest.mark.parametrize("job", JOBS)
def test_a_full_disk_never_leads_to_another_result(job, inputs, disk, tmp_path):
    full = 0
    with in_one_process():
        tried = FullDisks(job, inputs, disk, tmp_path)
        for size in tried.sizes(SIZES):
            fault, was_full = tried.fault(size)
            assert fault is None, f"{size} bytes of disk: {fault}"
            full += was_full
    assert tried.may_go_on or full >= SIZES // 4
