"""Measure CPU time and memory of several contenders in one run, and keep the figures with their commit."""

from __future__ import annotations

import datetime
import multiprocessing
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HISTORY = Path(__file__).with_name("HISTORY.md")

_HISTORY_HEADER = """# Speed history

CPU seconds depend on the machine and the day: compare ratios inside one run, never times between runs.
A commit marked `+` had uncommitted changes.

| date | commit | python | benchmark | contender | work | CPU s (min-max) | per CPU s | peak MiB | ratio |
|---|---|---|---|---|--:|--:|--:|--:|--:|
"""


@dataclass(frozen=True)
class Measurement:
    """CPU seconds of one contender over its repeats, and the memory of the process that ran them."""

    label: str
    work: float
    """Units of work done by one call, say store-SKU-days."""
    cpu_seconds: tuple[float, ...]
    """User plus system time of each timed call."""
    peak_rss_mib: float
    """High-water mark of the resident set of the measuring process, interpreter and imports included."""
    result: Any
    """What the last call returned."""

    @property
    def median_cpu_seconds(self) -> float:
        """Median over the repeats."""
        return statistics.median(self.cpu_seconds)

    @property
    def work_per_cpu_second(self) -> float:
        """Speed at the median time."""
        return self.work / self.median_cpu_seconds


@dataclass(frozen=True)
class CommandCost:
    """What one command took, its child processes included."""

    cpu_seconds: float
    wall_seconds: float
    peak_rss_mib: float
    """Of the largest of its processes."""


def measure_command(words: Sequence[str], environment: Mapping[str, str] | None = None) -> CommandCost:
    """Run a command in a fresh process and say what it took.

    Args:
        words: Program and arguments.
        environment: Variables set beside those of this process. Python may always keep byte code, as it does for
            an installed package.

    Returns:
        CPU and wall seconds, from start to end.

    Raises:
        RuntimeError: The command failed.
    """
    variables = {**os.environ, **(environment or {})}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryFile() as complaints:
        start = time.perf_counter()
        process = subprocess.Popen(words, env=variables, stdout=subprocess.DEVNULL, stderr=complaints)
        _, status, used = os.wait4(process.pid, 0)
        wall_seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            complaints.seek(0)
            raise RuntimeError(f"{' '.join(words)}: {complaints.read().decode(errors='replace')}")
    return CommandCost(used.ru_utime + used.ru_stime, wall_seconds, _mib(used.ru_maxrss))


def measure(
    label: str,
    call: Callable[[], Any],
    work: float,
    repeats: int = 3,
    warm_ups: int = 0,
    prepare: Callable[[], Any] | None = None,
) -> Measurement:
    """Time a call in a process of its own, forked, so that memory peaks do not mix.

    Args:
        label: Name of the contender.
        call: What to time; picklable, as is what it returns (a module's function or a `functools.partial`).
        work: Units of work one call does.
        repeats: Number of timed calls.
        warm_ups: Calls before them that are not timed, for a contender that compiles or caches at first use.
        prepare: Done once before all calls and not timed, say loading.

    Returns:
        The measurement; an exception of the call is raised here.
    """
    if repeats < 1:
        raise ValueError(f"repeats must be at least 1, got {repeats}")
    with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("fork")) as process:
        seconds, peak, result = process.submit(_timed_calls, call, repeats, warm_ups, prepare).result()
    return Measurement(label, work, seconds, peak, result)


def _timed_calls(
    call: Callable[[], Any], repeats: int, warm_ups: int, prepare: Callable[[], Any] | None
) -> tuple[tuple[float, ...], float, Any]:
    if prepare is not None:
        prepare()
    for _ in range(warm_ups):
        call()
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        result = call()
        seconds.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return tuple(seconds), _mib(peak), result


def _mib(max_rss: int) -> float:
    return max_rss * (1 if sys.platform == "darwin" else 1024) / 2**20


def table(measurements: Sequence[Measurement], unit: str) -> str:
    """Lay measurements of one run out as text, with ratios of speed to the first.

    Args:
        measurements: At least one; the first is the yardstick.
        unit: Name of the unit of work, for the heading.

    Returns:
        The table, one line per contender.
    """
    width = max(len(m.label) for m in measurements)
    lines = [
        f"{'contender':<{width}}  {unit:>16}  {'median CPU s':>12}  {'min - max':>17}  "
        f"{'M per CPU s':>11}  {'ratio':>8}  {'peak MiB':>8}"
    ]
    for m in measurements:
        spread = f"{min(m.cpu_seconds):.3f} - {max(m.cpu_seconds):.3f}"
        lines.append(
            f"{m.label:<{width}}  {m.work:>16,.0f}  {m.median_cpu_seconds:>12.3f}  {spread:>17}  "
            f"{m.work_per_cpu_second / 1e6:>11.4f}  {_ratio(m, measurements[0]):>8}  {m.peak_rss_mib:>8.0f}"
        )
    return "\n".join(lines)


def append_history(
    benchmark: str, measurements: Sequence[Measurement], unit: str, path: Path = HISTORY
) -> None:
    """Append one row per measurement to the history, with date, commit and Python version.

    Args:
        benchmark: Name of the benchmark.
        measurements: Measurements of one run; ratios are to the first.
        unit: Name of the unit of work.
        path: The Markdown file; created with its heading when absent.
    """
    rows = [
        f"| {stamp()} | {benchmark} | {m.label} | {m.work:,.0f} {unit} "
        f"| {m.median_cpu_seconds:.3f} ({min(m.cpu_seconds):.3f}-{max(m.cpu_seconds):.3f}) "
        f"| {m.work_per_cpu_second / 1e6:.4f} M | {m.peak_rss_mib:.0f} | {_ratio(m, measurements[0])} |\n"
        for m in measurements
    ]
    is_new = not path.exists()
    with path.open("a", encoding="utf-8") as history:
        history.write((_HISTORY_HEADER if is_new else "") + "".join(rows))


def _ratio(measurement: Measurement, yardstick: Measurement) -> str:
    ratio = measurement.work_per_cpu_second / yardstick.work_per_cpu_second
    return f"{ratio:,.0f}x" if ratio >= 100 else f"{ratio:.3g}x"


def stamp() -> str:
    """Date, commit, Python version and form of the modules, as cells of a table."""
    from sim import has_native_modules

    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    modules = ", compiled" if has_native_modules() else ""
    return f"{today} | {_commit()} | {platform.python_version()}{modules}"


def _commit() -> str:
    def git(*arguments: str) -> str:
        answer = subprocess.run(
            ["git", *arguments], cwd=HISTORY.parent, capture_output=True, text=True, check=True
        )
        return answer.stdout.strip()

    try:
        dirty = git("status", "--porcelain", "--untracked-files=no")
        return git("rev-parse", "--short", "HEAD") + ("+" if dirty else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
