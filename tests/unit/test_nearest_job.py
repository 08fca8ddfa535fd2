"""Which of the jobs that wait somebody takes under the rule `nearest`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sim.field.jobs import Stage
from sim.field.roads import place_at
from sim.field.waiting import Nearby

HERE = (31.0, 121.0)


def job(number: int, north: float, needs: tuple[int, int, int] = (-1, 1, 1)) -> Any:
    return SimpleNamespace(
        request=SimpleNamespace(number=number),
        needs=needs,
        place=place_at(HERE[0] + north, HERE[1]),
        priority=(number,),
        stage=Stage.WAITING,
    )


def worker(*levels: int) -> Any:
    return SimpleNamespace(place=place_at(*HERE), levels=levels)


def anything(*_: Any) -> bool:
    return True


@pytest.fixture
def waiting() -> Nearby:
    return Nearby()


def test_nearest_first_and_the_first_among_equals(waiting: Nearby) -> None:
    for one in (job(3, 0.2), job(2, 0.1), job(1, 0.1), job(0, 0.3)):
        waiting.put(one)
    found = waiting.take(worker(), anything)
    assert found is not None
    assert found.request.number == 1


def test_only_what_somebody_can_do_in_time(waiting: Nearby) -> None:
    hard, long, right = job(0, 0.1, (0, 3, 1)), job(1, 0.2, (0, 2, 1)), job(2, 0.3, (0, 2, 2))
    for one in (hard, long, right):
        waiting.put(one)
    assert waiting.take(worker(2), lambda _, one: one is not long) is right
    assert waiting.take(worker(3), anything) is hard
    assert waiting.take(worker(1), anything) is None


def test_what_is_taken_is_not_given_again_until_it_waits_again(waiting: Nearby) -> None:
    one = job(0, 0.1)
    waiting.put(one)
    one.stage = Stage.VISITED
    assert waiting.take(worker(), anything) is None
    one.stage, one.needs = Stage.WAITING, (0, 1, 1)
    waiting.put(one)
    assert waiting.take(worker(0), anything) is None
    assert waiting.take(worker(1), anything) is one


def test_a_job_that_is_judged_anew_waits_as_what_it_is_now(waiting: Nearby) -> None:
    one = job(0, 0.1)
    waiting.put(one)
    one.needs = (0, 2, 1)
    waiting.put(one)
    assert waiting.take(worker(1), anything) is None
    assert waiting.take(worker(2), anything) is one
