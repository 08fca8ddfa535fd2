"""Stores over cities in proportion to people, and where in the city each one stands."""

from __future__ import annotations

import heapq
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from scenarios.library.keyed import fraction, shuffled
from scenarios.library.names import chinese_numeral
from scenarios.library.places import City, Place, great_circle_km

PEOPLE_PER_KM2 = 20_000
"""Density of the built-up area over which the stores of a place are spread: assumption."""
REACH_KM = (250.0, 800.0, 1600.0)
"""Great-circle distance from the centre reached one, two and three days after the order: assumption."""
KM_PER_DEGREE = 111.195

_SQUARE_STEP = (0.7548776662466927, 0.5698402909980532)
"""Additive recurrence of two coordinates that fills the square evenly (Roberts 2018, R2)."""


@dataclass(frozen=True)
class Province:
    """How a province-level unit is called."""

    prefix: str
    """Start of the ids of its stores."""
    region: str
    """Region of its stores in scopes and promotions."""


@dataclass(frozen=True)
class Centre:
    """A distribution centre to which stores are assigned."""

    id: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Site:
    """A store before it has a size."""

    store_id: str
    name: str
    region: str
    latitude: float
    longitude: float


def apportion(weights: Sequence[float], seats: int) -> list[int]:
    """Seats in proportion to weights by the method of Webster and Sainte-Lague, which favours no size.

    Args:
        weights: not negative; ties go to the earlier one.
        seats: to be handed out.
    """
    result = [0] * len(weights)
    queue = [(-weight, index) for index, weight in enumerate(weights) if weight > 0]
    heapq.heapify(queue)
    for _ in range(seats if queue else 0):
        _, index = queue[0]
        result[index] += 1
        heapq.heapreplace(queue, (-weights[index] / (2 * result[index] + 1), index))
    return result


def sites(cities: Sequence[City], number: int, provinces: Mapping[str, Province]) -> list[Site]:
    """Stores over cities in proportion to people.

    Within a city they are shared out in proportion to the people of its parts, and of the rest of the city.

    Args:
        cities: largest first.
        number: stores in all.
        provinces: by GeoNames admin1 code.
    """
    result: list[Site] = []
    namesakes = Counter((city.centre.province, slug(city.centre.name)) for city in cities)
    for city, stores in zip(cities, apportion([city.population for city in cities], number), strict=True):
        label = slug(city.centre.name)
        if namesakes[city.centre.province, label] > 1:
            label += f"-{city.centre.geoname_id}"
        quarters = (city.centre, *city.parts)
        elsewhere = max(0, city.population - sum(part.population for part in city.parts))
        weights = [elsewhere, *(part.population for part in city.parts)]
        seen: dict[str, int] = {}
        for quarter, here in zip(quarters, apportion(weights, stores), strict=True):
            province = provinces[city.centre.province]
            latin = label if quarter is city.centre else f"{label}-{slug(quarter.name)}"
            result += _sites_of(city, quarter, here, f"{province.prefix}-{latin}", province.region, seen)
    return result


def _sites_of(
    city: City, quarter: Place, number: int, label: str, region: str, seen: dict[str, int]
) -> list[Site]:
    """The stores of one quarter of a city; names are counted over the whole city, ids by quarter."""
    chinese = (
        city.centre.chinese
        if quarter.chinese == city.centre.chinese
        else city.centre.chinese + quarter.chinese
    )
    result = []
    for index in range(number):
        seen[chinese] = count = seen.get(chinese, 0) + 1
        latitude, longitude = spread(quarter, index)
        ordinal = "" if count == 1 else chinese_numeral(count)
        result.append(Site(f"{label}-{index + 1}", f"{chinese}{ordinal}店", region, latitude, longitude))
    return result


def spread(place: Place, index: int) -> tuple[float, float]:
    """Where store number `index` of a place stands, in degrees: the first in the middle, others spread evenly.

    The place is taken as a disc of `PEOPLE_PER_KM2`; a further store moves none of the earlier ones.
    """
    if index == 0:
        return round(place.latitude, 4), round(place.longitude, 4)
    radius_km = math.sqrt(place.population / PEOPLE_PER_KM2 / math.pi)
    reach = math.sqrt((fraction("reach", place.geoname_id) + index * _SQUARE_STEP[0]) % 1.0)
    angle = 2 * math.pi * ((fraction("angle", place.geoname_id) + index * _SQUARE_STEP[1]) % 1.0)
    north, east = radius_km * reach * math.sin(angle), radius_km * reach * math.cos(angle)
    wide = KM_PER_DEGREE * math.cos(math.radians(place.latitude))
    return round(place.latitude + north / KM_PER_DEGREE, 4), round(place.longitude + east / wide, 4)


def sizes(stores: Sequence[str], log_standard_deviation: float) -> list[float]:
    """Relative sizes, lognormal with mean 1, by quantiles in an order that the ids decide.

    Args:
        stores: store ids.
        log_standard_deviation: spread of the logarithm of size.
    """
    normal = NormalDist(-(log_standard_deviation**2) / 2, log_standard_deviation)
    order = shuffled(stores, "size")
    size_of = {store: math.exp(normal.inv_cdf((rank + 0.5) / len(order))) for rank, store in enumerate(order)}
    return [round(size_of[store], 3) for store in stores]


def nearest(site: Site, centres: Sequence[Centre]) -> tuple[Centre, float]:
    """The nearest centre and its great-circle distance in km."""
    distances = [
        great_circle_km(site.latitude, site.longitude, centre.latitude, centre.longitude)
        for centre in centres
    ]
    best = min(range(len(centres)), key=distances.__getitem__)
    return centres[best], distances[best]


def days_away(distance_km: float) -> int:
    """Days from order to delivery over a distance."""
    return 1 + sum(distance_km > reach for reach in REACH_KM)


def slug(name: str) -> str:
    """A Latin name as it may stand in an id: `Lu'an` -> `luan`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"[’'`]", "", plain.lower())).strip("-")
