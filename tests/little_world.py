"""A world of three stores and four SKUs, told naively: plain loops book every unit where it happens.

It fills all panels and tables of a run consistently, so that books and KPIs can be tried without the
engine. It shares nothing with it but the names of the measures.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from scenarios.language.costs import CommunicationCosts, Costs, HoldingCosts, OrderingCosts, ShortageCosts
from sim.books import Terms
from sim.books.charges import Charge
from sim.clock import SECONDS_PER_DAY
from sim.records import Cell, Centre, Closing, Day, Panels, Table
from sim.result import Labels
from sim.triage import TriageTerms
from tests.all_tables import all_tables

STORES, SKUS, CENTRES = 3, 4, 2
CLASS_OF = (0, 0, 1, 1)
LIFE_DAYS = (3, 3, 0, 0)
PRICE = (500, 450, 1_200, 999)
COST = (310, 275, 700, 333)
CENTRE_OF = (0, 0, 1)
UNLIMITED = (False, True)
OPEN_SECONDS = 14 * 3_600
CLOSES = 22 * 3_600
DELIVERY = 6 * 3_600
LAST_SECOND = SECONDS_PER_DAY - 1
HOLDING_MICRO = (12_345_678, 0, 3_000_000, 999_999)
"""Holding cost per unit and day, millionths of a minor unit."""
INCENTIVE = (30, 0, 25, 40)
"""Paid per unit substituted, minor units."""

AGES_IN_CENTRE = (True, False, False, False)
TRIAGE = TriageTerms(
    shares=np.array([(0.3, 0.2, 0.4), (0.1, 0.1, 0.1)]),
    handling_micro=np.array([12_300_000, 7_777_777]),
    repair_micro=np.array([250_000_000, 99_999_999]),
    credit_ppm=np.array([600_000, 333_333]),
)

COSTS = Costs(
    ordering=OrderingCosts(
        per_store_order=3.5,
        per_emergency_order=40,
        per_store_order_line=0.123456,
        per_purchase_order=25,
        per_purchase_order_line=0.5,
    ),
    holding=HoldingCosts(store_rate_per_year=4.9, dc_rate_per_year=4.2, dc_cost_per_unit_day=0.21),
    shortage=ShortageCosts(backorder_per_unit_day=0.5, lost_per_unit=2),
    communication=CommunicationCosts(per_order_contact=1.75, per_featured_sku_store_day=9),
    disposal_per_wasted_unit=0.8,
)


@dataclass
class World:
    """All that a run hands to books and KPIs."""

    panels: Panels
    tables: dict[str, Table]
    opening: Closing
    closing: Closing
    labels: Labels
    terms: Terms


@dataclass
class _Pool:
    """Goods of one SKU at one place: units and what they cost together."""

    units: int = 0
    value: int = 0

    def add(self, units: int, value: int) -> None:
        self.units += units
        self.value += value

    def take(self, units: int) -> int:
        """Remove units at moving-average cost; returns that cost."""
        assert 0 <= units <= self.units
        value = self.value * units // self.units if units else 0
        self.units -= units
        self.value -= value
        return value


@dataclass
class _Simulator:
    days: int
    period_days: int
    dice: random.Random
    shelf: list[list[_Pool]] = field(
        default_factory=lambda: [[_Pool() for _ in range(SKUS)] for _ in range(STORES)]
    )
    owed: list[list[int]] = field(default_factory=lambda: [[0] * SKUS for _ in range(STORES)])
    on_order: list[list[int]] = field(default_factory=lambda: [[0] * SKUS for _ in range(STORES)])
    depot: list[list[_Pool]] = field(
        default_factory=lambda: [[_Pool() for _ in range(SKUS)] for _ in range(CENTRES)]
    )
    backlog: list[tuple[int, int, int]] = field(default_factory=list)
    waiting: list[tuple[dict[str, Any], int, int]] = field(default_factory=list)
    """Orders whose missing units wait, with SKU and units: in time they are struck off in the morning."""
    under_way: list[dict[str, Any]] = field(default_factory=list)
    """Sent before the first morning."""
    shipments: list[dict[str, Any]] = field(default_factory=list)
    purchases: list[dict[str, Any]] = field(default_factory=list)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)
    charges: list[dict[str, int]] = field(default_factory=list)
    set_aside: list[list[_Pool]] = field(
        default_factory=lambda: [[_Pool() for _ in range(SKUS)] for _ in range(STORES)]
    )
    """Brought back by customers, waiting in the store for a truck."""
    returns: list[dict[str, Any]] = field(default_factory=list)
    gifts: list[dict[str, int]] = field(default_factory=list)
    unseen: list[list[int]] = field(default_factory=lambda: [[0] * SKUS for _ in range(CENTRES)])
    """Units in the centres that their records do not know of; negative where some are missing."""
    counts: list[dict[str, int]] = field(default_factory=list)
    past_sales: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        classes = max(CLASS_OF) + 1
        periods = -(-self.days // self.period_days)
        self.day = np.zeros((self.days, STORES, classes, len(Day)), dtype=np.int64)
        self.cell = np.zeros((periods, STORES, SKUS, len(Cell)), dtype=np.int32)
        self.cell_revenue = np.zeros((periods, STORES, SKUS), dtype=np.int64)
        self.centre = np.zeros((self.days, CENTRES, classes, len(Centre)), dtype=np.int64)
        for store in range(STORES):
            for sku in range(SKUS):
                self.shelf[store][sku].add(6, 6 * COST[sku] - 1)
            self.owed[store][3] = 1
            self.under_way.append(
                {
                    "store": store,
                    "arrived_second": -1,
                    "units": 4,
                    "value_minor": 4 * COST[2] + 2,
                    "sku": 2,
                    "due": store,
                }
            )
            self.on_order[store][2] = 4
        for sku in range(SKUS):
            self.depot[0][sku].add(12, 12 * COST[sku] - 7)

    def state(self) -> Closing:
        def per_store(value: Any) -> np.ndarray:
            return np.array([[value(s, k) for k in range(SKUS)] for s in range(STORES)], dtype=np.int64)

        def under_way(column: str) -> np.ndarray:
            return per_store(
                lambda s, k: sum(
                    x[column]
                    for x in self.under_way + self.shipments
                    if (x["store"], x["sku"], x["arrived_second"]) == (s, k, -1)
                )
            )

        def per_centre(name: str) -> np.ndarray:
            return np.array([[getattr(pool, name) for pool in row] for row in self.depot], dtype=np.int64)

        def travelling(column: str) -> np.ndarray:
            return per_store(
                lambda s, k: sum(
                    x[column]
                    for x in self.returns
                    if (x["store"], x["sku"], x["arrived_second"]) == (s, k, -1)
                )
            )

        return Closing(
            store_units=per_store(lambda s, k: self.shelf[s][k].units + self.set_aside[s][k].units),
            store_value=per_store(lambda s, k: self.shelf[s][k].value + self.set_aside[s][k].value),
            store_backorders=per_store(lambda s, k: self.owed[s][k]),
            transit_units=under_way("units"),
            transit_value=under_way("value_minor"),
            centre_units=per_centre("units"),
            centre_value=per_centre("value"),
            centre_deviation=np.array(self.unseen, dtype=np.int64),
            waiting_units=per_store(lambda s, k: self.set_aside[s][k].units),
            returning_units=travelling("units"),
            returning_value=travelling("value_minor"),
        )

    def post(self, today: int, store: int, sku: int, amounts: Mapping[Day, int]) -> None:
        for measure, amount in amounts.items():
            self.day[today, store, CLASS_OF[sku], measure] += amount

    def count(self, today: int, store: int, sku: int, measure: Cell, amount: int) -> None:
        self.cell[today // self.period_days, store, sku, measure] += amount

    def run_day(self, today: int) -> None:
        self._suppliers_deliver(today)
        self._look_at_returns(today)
        self._strike_off_early(today)
        for store in range(STORES):
            self._receive(today, store)
            for sku in range(SKUS):
                self._serve(today, store, sku)
            for sku in range(SKUS):
                self._close(today, store, sku)
            self._order(today, store)
        for sku in range(SKUS):
            for centre in range(CENTRES):
                self._expire_in_centre(today, centre, sku)
                self._err_and_count(today, centre, sku)
                self._buy(today, centre, sku)
        self._post_centre_levels(today)
        for reason in Charge:
            amount = 7 * reason + 3 * today + 5
            self.charges.append(
                {
                    "charged_second": today * SECONDS_PER_DAY + CLOSES,
                    "centre": reason % CENTRES,
                    "reason": int(reason),
                    "quantity": 2 * amount,
                    "amount_minor": amount,
                }
            )

    def _suppliers_deliver(self, today: int) -> None:
        for receipt in self.receipts:
            if receipt["due"] == today and receipt["received_second"] == -1:
                receipt["received_second"] = today * SECONDS_PER_DAY + 5 * 3_600
                self.depot[receipt["centre"]][receipt["sku"]].add(receipt["units"], receipt["value_minor"])
                row = self.centre[today, receipt["centre"], CLASS_OF[receipt["sku"]]]
                row[Centre.RECEIVED] += receipt["units"]
                row[Centre.RECEIVED_VALUE] += receipt["value_minor"]

    def _look_at_returns(self, today: int) -> None:
        for row in self.returns:
            if row["due"] != today or row["arrived_second"] != -1:
                continue
            row["arrived_second"] = today * SECONDS_PER_DAY + 18 * 3_600
            page = self.centre[today, row["centre"], CLASS_OF[row["sku"]]]
            goods = _Pool(row["units"], row["value_minor"])
            for units, worth in (
                (Centre.TO_VENDOR, Centre.TO_VENDOR_VALUE),
                (Centre.RESTOCKED, Centre.RESTOCKED_VALUE),
                (Centre.REPAIRED, Centre.RESTOCKED_VALUE),
                (Centre.SCRAPPED, Centre.SCRAPPED_VALUE),
            ):
                number = goods.units if units == Centre.SCRAPPED else self.dice.randint(0, goods.units)
                value = goods.take(number)
                page[units] += number
                page[worth] += value
                if worth == Centre.RESTOCKED_VALUE:
                    self.depot[row["centre"]][row["sku"]].add(number, value)
            share = int(TRIAGE.credit_ppm[CLASS_OF[row["sku"]]])
            page[Centre.VENDOR_CREDIT] = int(page[Centre.TO_VENDOR_VALUE]) * share // 1_000_000

    def _hand_over(self, today: int, store: int, sku: int) -> None:
        pool = self.set_aside[store][sku]
        if not pool.units:
            return
        units = pool.units
        self.returns.append(
            {
                "store": store,
                "centre": CENTRE_OF[store],
                "sku": sku,
                "handed_second": today * SECONDS_PER_DAY + DELIVERY,
                "arrived_second": -1,
                "units": units,
                "value_minor": pool.take(units),
                "due": today + 1,
            }
        )

    def _expire_in_centre(self, today: int, centre: int, sku: int) -> None:
        pool = self.depot[centre][sku]
        if AGES_IN_CENTRE[sku] and pool.units and self.dice.random() < 0.5:
            units = self.dice.randint(1, pool.units)
            page = self.centre[today, centre, CLASS_OF[sku]]
            page[Centre.WASTED] += units
            page[Centre.WASTED_VALUE] += pool.take(units)

    def _err_and_count(self, today: int, centre: int, sku: int) -> None:
        pool, page = self.depot[centre][sku], self.centre[today, centre, CLASS_OF[sku]]
        page[Centre.RECORDS] += 1
        if self.dice.random() < 0.3:
            page[Centre.APPEARED] += 1
            self.unseen[centre][sku] += 1
        if self.dice.random() < 0.5 and pool.units + self.unseen[centre][sku] > 0:
            page[Centre.VANISHED] += 1
            self.unseen[centre][sku] -= 1
        deviation = self.unseen[centre][sku]
        if self.dice.random() < 0.5 or deviation < 0:  # else the morning's picks might miss it
            page[Centre.COUNTED_LINES] += 1
            self.counts.append(
                {
                    "counted_second": today * SECONDS_PER_DAY + LAST_SECOND,
                    "centre": centre,
                    "sku": sku,
                    "deviation": deviation,
                }
            )
            self.unseen[centre][sku] = 0
            if deviation < 0:
                page[Centre.SHRUNK] -= deviation
                page[Centre.SHRUNK_VALUE] += pool.take(-deviation)
            elif deviation > 0:
                page[Centre.FOUND] += deviation
                page[Centre.FOUND_VALUE] += deviation * COST[sku]
                pool.add(deviation, deviation * COST[sku])
        page[Centre.ACCURATE_RECORDS] += self.unseen[centre][sku] == 0
        page[Centre.SHORT_PICKED] += self.dice.randint(0, 1)

    def _give(self, now: int, store: int) -> None:
        """A gift of the last SKU travels with a shipment."""
        centre, sku = CENTRE_OF[store], SKUS - 1
        pool = self.depot[centre][sku]
        if not pool.units or self.dice.random() < 0.5:
            return
        value = pool.take(1)
        page = self.centre[now // SECONDS_PER_DAY, centre, CLASS_OF[sku]]
        page[Centre.GIFTED] += 1
        page[Centre.GIFTED_VALUE] += value
        self.gifts.append(
            {
                "shipped_second": now,
                "store": store,
                "centre": centre,
                "sku": sku,
                "units": 1,
                "value_minor": value,
            }
        )

    def _strike_off_early(self, today: int) -> None:
        if today % 3 != 2:
            return
        for order, sku, units in self.waiting:
            order["units_cancelled"] += units
            self.on_order[order["store"]][sku] -= units
            self.post(today, order["store"], sku, {Day.CANCELLED: units, Day.CANCELLED_EARLY: units})
        self.backlog, self.waiting = [], []

    def _receive(self, today: int, store: int) -> None:
        for shipment in self.under_way + self.shipments:
            if shipment["store"] != store or shipment["arrived_second"] != -1 or shipment["due"] > today:
                continue
            shipment["arrived_second"] = today * SECONDS_PER_DAY + DELIVERY
            sku, units, value = shipment["sku"], shipment["units"], shipment["value_minor"]
            self.shelf[store][sku].add(units, value)
            self.on_order[store][sku] -= units
            short = self.dice.random() < 0.4
            self.post(
                today,
                store,
                sku,
                {Day.RECEIVED: units, Day.RECEIVED_VALUE: value, Day.CYCLES: 1, Day.CYCLES_SHORT: int(short)},
            )
            self.count(today, store, sku, Cell.RECEIVED, units)
            if AGES_IN_CENTRE[sku]:
                page = self.centre[today, CENTRE_OF[store], CLASS_OF[sku]]
                page[Centre.DATED_DELIVERED] += units
                page[Centre.LIFE_DELIVERED_DAYS] += units * self.dice.randint(1, LIFE_DAYS[sku])
            self._hand_over(today, store, sku)
            filled = min(self.owed[store][sku], self.shelf[store][sku].units)
            if filled:
                self.owed[store][sku] -= filled
                self.post(today, store, sku, {Day.BACKORDER_FILLED: filled})
                self._sell(today, store, sku, filled)

    def _sell(self, today: int, store: int, sku: int, units: int) -> int:
        """Sell from the shelf; returns the price of the day."""
        price = PRICE[sku] - 50 * (today % 3)
        cost = self.shelf[store][sku].take(units)
        marked = units if LIFE_DAYS[sku] and self.dice.random() < 0.3 else 0
        self.post(
            today,
            store,
            sku,
            {
                Day.REVENUE: units * price,
                Day.COST_OF_GOODS: cost,
                Day.MARKED_DOWN_UNITS: marked,
                Day.MARK_DOWN: marked * (price // 4),
                Day.LIFE_AT_SALE_DAYS: units * LIFE_DAYS[sku],
                Day.AGE_AT_SALE_DAYS: units if LIFE_DAYS[sku] else 0,
            },
        )
        self.count(today, store, sku, Cell.SOLD, units)
        self.cell_revenue[today // self.period_days, store, sku] += units * price
        self.past_sales.append((store, sku))
        return price

    def _serve(self, today: int, store: int, sku: int) -> None:
        demand = self.dice.randint(0, 5)
        price = PRICE[sku] - 50 * (today % 3)
        sold = min(demand, self.shelf[store][sku].units)
        self.post(
            today,
            store,
            sku,
            {
                Day.DEMAND: demand,
                Day.DEMAND_VALUE: demand * price,
                Day.SOLD_AS_ASKED: sold,
                Day.SOLD_AS_ASKED_VALUE: sold * price,
                Day.OPEN_SECONDS: OPEN_SECONDS,
            },
        )
        self.count(today, store, sku, Cell.DEMAND, demand)
        if sold:
            self._sell(today, store, sku, sold)
        unmet = demand - sold
        if not unmet:
            return
        without = self.dice.randint(1, OPEN_SECONDS)
        self.post(today, store, sku, {Day.OUT_OF_STOCK_SECONDS: without})
        self.count(today, store, sku, Cell.OUT_OF_STOCK_SECONDS, without)
        causes = [
            Day.UNMET_SUPPLIER,
            Day.UNMET_CENTRE,
            Day.UNMET_IN_TRANSIT,
            Day.UNMET_CALENDAR,
            Day.UNMET_LEVEL,
        ]
        for _ in range(unmet):
            self.post(today, store, sku, {self.dice.choice(causes): 1})
        other = sku ^ 1
        switched = min(unmet, self.shelf[store][other].units, self.dice.randint(0, 2))
        if switched:
            self.post(
                today, store, sku, {Day.SUBSTITUTED: switched, Day.INCENTIVE: INCENTIVE[sku] * switched}
            )
            self.post(today, store, other, {Day.SOLD_AS_SUBSTITUTE: switched})
            self.count(today, store, sku, Cell.SUBSTITUTED, switched)
            self._sell(today, store, other, switched)
        left = unmet - switched
        if CLASS_OF[sku] == 1:
            self.owed[store][sku] += left
            self.post(today, store, sku, {Day.BACKORDERED: left})
            self.count(today, store, sku, Cell.BACKORDERED, left)
        else:
            self.post(today, store, sku, {Day.LOST: left})
            self.count(today, store, sku, Cell.LOST, left)

    def _close(self, today: int, store: int, sku: int) -> None:
        pool = self.shelf[store][sku]
        if (store, sku) in self.past_sales and self.dice.random() < 0.3:
            back, kept = 4, self.dice.randint(0, 3)
            value = back * COST[sku]
            pool.add(back, value)
            aside = self.dice.randint(0, back - kept)
            self.set_aside[store][sku].add(aside, pool.take(aside))
            scrapped = pool.take(back - kept - aside)
            self.post(
                today,
                store,
                sku,
                {
                    Day.RETURNED: back,
                    Day.REFUND: back * PRICE[sku],
                    Day.RETURNED_VALUE: value,
                    Day.RESTOCKED: kept,
                    Day.DEFECTIVE_RETURNED: self.dice.randint(0, back),
                    Day.WASTED: back - kept - aside,
                    Day.WASTE_VALUE: scrapped,
                },
            )
            self.count(today, store, sku, Cell.RETURNED, back)
            self.count(today, store, sku, Cell.WASTED, back - kept - aside)
        if LIFE_DAYS[sku] and pool.units and self.dice.random() < 0.3:
            expired = self.dice.randint(1, pool.units)
            self.post(today, store, sku, {Day.WASTED: expired, Day.WASTE_VALUE: pool.take(expired)})
            self.count(today, store, sku, Cell.WASTED, expired)
        waits = self.set_aside[store][sku]
        units = pool.units + waits.units
        self.post(
            today,
            store,
            sku,
            {
                Day.ON_HAND: units,
                Day.STOCK_VALUE: pool.value + waits.value,
                Day.BACKORDERS: self.owed[store][sku],
                Day.ON_ORDER: self.on_order[store][sku],
                Day.HOLDING_BY_UNIT: units * HOLDING_MICRO[sku],
            },
        )
        self.count(today, store, sku, Cell.STOCK_DAYS, units)

    def _order(self, today: int, store: int) -> None:
        closes = LAST_SECOND if store == 1 else CLOSES
        now, centre = today * SECONDS_PER_DAY + closes, CENTRE_OF[store]
        for kind in (0, 1, 2):
            lines = [(sku, self.dice.randint(1, 9)) for sku in range(SKUS) if self.dice.random() < 0.25]
            if not lines:
                continue
            order = {
                "order": len(self.orders),
                "store": store,
                "centre": centre,
                "placed_second": now,
                "kind": kind,
                "lines": len(lines),
                "units": 0,
                "lines_in_full": 0,
                "units_shipped": 0,
                "units_cancelled": 0,
            }
            for sku, units in lines:
                self._fill_line(today, now, order, sku, units)
            self.orders.append(order)

    def _fill_line(self, today: int, now: int, order: dict[str, int], sku: int, units: int) -> None:
        store, centre, kind = order["store"], order["centre"], order["kind"]
        placed = (Day.EMERGENCY_LINES, Day.EMERGENCY_ORDERED) if kind == 1 else (Day.ORDER_LINES, Day.ORDERED)
        self.post(today, store, sku, {placed[0]: 1, placed[1]: units})
        row = self.centre[today, centre, CLASS_OF[sku]]
        order["units"] += units
        row[Centre.ASKED] += units
        row[Centre.LINES] += 1
        pool = self.depot[centre][sku]
        if UNLIMITED[centre]:
            pool.add(units, units * COST[sku])
            row[Centre.RECEIVED] += units
            row[Centre.RECEIVED_VALUE] += units * COST[sku]
        shipped = min(units, pool.units)
        row[Centre.LINES_IN_FULL] += shipped == units
        order["lines_in_full"] += shipped == units
        order["units_shipped"] += shipped
        self.on_order[store][sku] += units
        if shipped:
            value = pool.take(shipped)
            row[Centre.SHIPPED] += shipped
            row[Centre.SHIPPED_VALUE] += value
            self._ship(now, store, sku, shipped, value, kind)
            self._give(now, store)
        missing = units - shipped
        if missing and CLASS_OF[sku] == 0:
            order["units_cancelled"] += missing
            self.on_order[store][sku] -= missing
            self.post(today, store, sku, {Day.CANCELLED: missing})
        elif missing:
            self.backlog.append((store, sku, missing))
            self.waiting.append((order, sku, missing))

    def _ship(self, now: int, store: int, sku: int, units: int, value: int, kind: int) -> None:
        due = now // SECONDS_PER_DAY + 2 - kind % 2
        self.shipments.append(
            {
                "store": store,
                "centre": CENTRE_OF[store],
                "kind": kind,
                "shipped_second": now,
                "arrived_second": -1,
                "lines": 1,
                "units": units,
                "value_minor": value,
                "sku": sku,
                "due": due,
            }
        )

    def _buy(self, today: int, centre: int, sku: int) -> None:
        if UNLIMITED[centre] or self.dice.random() < 0.7:
            return
        units, now = self.dice.randint(2, 12), today * SECONDS_PER_DAY + CLOSES
        row = self.centre[today, centre, CLASS_OF[sku]]
        row[Centre.PURCHASED] += units
        row[Centre.PURCHASE_LINES] += 1
        receipt = _receipt(centre, now, units, sku, due=today + self.dice.randint(1, 4))
        self.receipts.append(receipt)
        self.purchases.append(
            {
                name: receipt[name]
                for name in ("centre", "supplier", "placed_second", "lines", "units", "value_minor")
            }
        )

    def _post_centre_levels(self, today: int) -> None:
        for centre in range(CENTRES):
            for sku in range(SKUS):
                row, pool = self.centre[today, centre, CLASS_OF[sku]], self.depot[centre][sku]
                row[Centre.ON_HAND] += pool.units
                row[Centre.STOCK_VALUE] += pool.value
                row[Centre.BACKLOG] += sum(
                    u for s, k, u in self.backlog if CENTRE_OF[s] == centre and k == sku
                )
                row[Centre.ON_ORDER] += sum(
                    r["units"]
                    for r in self.receipts
                    if r["centre"] == centre and r["sku"] == sku and r["received_second"] == -1
                )


def _receipt(centre: int, placed: int, units: int, sku: int, due: int) -> dict[str, int]:
    return {
        "centre": centre,
        "supplier": sku % 2,
        "placed_second": placed,
        "received_second": -1,
        "lines": 1,
        "units": units,
        "value_minor": units * COST[sku],
        "sku": sku,
        "due": due,
    }


def _table(name: str, rows: list[dict[str, Any]], columns: str) -> Table:
    return Table(
        name, {column: np.array([row[column] for row in rows], dtype=np.int64) for column in columns.split()}
    )


def little_world(seed: int = 1, days: int = 10, warm_up_days: int = 3, period_days: int = 4) -> World:
    """Run the little world.

    Args:
        seed: of all that is random in it.
        days: length of the run.
        warm_up_days: days that count in no KPI.
        period_days: length of a period of the cell panel.
    """
    world = _Simulator(days, period_days, random.Random(seed))
    opening = world.state()
    for today in range(days):
        world.run_day(today)
    featured = np.zeros((days, STORES, 2), dtype=np.int64)
    featured[2:5, 1, 0] = 2
    return World(
        panels=Panels(world.day, world.cell, world.cell_revenue, world.centre),
        tables=all_tables(
            {
                "store_orders": _table(
                    "store_orders",
                    world.orders,
                    "order store centre placed_second kind lines units lines_in_full units_shipped"
                    " units_cancelled",
                ),
                "deliveries": _table(
                    "deliveries",
                    world.shipments,
                    "store centre kind shipped_second arrived_second lines units value_minor",
                ),
                "purchase_orders": _table(
                    "purchase_orders",
                    world.purchases,
                    "centre supplier placed_second lines units value_minor",
                ),
                "receipts": _table(
                    "receipts",
                    world.receipts,
                    "centre supplier placed_second received_second lines units value_minor",
                ),
                "returns": _table(
                    "returns",
                    world.returns,
                    "store centre sku handed_second arrived_second units value_minor",
                ),
                "cycle_counts": _table("cycle_counts", world.counts, "counted_second centre sku deviation"),
                "gifts": _table("gifts", world.gifts, "shipped_second store centre sku units value_minor"),
                "charges": _table(
                    "charges", world.charges, "charged_second centre reason quantity amount_minor"
                ),
            }
        ),
        opening=opening,
        closing=world.state(),
        labels=Labels(
            stores=("S1", "S2", "S3"),
            store_names=("One", "Two", "Three"),
            skus=("A1", "A2", "B1", "B2"),
            classes=("fresh", "dry"),
            sku_class=np.array(CLASS_OF, dtype=np.int64),
            centres=("C1", "C2"),
            start_date=date(2024, 1, 1),
            warm_up_days=warm_up_days,
            panel_period_days=period_days,
            currency="CNY",
            store_size=np.array([1.0, 2.0, 0.5]),
            store_latitude=np.zeros(STORES),
            store_longitude=np.zeros(STORES),
            suppliers=("V1", "V2"),
            quoted_lead_time_days=(2, 2),
        ),
        terms=Terms(
            costs=COSTS,
            store_centre=np.array(CENTRE_OF, dtype=np.int64),
            centre_unlimited=np.array(UNLIMITED),
            store_facility_cost_per_day=np.array([100.0, 250.5, 80.0]),
            centre_facility_cost_per_day=np.array([1_000.0, 0.0]),
            featured=featured,
            holding_micro_per_unit_day=np.array(HOLDING_MICRO),
            incentive_minor_per_unit=np.array(INCENTIVE),
            shelf_life_days=np.array(LIFE_DAYS),
            ages_in_centre=np.array(AGES_IN_CENTRE),
            triage=TRIAGE,
            count_cost_per_line=0.77,
        ),
    )
