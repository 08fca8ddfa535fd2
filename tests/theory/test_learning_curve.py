"""Wright's law through the engine: technicians who start alike and whose work takes less and less time."""

from __future__ import annotations

from math import log2

import numpy as np
import numpy.typing as npt

from sim import RunResult
from tests.service_worlds import job_stream, run, service_world
from tests.theory.evidence import assert_proves
from tests.theory.worlds import BUG

FloatArray = npt.NDArray[np.float64]

TECHNICIANS = 16
DAYS = 20
WORK_MINUTES = 60.0
START_JOBS = 50.0
PROGRESS_RATIO = 0.85
SECONDS_PER_DAY = 86_400


def observed(progress_ratio: float) -> RunResult:
    """A team that never runs out of work, with twice the experience every few days."""
    work = {"kind": "gamma", "mean": WORK_MINUTES, "cv": 0.3}
    stream = {**job_stream("jobs", 1.8, WORK_MINUTES), "minutes": work}
    learning = {
        "progress_ratio": progress_ratio,
        "reference_jobs": START_JOBS,
        "least_factor": 0.01,
        "jobs_per_level": 1e9,
    }
    group = {
        "id": "T", "station_id": "ST", "count": TECHNICIANS, "shift_id": "always", "experience_jobs": START_JOBS,
    }  # fmt: skip
    return run(
        service_world(
            days=DAYS,
            streams=[stream],
            loops={"skill": True},
            service={"people": {"learning": learning}},
            policy={"service": {"workforce": {"groups": [group]}}},
        )
    )


def over_wright(result: RunResult) -> FloatArray:
    """(technicians,) time for work over Wright's for the jobs that each had done by the evening before."""
    visits = result.tables["visits"]
    technician, began, ended = (visits[name] for name in ("technician", "began_second", "ended_second"))
    is_over = ended >= 0
    day = ended // SECONDS_PER_DAY
    ratios = []
    for number in range(TECHNICIANS):
        his = is_over & (technician == number)
        evening = np.searchsorted(np.sort(day[his]), day[his], side="left")
        expected = WORK_MINUTES * 60 * ((START_JOBS + evening) / START_JOBS) ** log2(PROGRESS_RATIO)
        ratios.append(float((ended - began)[his].sum() / expected.sum()))
    return np.array(ratios)


def test_time_for_work_follows_wright() -> None:
    sound, planted = observed(PROGRESS_RATIO), observed(BUG * PROGRESS_RATIO)
    assert min(sound.tables["technician_days"]["experience_jobs"][-TECHNICIANS:]) > 7 * START_JOBS
    assert_proves(1.0, over_wright(sound), over_wright(planted), widest=0.015)
