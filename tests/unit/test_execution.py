import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

import study
from study.errors import RequestError
from study.execution import Assignment, carry_out_all
from tests.factory import tiny_scenario
from tests.fakes import FakePlan, fake_simulate

ROOT = Path(study.__file__).parents[1]
STUDY = """
import sys, time
from study import StudyInterrupted, replicate
from tests.factory import tiny_scenario
from tests.fakes import FakePlan, fake_simulate
from pathlib import Path
import signal

def slow(scenario, plan, *, seed, replication):
    time.sleep(0.05 if replication < 4 else 60)
    return fake_simulate(scenario, plan, seed=seed, replication=replication)

signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    replicate(tiny_scenario(), FakePlan(), replications=50, jobs=2, out=Path(sys.argv[1]), simulate=slow)
except StudyInterrupted as interrupt:
    print(sorted(interrupt.study.replications), interrupt.folder.name)
    sys.exit(130)
"""


def assignment(simulate=fake_simulate):
    return Assignment(tiny_scenario(), FakePlan(), 1, "tiny", simulate)


def environment_simulate(scenario, plan, *, seed, replication):
    assert os.environ["OMP_NUM_THREADS"] == "1"
    return fake_simulate(scenario, plan, seed=seed, replication=replication)


def process_simulate(scenario, plan, *, seed, replication):
    result = fake_simulate(scenario, plan, seed=seed, replication=replication)
    return replace(result, kpis=dict(result.kpis) | {"profit": float(os.getpid())})


def killed_simulate(scenario, plan, *, seed, replication):
    os.kill(os.getpid(), signal.SIGKILL)


def started_study(folder):
    """A study of 50 replications under way, of which four will be finished and two are at work."""
    process = subprocess.Popen(
        [sys.executable, "-c", STUDY, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while len(list(folder.glob("replications/*-r*.npz"))) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    return process


def workers_of(process):
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_numbers_are_taken_only_a_few_ahead():
    taken = []

    def endless():
        while True:
            taken.append(len(taken))
            yield taken[-1]

    done = carry_out_all(assignment(), endless(), jobs=2)
    for _ in range(3):
        next(done)
    done.close()
    assert len(taken) <= 8


def test_workers_use_one_thread_each_and_leave_the_parent_alone(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    done = list(carry_out_all(assignment(environment_simulate), range(3), jobs=2))
    assert sorted(one.condensed.replication for one in done) == [0, 1, 2]
    assert os.environ["OMP_NUM_THREADS"] == "7"


@pytest.mark.skipif(sys.platform != "linux", reason="kills a worker")
def test_a_worker_killed_by_the_system_is_told_as_such():
    with pytest.raises(RequestError, match="fewer --jobs"):
        list(carry_out_all(assignment(killed_simulate), range(4), jobs=2))


def test_the_first_one_alone_is_done_here():
    done = list(carry_out_all(assignment(process_simulate), range(4), jobs=2, first_alone=True))
    processes = {one.condensed.replication: one.condensed.kpis["profit"] for one in done}
    assert processes[0] == os.getpid()
    assert os.getpid() not in {processes[number] for number in (1, 2, 3)}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_an_interrupt_keeps_what_is_finished_and_ends_the_workers(tmp_path):
    process = started_study(tmp_path / "run")
    workers = workers_of(process)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out.split() == ["[0,", "1,", "2,", "3]", "run"]
    assert time.monotonic() - began < 20  # it does not wait for the replications at work
    assert len(workers) == 2 and not any(map(is_alive, workers))


@pytest.mark.skipif(sys.platform != "linux", reason="workers die with their parent on Linux")
def test_workers_die_with_a_parent_that_is_killed(tmp_path):
    process = started_study(tmp_path / "run")
    workers = workers_of(process)
    process.kill()
    process.communicate(timeout=30)
    deadline = time.monotonic() + 10
    while any(map(is_alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(workers) == 2 and not any(map(is_alive, workers))
