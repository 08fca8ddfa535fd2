import os
import sys

import pytest

from study import cores
from tests.factory import tiny_scenario

GIGABYTE = 2**30


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine of four CPUs on two cores, without limits; returns its folder of files to change."""
    monkeypatch.setattr(cores, "_allowed_cpus", lambda: {0, 1, 2, 3})
    for cpu, siblings in enumerate(("0,2", "1,3", "0,2", "1,3")):
        folder = tmp_path / f"cpu{cpu}" / "topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text(siblings)
    (tmp_path / "cpu.max").write_text("max 100000")
    (tmp_path / "meminfo").write_text(f"MemTotal: 1 kB\nMemAvailable: {8 * 2**20} kB\n")
    (tmp_path / "memory.max").write_text("max")
    (tmp_path / "memory.current").write_text("5")
    monkeypatch.setattr(cores, "_TOPOLOGY", tmp_path)
    monkeypatch.setattr(cores, "_CPU_QUOTA", tmp_path / "cpu.max")
    monkeypatch.setattr(cores, "_MEMORY_INFO", tmp_path / "meminfo")
    monkeypatch.setattr(cores, "_MEMORY_LIMITS", (tmp_path / "memory.max", tmp_path / "memory.current"))
    return tmp_path


def test_hardware_threads_of_one_core_count_once(machine):
    assert cores.usable_cores() == 2


def test_cpus_count_where_the_system_does_not_tell_cores(machine, monkeypatch):
    monkeypatch.setattr(cores, "_TOPOLOGY", machine / "absent")
    assert cores.usable_cores() == 4


@pytest.mark.parametrize(
    ("quota", "expected"), [("150000 100000", 1), ("50000 100000", 1), ("900000 100000", 2)]
)
def test_a_container_s_quota_limits_the_cores(machine, quota, expected):
    (machine / "cpu.max").write_text(quota)
    assert cores.usable_cores() == expected


def test_free_memory_is_the_lesser_of_machine_and_container(machine):
    assert cores.free_memory() == 8 * GIGABYTE
    (machine / "memory.max").write_text(str(3 * GIGABYTE))
    (machine / "memory.current").write_text(str(GIGABYTE))
    assert cores.free_memory() == 2 * GIGABYTE


def test_big_scenarios_run_one_at_a_time_when_memory_is_short(machine, monkeypatch):
    scenario = tiny_scenario(horizon={"days": 365})
    assert cores.default_jobs(scenario) == 2
    monkeypatch.setattr(cores, "expected_memory", lambda _: 5 * GIGABYTE)
    assert cores.default_jobs(scenario) == 1
    monkeypatch.setattr(cores, "expected_memory", lambda _: 50 * GIGABYTE)
    assert cores.default_jobs(scenario) == 1


def test_expected_memory_covers_the_panels():
    # 2 stores x 2 classes x 28 days x 43 measures of 8 bytes, and one period of 2 x 3 cells.
    scenario = tiny_scenario(horizon={"days": 28, "panel_period_days": 28})
    assert cores.expected_memory(scenario) >= 2 * 2 * 28 * 43 * 8 + 2 * 3 * 48


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and /sys")
def test_this_machine_has_at_least_one_core_and_some_memory():
    assert 1 <= cores.usable_cores() <= (os.cpu_count() or 1)
    assert cores.free_memory() > 0
