"""Stations, technicians, parts and the installed base of the shipped scenarios."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations

import pytest

from scenarios.library.appliances import APPLIANCES, COMPONENTS, MONTHS_PER_COHORT, installed_base, parts
from scenarios.library.places import great_circle_km
from scenarios.library.stationing import LEAST_TECHNICIANS, SKILLS, Shop, stations, technicians


def shop(name: str, km_east: float, size: float = 1.0, region: str = "r") -> Shop:
    longitude = 120 + km_east / (111.195 * math.cos(math.radians(32)))
    return Shop(name, f"{name}店", region, 32.0, longitude, size, "dc", 1)


SHOPS = [shop(f"s{index}", 10.0 * index, 1.0 + 0.1 * index) for index in range(12)]


def mean_distance(at: list[Shop]) -> float:
    return math.fsum(
        a.size * min(great_circle_km(a.latitude, a.longitude, b.latitude, b.longitude) for b in at)
        for a in SHOPS
    )


def test_one_station_stands_where_the_mean_distance_is_least() -> None:
    (row,) = stations(SHOPS, 1)
    assert row.store_id == min(SHOPS, key=lambda candidate: mean_distance([candidate])).store_id


def test_a_few_stations_are_nearly_as_good_as_any_choice_of_as_many() -> None:
    chosen = {row.store_id for row in stations(SHOPS, 3)}
    ours = mean_distance([a for a in SHOPS if a.store_id in chosen])
    best = min(mean_distance(list(three)) for three in combinations(SHOPS, 3))
    assert best <= ours <= 1.25 * best


def test_regions_get_stations_by_the_size_of_their_stores() -> None:
    shops = [shop(f"a{i}", i, 3.0, "a") for i in range(9)] + [
        shop(f"b{i}", 500 + i, 1.0, "b") for i in range(9)
    ]
    stores = [row.store_id for row in stations(shops, 8)]
    assert Counter(name[0] for name in stores) == {"a": 6, "b": 2}


def test_every_station_has_all_skills_and_the_least_number_of_people() -> None:
    rows = stations(SHOPS, 3)
    people, skills = technicians(rows, SHOPS, 40)
    assert len(people) == 40
    at = Counter(person.station_id for person in people)
    assert min(at.values()) >= LEAST_TECHNICIANS
    station_of = {person.technician_id: person.station_id for person in people}
    for row in rows:
        known = {skill.skill_id for skill in skills if station_of[skill.technician_id] == row.station_id}
        assert known == set(SKILLS)
    assert all(1 <= skill.level <= 5 for skill in skills)


def test_one_technician_more_changes_no_other() -> None:
    rows = stations(SHOPS, 1)
    before, skills_before = technicians(rows, SHOPS, 10)
    after, skills_after = technicians(rows, SHOPS, 11)
    assert after[:10] == before
    assert skills_after[: len(skills_before)] == skills_before


def test_parts_come_in_the_number_wanted_and_every_component_has_some() -> None:
    rows = parts(200)
    assert len({row.part_id for row in rows}) == len(rows) == 200
    assert {row.mode_id for row in rows} == {component.mode_id for component in COMPONENTS}


def test_units_in_use_are_what_steady_sales_leave() -> None:
    """Little's law: units in use are sales times mean time in use, as far as the oldest cohort goes."""
    rows = installed_base({"r": 10.0})
    for appliance in APPLIANCES:
        units = sum(row.units for row in rows if row.product_id == appliance.id)
        mean_years = appliance.life_scale_years * math.gamma(1 + 1 / appliance.life_shape)
        assert 10 * appliance.sold_per_year_and_store * mean_years == pytest.approx(units, rel=0.12)
    assert all(row.age_months % MONTHS_PER_COHORT == 0 for row in rows)
