"""How the world stands on the first morning."""

from __future__ import annotations

from typing import ClassVar

from scenarios.language.base import Model, assumed, given
from scenarios.language.columns import Columns


class StoreStock(Model):
    """One row of the opening stock table of stores."""

    __unique__: ClassVar[tuple[str, ...]] = ("store_id", "sku_id", "age_days")

    store_id: str = given(min_length=1)
    """Store."""
    sku_id: str = given(min_length=1)
    """SKU."""
    units: int = given(unit="units", ge=0)
    """Units on the shelf."""
    age_days: int = assumed(0, "fresh unless given", unit="days", ge=0, le=119)
    """Days since receipt, for SKUs with a shelf life."""
    on_order_units: int = assumed(0, "nothing under way unless given", unit="units", ge=0)
    """Units under way to the store, due after its lead time."""
    backorder_units: int = assumed(0, "nothing owed unless given", unit="units", ge=0)
    """Units owed to customers."""


class CentreStock(Model):
    """One row of the opening stock table of distribution centres."""

    __unique__: ClassVar[tuple[str, ...]] = ("dc_id", "sku_id")

    dc_id: str = given(min_length=1)
    """Distribution centre."""
    sku_id: str = given(min_length=1)
    """SKU."""
    units: int = given(unit="units", ge=0)
    """Units in stock."""


class InitialConditions(Model):
    """Stock, lots, pipeline, backlog and remembered history at the start."""

    store_stock: Columns[StoreStock] | None = assumed(None, "from `store_days_of_demand`")
    """Opening stock, row by row; cells not named start empty."""
    dc_stock: Columns[CentreStock] | None = assumed(None, "from `dc_days_of_demand`")
    """Opening stock of the centres, row by row; SKUs not named start empty."""
    store_days_of_demand: float = assumed(
        7.0, "assumption: a week of stock", unit="days of mean demand", ge=0
    )
    """Opening stock of stores when no table is given, rounded up to whole units."""
    dc_days_of_demand: float = assumed(
        14.0, "assumption: two weeks of stock", unit="days of mean demand", ge=0
    )
    """Opening stock of centres when no table is given, rounded up to whole cases."""
    remembered_days: int = assumed(28, "assumption: four weeks of sales on file", unit="days", ge=0, le=365)
    """Days of sales before the start that forecasters know on the first day; with `demand.known`, its rows of then."""
