"""Parts on vans: levels and curves against sums that know nothing of the solver, and brute force on small cases."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product as choices
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from optimize.stock.first_time_fix import PartsNetwork, evaluate_part_levels, first_time_fix_plan

FloatArray = npt.NDArray[np.float64]


def network(**fields: Any) -> PartsNetwork:
    """One part at one station with one van, unless said otherwise."""
    plain: dict[str, Any] = {
        "use_per_day": np.array([[0.8]]),
        "counter_per_day": np.array([[0.0]]),
        "unit_cost": np.array([10.0]),
        "centre": np.array([0]),
        "vans": np.array([1]),
        "duty_share": np.array([1.0]),
        "evening_share": np.array([0.0]),
        "station_days": np.array([2.0]),
        "centre_days": np.array([[0.0]]),
    }
    return PartsNetwork(**plain | fields)


def some_parts(parts: int, stations: int, seed: int = 3, **fields: Any) -> PartsNetwork:
    chance = np.random.default_rng(seed)
    shape = (stations, parts)
    plain: dict[str, Any] = {
        "use_per_day": chance.uniform(0.05, 0.6, shape),
        "counter_per_day": np.zeros(shape),
        "unit_cost": chance.uniform(2.0, 30.0, parts),
        "centre": np.zeros(stations, np.int64),
        "vans": chance.integers(1, 4, stations),
        "duty_share": np.full(stations, 5 / 7),
        "evening_share": np.zeros(stations),
        "station_days": chance.integers(1, 4, stations).astype(np.float64),
        "centre_days": chance.uniform(2.0, 8.0, (1, parts)),
    }
    return network(**plain | fields)


def units(*values: int) -> npt.NDArray[np.int64]:
    return np.array([values], np.int64)


def missing_by_equations(mean: float, level: int) -> FloatArray:
    """What vans miss after they have been filled: stationary probabilities of the chain, by linear equations."""
    size = 80
    demand = stats.poisson.pmf(np.arange(size), mean)
    step = np.zeros((size, size))
    for before, asked in choices(range(size), range(size)):
        step[before, min(max(before + asked - level, 0), size - 1)] += demand[asked]
    equations = np.vstack((step.T - np.eye(size), np.ones(size)))
    return np.asarray(np.linalg.lstsq(equations, np.append(np.zeros(size), 1.0), rcond=None)[0])


@pytest.mark.parametrize(("level", "on_van"), [(3, 2), (2, 3), (6, 1)])
def test_one_van_whose_centre_is_never_short(level: int, on_van: int) -> None:
    found = evaluate_part_levels(network(), units(0), units(level), units(on_van))
    missing = missing_by_equations(1.6, level)
    assert found.missing[0, 0] == pytest.approx(float(np.arange(80) @ missing), rel=1e-6)
    day = stats.poisson.pmf(np.arange(60), 0.8)
    met = [float(np.minimum(np.arange(60), max(on_van - short, 0)) @ day) for short in range(80)]
    assert found.found_per_day[0, 0] == pytest.approx(float(missing @ met), rel=0.02)


def test_a_station_that_never_runs_out_leaves_the_van_to_its_day() -> None:
    day = stats.poisson(0.8)
    found = evaluate_part_levels(network(), units(0), units(30), units(2))
    assert found.missing[0, 0] < 1e-12
    assert found.found_per_day[0, 0] == pytest.approx(day.pmf(1) + 2 * day.sf(1), rel=1e-9)


def test_what_the_evening_used_is_not_there_in_the_morning() -> None:
    day, late = stats.poisson(0.8), stats.poisson(0.2)
    found = evaluate_part_levels(network(evening_share=np.array([0.25])), units(0), units(30), units(1))
    assert found.found_per_day[0, 0] == pytest.approx(late.pmf(0) * day.sf(0), rel=1e-9)


def test_a_centre_that_is_short_is_a_longer_way() -> None:
    """A centre without stock adds its own lead time: demand of both, Poisson."""
    short = evaluate_part_levels(network(centre_days=np.array([[3.0]])), units(0), units(6), units(2))
    longer = evaluate_part_levels(network(station_days=np.array([5.0])), units(0), units(6), units(2))
    assert short.found_per_day == pytest.approx(longer.found_per_day, rel=1e-9)
    ample = evaluate_part_levels(network(centre_days=np.array([[3.0]])), units(20), units(6), units(2))
    never = evaluate_part_levels(network(), units(0), units(6), units(2))
    assert ample.found_per_day == pytest.approx(never.found_per_day, rel=1e-6)


def test_a_station_that_turns_over_more_than_it_has_passes_on_what_it_gets() -> None:
    found = evaluate_part_levels(network(), units(0), units(1), units(4))
    assert found.found_per_day[0, 0] == pytest.approx(1 / 2.0)


def test_no_choice_is_better_than_a_point_of_the_curve() -> None:
    """All levels of two parts, up to more than the curve has, of stations that turn over at most 90 per cent."""
    small = some_parts(2, 2, vans=np.array([1, 2]), centre_days=np.array([[2.0, 3.0]]))
    curve = first_time_fix_plan(small)
    tables = []
    for part in range(2):
        alone = network(
            **{
                entry.name: getattr(small, entry.name)[..., [part]]
                if entry.name in ("use_per_day", "counter_per_day", "unit_cost", "centre_days")
                else getattr(small, entry.name)
                for entry in fields(small)
            }
        )
        shares = alone.use_per_day / alone.use_per_day.sum()
        due = stats.poisson(alone.use_per_day.sum() * alone.centre_days[0, 0])
        owed = [float(np.maximum(np.arange(60) - level, 0) @ due.pmf(np.arange(60))) for level in range(4)]
        rows = []
        for centre, *levels in choices(range(4), *[range(5)] * 2, *[range(4)] * 2):
            stations, vans = np.array(levels[:2])[:, None], np.array(levels[2:])[:, None]
            asked = alone.use_per_day * alone.station_days[:, None] + owed[centre] * shares
            if (asked > 0.9 * stations)[vans > 0].any():
                continue
            found = evaluate_part_levels(alone, units(centre), stations, vans).found_per_day.sum()
            count = centre + stations.sum() + (vans[:, 0] * alone.vans).sum()
            rows.append((count * alone.unit_cost[0], found))
        tables.append(np.array(rows))
    cost = np.add.outer(tables[0][:, 0], tables[1][:, 0]).ravel()
    best = np.add.outer(tables[0][:, 1], tables[1][:, 1]).ravel() / small.use_per_day.sum()
    order = np.argsort(cost, kind="stable")
    most = np.maximum.accumulate(best[order])
    for price, share in zip(curve.cost, curve.first_time_fix, strict=True):
        if share < 0.9:
            assert most[np.searchsorted(cost[order], price + 1e-9) - 1] <= share + 1e-9


def test_levels_of_a_point_lead_to_what_the_curve_says() -> None:
    several = some_parts(6, 3, centre=np.array([0, 1, 0]), centre_days=np.array([[4.0] * 6, [9.0] * 6]))
    curve = first_time_fix_plan(several)
    for point in range(0, len(curve.cost), 9):
        levels = curve.levels_at(point)
        assert levels.found_per_day.sum() / several.use_per_day.sum() == pytest.approx(
            curve.first_time_fix[point]
        )
        of_all = levels.centres.sum(0) + levels.stations.sum(0) + several.vans @ levels.vans
        assert float(of_all @ several.unit_cost) == pytest.approx(curve.cost[point])
        again = evaluate_part_levels(several, levels.centres, levels.stations, levels.vans)
        assert again.found_per_day == pytest.approx(levels.found_per_day, rel=1e-9)
        assert again.missing == pytest.approx(levels.missing, rel=1e-4, abs=1e-9)


def test_more_money_finds_more_and_each_point_costs_more() -> None:
    curve = first_time_fix_plan(some_parts(12, 3))
    assert (np.diff(curve.first_time_fix) > 0).all()
    assert (np.diff(curve.price_per_point) >= -1e-6 * curve.price_per_point[:-1]).all()
    assert curve.first_time_fix[0] == 0 and curve.reach > 0.999
    points = [curve.within(budget) for budget in np.linspace(0, float(curve.cost[-1]) + 1, 40)]
    assert (np.diff(points) >= 0).all() and points[-1] == len(curve.cost) - 1
    reached = curve.reaching(0.9)
    assert reached is not None
    assert curve.first_time_fix[reached - 1] < 0.9 <= curve.first_time_fix[reached]
    assert curve.reaching(1.0) is None


def test_money_and_order_change_nothing() -> None:
    plain = some_parts(5, 3)
    curve = first_time_fix_plan(plain)
    dear = first_time_fix_plan(replace(plain, unit_cost=7 * plain.unit_cost))
    assert dear.first_time_fix == pytest.approx(curve.first_time_fix)
    assert dear.cost == pytest.approx(7 * curve.cost)
    parts, stations = np.array([3, 0, 4, 1, 2]), np.array([2, 0, 1])
    turned = first_time_fix_plan(
        PartsNetwork(
            plain.use_per_day[stations][:, parts], plain.counter_per_day[stations][:, parts], plain.unit_cost[parts],
            plain.centre[stations], plain.vans[stations], plain.duty_share[stations], plain.evening_share[stations],
            plain.station_days[stations], plain.centre_days[:, parts],
        )
    )  # fmt: skip
    assert turned.first_time_fix == pytest.approx(curve.first_time_fix)
    point = curve.reaching(0.9)
    assert point is not None
    levels, others = curve.levels_at(point), turned.levels_at(point)
    assert others.vans.tolist() == levels.vans[stations][:, parts].tolist()
    assert others.centres.tolist() == levels.centres[:, parts].tolist()


def test_nobody_there_and_nothing_used() -> None:
    nobody = first_time_fix_plan(network(vans=np.array([0])))
    assert nobody.cost.tolist() == [0.0]
    unused = first_time_fix_plan(network(use_per_day=np.array([[0.0]])))
    assert unused.first_time_fix.tolist() == [0.0]


def test_many_units_at_once() -> None:
    """Hundreds outstanding, where the probability of none is nothing at all to a computer."""
    curve = first_time_fix_plan(
        network(use_per_day=np.array([[40.0]]), vans=np.array([10]), centre_days=np.array([[20.0]]))
    )
    assert curve.reach > 0.999


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("use_per_day", np.array([[np.nan]])),
        ("use_per_day", np.array([[1e7]])),
        ("unit_cost", np.array([0.0])),
        ("centre", np.array([1])),
        ("duty_share", np.array([0.0])),
        ("station_days", np.array([0.5])),
        ("centre_days", np.array([[1.0, 2.0]])),
        ("vans", np.array([-1])),
    ],
)
def test_impossible_networks_are_refused(field: str, value: FloatArray) -> None:
    with pytest.raises(ValueError, match=field):
        network(**{field: value})


def test_impossible_questions_are_refused() -> None:
    curve = first_time_fix_plan(network())
    for ask, says in (
        (lambda: curve.within(-1.0), "budget"),
        (lambda: curve.reaching(float("nan")), "share"),
        (lambda: curve.levels_at(-1), "point"),
        (lambda: evaluate_part_levels(network(), units(0), units(-1), units(0)), "stations"),
    ):
        with pytest.raises(ValueError, match=says):
            ask()
