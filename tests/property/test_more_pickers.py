"""One more identical picker never makes any task start later; an edit elsewhere leaves what is drawn as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

import optimize
import sim
from sim.clock import SECONDS_PER_DAY, Turn, at
from sim.records import Table
from sim.shifts import Duty
from sim.stations import Station, Work, WorkLog
from tests.factory import STORES, merged, tiny_scenario

ROUND_THE_CLOCK, BY_DAY = (0, 1_000, 0), (200, 900, 150)
"""Start, end and length of the break of a shift that comes again every thousand seconds."""
_PERIOD, _PERIODS = 1_000, 12

tasks_that_come = st.lists(st.tuples(st.integers(0, 6_000), st.integers(0, 900)), min_size=1, max_size=40)


def starts(tasks: list[tuple[int, int]], people: int, shift: tuple[int, int, int]) -> list[int]:
    """When each task starts; never is later than anything."""
    environment, log = simpy.Environment(), WorkLog()
    begins, ends, pause = shift
    middle = (begins + ends - pause) // 2
    duties = [
        Duty(0, people, *(day * _PERIOD + second for second in (begins, ends, middle, middle + pause)))
        for day in range(_PERIODS)
    ]
    station = Station(environment, log, 0, people, duties=duties)
    for number, (second, seconds) in enumerate(tasks):
        at(
            environment,
            second,
            Turn.WORK,
            lambda number=number, seconds=seconds: station.submit(seconds, Work.PICKING, number),
        )
    environment.run(until=_PERIODS * _PERIOD)
    rows = log.rows()
    never = _PERIODS * _PERIOD
    started = {int(row[2]): int(row[7]) if row[7] >= 0 else never for row in rows}
    return [started[number] for number in range(len(tasks))]


@pytest.mark.parametrize("shift", [ROUND_THE_CLOCK, BY_DAY], ids=["round the clock", "by day"])
@given(tasks=tasks_that_come, people=st.integers(0, 5))
def test_no_task_starts_later(shift: tuple[int, int, int], tasks: list[tuple[int, int]], people: int) -> None:
    fewer, more = (starts(tasks, number, shift) for number in (people, people + 1))
    assert all(after <= before for before, after in zip(fewer, more, strict=True))


STREAM = {
    "id": "web",
    "between_minutes": {"kind": "exponential", "mean": 15.0},
    "work_minutes": {"kind": "gamma", "mean": 10.0, "cv": 1.0},
}
DEPOT: dict[str, Any] = {
    "horizon": {"days": 30},
    "network": {"distribution_centres": [{"id": "DC", "stock": "unlimited"}]},
    "depot": {
        "order_desk": {"coefficient_of_variation": 0.5},
        "picking": {"coefficient_of_variation": 0.5},
        "order_streams": [STREAM],
    },
    "initial": {"store_days_of_demand": 15},
    "policy": {
        # Stores have plenty, so that what they sell and order does not hang on when goods arrive.
        "replenishment": [{"mode": {"kind": "base_stock", "order_up_to": {"units": 50}}}],
        "depot": {
            "desk": [{"people": 1, "start_hour": 6, "hours": 16}],
            "waves": [{"cut_off_hour": 4.0}],
        },
    },
}
SHIFTS = {
    "round the clock": {"start_hour": 0, "hours": 24},
    "by day": {"start_hour": 6, "hours": 12, "break_minutes": 45},
}


def tables(**changes: Any) -> dict[str, Table]:
    scenario = tiny_scenario(**merged(DEPOT, changes))
    return dict(sim.simulate(scenario, optimize.plan(scenario), seed=5, replication=0).tables)


def pickers(people: int, shift: str) -> dict[str, Any]:
    return {"depot": {"pickers": [{"people": people, **SHIFTS[shift]}]}}


def of_pickers(table: Table) -> dict[tuple[int, ...], list[int]]:
    """Seconds at which tasks start, by what they are; those of one kind that came in one second in their order."""
    found: dict[tuple[int, ...], list[int]] = {}
    for row in np.stack(
        [table[name] for name in ("work", "reference", "queued_second", "lines", "started_second")]
    ).T:
        if row[0] in (Work.PICKING, Work.STREAM):
            started = int(row[4]) if row[4] >= 0 else 10**9
            found.setdefault(tuple(row[:4].tolist()), []).append(started)
    return {key: sorted(seconds) for key, seconds in found.items()}


@pytest.mark.parametrize("shift", list(SHIFTS))
def test_one_more_picker_in_a_centre(shift: str) -> None:
    """The same orders, the same pick lists and the same stream: every task starts as early or earlier."""
    fewer, more = (of_pickers(tables(policy=pickers(people, shift))["tasks"]) for people in (2, 3))
    assert fewer.keys() == more.keys()
    assert all(a <= b for key in fewer for a, b in zip(more[key], fewer[key], strict=True))
    assert more != fewer


def drawn(found: dict[str, Table], work: Work, reference: int) -> np.ndarray:
    """Second queued and length of the finished tasks of one kind for one store or stream, (tasks, 2)."""
    table = found["tasks"]
    ours = (table["work"] == work) & (table["reference"] == reference) & (table["finished_second"] >= 0)
    seconds = table["finished_second"] - table["started_second"]
    both = np.stack([table["queued_second"][ours], seconds[ours]], axis=1)
    return both[np.lexsort(both.T)]


OTHER_STREAM = {**STREAM, "id": "wholesale"}
EDITS: dict[str, dict[str, Any]] = {
    "another stream": {"depot": {"order_streams": [STREAM, OTHER_STREAM]}},
    "another store": {"network": {"stores": [*STORES, {"store_id": "S9", "region": "south"}]}},
    "another shift": {"policy": pickers(50, "round the clock")},
    "another centre": {
        "network": {"distribution_centres": [{"id": "DC", "stock": "unlimited"}, {"id": "FAR"}]}
    },
}


@pytest.mark.parametrize("edit", list(EDITS))
def test_what_others_draw_stays(edit: str) -> None:
    """Gaps and work of the stream, and times at the desk and of pick lists, bit for bit.

    With plenty of pickers all is finished in both worlds; the release second keys the pick lists and is the wave's.
    """
    plenty = {"policy": pickers(40, "round the clock")}
    before, after = tables(**plenty), tables(**merged(plenty, EDITS[edit]))
    cases = [(Work.STREAM, 0)] + [(work, store) for work in (Work.DESK, Work.PICKING) for store in (0, 1)]
    last = 28 * SECONDS_PER_DAY
    for work, reference in cases:
        first, second = (drawn(found, work, reference) for found in (before, after))
        first, second = (rows[rows[:, 0] < last] for rows in (first, second))
        assert len(first) > 5
        assert np.array_equal(first, second), (work, reference)
