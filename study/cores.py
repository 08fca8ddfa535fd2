"""How many replications may run at once on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sim import Cell, Day

if TYPE_CHECKING:
    from scenarios import Scenario

_TOPOLOGY = Path("/sys/devices/system/cpu")
_CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_MEMORY_INFO = Path("/proc/meminfo")
_MEMORY_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current"))

_UNLIMITED = 2**62
_BYTES_PER_DAY_ROW = 8 * len(Day)
_BYTES_PER_CELL = 4 * len(Cell) + 8
_HEADROOM = 2
"""Working arrays, event tables and files in the making, beside the panels themselves."""


def default_jobs(scenario: Scenario) -> int:
    """Replications at once: one per usable core, as far as their panels fit into the memory that is free."""
    return max(1, min(usable_cores(), free_memory() // expected_memory(scenario)))


def usable_cores() -> int:
    """Physical cores this process may use: affinity, hardware threads and the container's quota considered.

    A second hardware thread of a core adds little to kernels that already keep the core busy.
    """
    cores = {_siblings(cpu) for cpu in _allowed_cpus()}
    return max(1, min(len(cores), _quota()))


def expected_memory(scenario: Scenario) -> int:
    """Bytes that one replication takes, mostly its panels; rough, and rather too many."""
    days, stores = scenario.horizon.days, len(scenario.network.stores)
    skus, classes = len(scenario.assortment.skus), len(scenario.assortment.classes)
    periods = -(-days // scenario.horizon.panel_period_days)
    panels = days * stores * classes * _BYTES_PER_DAY_ROW + periods * stores * skus * _BYTES_PER_CELL
    return _HEADROOM * panels + 1


def free_memory() -> int:
    """Bytes free for use, within the container's limit; very many where the system does not tell."""
    return min(_available(), _left_of_limit())


def _available() -> int:
    try:
        lines = _MEMORY_INFO.read_text().splitlines()
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        return _UNLIMITED


def _left_of_limit() -> int:
    try:
        limit, current = (int(path.read_text()) for path in _MEMORY_LIMITS)
        return max(0, limit - current)
    except (OSError, ValueError):  # no container, or "max"
        return _UNLIMITED


def _allowed_cpus() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return set(os.sched_getaffinity(0))
    return set(range(os.cpu_count() or 1))


def _siblings(cpu: int) -> str:
    try:
        return (_TOPOLOGY / f"cpu{cpu}" / "topology" / "thread_siblings_list").read_text()
    except OSError:
        return str(cpu)


def _quota() -> int:
    try:
        quota, period = _CPU_QUOTA.read_text().split()
        return max(1, int(quota) // int(period))
    except (OSError, ValueError):  # no container, or "max"
        return _UNLIMITED
