"""Calls and agents: every call ends once, nobody waits beside a free agent, one more agent answers nobody later."""

from __future__ import annotations

from functools import partial
from struct import unpack

import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import Turn, at
from sim.clock import run as let_happen
from sim.contact.agents import Agents, Call
from sim.contact.judgement import FOREVER
from sim.shifts import Duty
from tests.contact_worlds import call_centre, calls
from tests.service_worlds import run

ROUND_THE_CLOCK, BY_DAY = (0, 1_000, 0), (200, 900, 150)
"""Start, end and length of the break of a shift that comes again every thousand seconds."""
_PERIOD, _PERIODS = 1_000, 12
_END = _PERIOD * _PERIODS

Terms = tuple[int, int, int, int]
"""Second of the call, seconds of work, patience in seconds, priority."""
terms = st.tuples(
    st.integers(0, 6_000), st.integers(0, 900), st.sampled_from([FOREVER, 0, 1, 60, 500]), st.integers(0, 2)
)
some_calls = st.lists(terms, min_size=1, max_size=40)
shifts = pytest.mark.parametrize("shift", [ROUND_THE_CLOCK, BY_DAY], ids=["round the clock", "by day"])

ARRIVED, ANSWERED, ENDED, AGENT, IS_ABANDONED = 4, 5, 6, 7, 8
"""Columns of `calls`; the stream is the number of the call."""


def worked(some: list[Terms], people: int, shift: tuple[int, int, int]) -> tuple[list[tuple[int, ...]], int]:
    """Rows of all calls by their number, and seconds of overtime."""
    environment = simpy.Environment()
    rows: list[tuple[int, ...]] = []
    overtime: list[int] = []
    agents = Agents(
        environment,
        people,
        write=lambda row: rows.append(unpack("10q", row)),
        answered=lambda second: None,
        ended=lambda call: None,
        abandoned=lambda call: None,
        overtime=overtime.append,
    )
    begins, ends, pause = shift
    middle = (begins + ends - pause) // 2
    duties = [
        Duty(0, people, *(day * _PERIOD + second for second in (begins, ends, middle, middle + pause)))
        for day in range(_PERIODS)
    ]
    agents.work_shifts(iter(duties), lambda _: None)
    for number, (second, seconds, patience, priority) in enumerate(some):
        call = Call(0, 0, priority, seconds, patience, stream=number)
        at(environment, second, Turn.REPORT, partial(agents.submit, call))
    let_happen(environment, until=_END)
    agents.close()
    return sorted(rows, key=lambda row: row[1]), sum(overtime)


@shifts
@given(some=some_calls, people=st.integers(0, 5))
def test_every_call_ends_once(some: list[Terms], people: int, shift: tuple[int, int, int]) -> None:
    rows, overtime = worked(some, people, shift)
    assert [row[1] for row in rows] == list(range(len(some)))
    busy = 0
    for row, (second, seconds, patience, priority) in zip(rows, some, strict=True):
        assert row[ARRIVED] == second
        assert row[9] == priority
        if row[IS_ABANDONED]:
            assert row[ANSWERED] == row[AGENT] == -1
            assert row[ENDED] == second + patience
        elif row[ANSWERED] >= 0:
            assert 0 <= row[AGENT] < people
            assert patience == FOREVER or row[ANSWERED] <= second + patience
            assert row[ENDED] in (row[ANSWERED] + seconds, -1)
            busy += max(0, min(row[ANSWERED] + seconds, _END) - row[ANSWERED])
        else:
            assert row[ENDED] == row[AGENT] == -1
            assert patience == FOREVER or people == 0 or second + patience >= _END
    there = people * _PERIODS * (shift[1] - shift[0])
    unpaid = people * 900  # a call that is still going on when the run ends
    assert busy <= there + overtime + unpaid


@given(some=some_calls, people=st.integers(1, 5))
def test_nobody_waits_while_an_agent_is_free(some: list[Terms], people: int) -> None:
    """Round the clock: whenever a call begins to wait, all agents are busy; who comes first among equals goes first."""
    rows, _ = worked(some, people, ROUND_THE_CLOCK)
    begun = [row for row in rows if row[ANSWERED] >= 0]
    for row in rows:
        if row[ANSWERED] == row[ARRIVED]:
            continue
        until = row[ENDED] if row[IS_ABANDONED] else row[ANSWERED]
        for second in {row[ARRIVED], until - 1}:
            busy = sum(
                1
                for other in begun
                if other[ANSWERED] <= second < (other[ENDED] if other[ENDED] >= 0 else _END)
            )
            assert busy == people
    for row in begun:
        for other in begun:
            if row[9] < other[9] or (row[9] == other[9] and row[ARRIVED] < other[ARRIVED]):
                assert row[ANSWERED] <= other[ANSWERED] or row[ARRIVED] > other[ANSWERED]


@shifts
@given(some=some_calls, people=st.integers(0, 5))
def test_nobody_is_answered_later(some: list[Terms], people: int, shift: tuple[int, int, int]) -> None:
    """First come, first served, and patience for ever: exact for every call."""
    alike = [(second, seconds, FOREVER, 0) for second, seconds, _, _ in some]
    fewer, more = (
        [row[ANSWERED] if row[ANSWERED] >= 0 else _END for row in worked(alike, number, shift)[0]]
        for number in (people, people + 1)
    )
    assert all(after <= before for before, after in zip(fewer, more, strict=True))


def test_one_more_agent_in_a_contact_centre() -> None:
    """Two streams by day: every call is answered as early or earlier, and some are earlier."""
    streams = [calls("many", 0.5, 3.0), calls("few", 0.1, 6.0)]
    seconds = []
    for agents in (7, 8):
        shift = {"start_hour": 8, "hours": 10, "break_minutes": 30}
        table = run(call_centre(streams, agents, 5, shift=shift)).tables["calls"]
        answered = [answer if answer >= 0 else 10**9 for answer in table["answered_second"].tolist()]
        named = zip(table["stream"].tolist(), table["arrived_second"].tolist(), answered, strict=True)
        seconds.append(sorted(named))
    fewer, more = seconds
    assert [call[:2] for call in fewer] == [call[:2] for call in more]
    assert all(after[2] <= before[2] for before, after in zip(fewer, more, strict=True))
    assert fewer != more
