"""A distribution centre buys: it learns from the day's orders, orders from suppliers and takes in what they deliver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import simpy

from scenarios import SHORTAGE_STEPS
from sim.axes import frozen, sku_mask
from sim.books.charges import Charge
from sim.clock import SECONDS_PER_DAY, Turn, at, day_of
from sim.depot.complaints import Complaints
from sim.depot.consignment import Consignment
from sim.depot.goods_in import GoodsIn
from sim.depot.incoming import Incoming, by_order
from sim.depot.open_orders import OpenOrders
from sim.depot.requests import Requests
from sim.depot.sales_feed import SalesFeed
from sim.depot.shortage import ShortageDesk, Shortages
from sim.depot.steering import Steering
from sim.depot.stock import CentreStock, IntArray
from sim.kernels.centres import post_centre_levels, review_centres, take_in
from sim.kernels.compilation import bound
from sim.kernels.memory import learn_past
from sim.kernels.writing import write_purchases
from sim.levels import build_emergency_rules, empty_lines, look_ahead
from sim.market.expectation import ExpectedDemand
from sim.past import remembered_days
from sim.recorder import TABLES, Recorder
from sim.records import Centre
from sim.suppliers import Line, Scorecards, Sources, Suppliers, VolumeDiscounts, meet_minimums
from sim.world import World

_LAST_SECOND: Final = SECONDS_PER_DAY - 1


class Purchasing:
    """The buying side of all centres; `stocked` is called with (6 or more, k) lines once they can be shipped."""

    def __init__(
        self,
        environment: simpy.Environment,
        world: World,
        recorder: Recorder,
        stock: CentreStock,
        consignment: Consignment,
        stocked: Callable[[IntArray, IntArray], None],
        goods_in: GoodsIn | None,
        catch_up_stores: Callable[[], None],
    ) -> None:
        self._environment = environment
        self._world = world
        self._recorder = recorder
        self._stock = stock
        self._consignment = consignment
        self._stocked = stocked
        self._goods_in = goods_in
        if goods_in is not None:
            goods_in.connect(self._released)
        self._catch_up_stores = catch_up_stores
        self._suppliers = Suppliers(world.scenario, world.supply, world.seed, world.replication)
        self._sources = Sources(world.scenario, world.axes, world.supply)
        self._discounts = VolumeDiscounts(world.scenario.network.suppliers, len(world.axes.centre_ids))
        self._lines_ordered = 0
        sourcing = world.scenario.policy.sourcing
        self._scorecards = (
            Scorecards(world.scenario, sourcing.scorecard, world.supply, self._suppliers, self._sources)
            if sourcing.scorecard is not None
            else None
        )
        self._incoming = Incoming(world, recorder, stock, self._scorecards)
        self._open_orders = OpenOrders(world.days * SECONDS_PER_DAY, are_whole=self._incoming.is_plain)
        self._steering = Steering(environment, world, recorder)
        self._sales_feed = SalesFeed(world) if sourcing.shared_sales else None
        self._has_minimums = bool(world.supply.minimum_units.any() or world.supply.minimum_minor.any())
        self._has_list_prices = self._suppliers.has_list_prices(world.axes.purchase_cost_minor)
        self._follows_levels = not sourcing.rules and not self._has_minimums
        self._forecast = _opening_forecast(world)
        centres, skus = stock.on_hand.shape
        self._requests = Requests(centres, skus)
        self._shortage_desk = ShortageDesk(
            world, stock, self._requests, self._open_orders, self._suppliers, self._sources
        )
        self._express_days = _express_triggers(world)
        self._may_express = bool((self._express_days >= 0).any())
        self._heeds_requests = self._may_express or bool(sourcing.shortage_response)
        self._purchase_rows = np.empty(
            (centres * len(world.axes.supplier_ids), len(TABLES["purchase_orders"])), np.int64
        )
        self._start_weekday = world.scenario.horizon.start_date.weekday()
        _, self._lines = empty_lines(centres * skus)
        limited = [c.stock != "unlimited" for c in world.scenario.network.distribution_centres]
        self._review_arrays = (
            np.flatnonzero(np.array(limited)), _follows_forecasts(world),
            stock.asked_today, frozen(np.ones(skus, np.bool_)), stock.on_hand, stock.on_order, stock.backlog,
            self._forecast, world.goods.case_pack, world.axes.purchase_cost_minor, world.axes.class_of_sku,
            world.centre_forecasters, world.centre_rules, build_emergency_rules((), world.axes), self._lines,
            world.scratch,
        )  # fmt: skip
        self._levels = (
            world.goods.class_start, self._stock.on_hand, self._stock.value, self._stock.on_order, self._stock.backlog
        )  # fmt: skip
        self._stock_arrays = (
            world.axes.class_of_sku, self._stock.on_hand, self._stock.value, self._stock.on_order
        )  # fmt: skip
        page = world.centre_panel[0]
        self._post_levels = bound(post_centre_levels, *self._levels, page)
        line = np.zeros((len(Line), 1), np.int64)
        self._take_in = bound(take_in, line, *self._stock_arrays, page)
        self._write_purchases = bound(write_purchases, line, 0, 0, 0, self._purchase_rows)
        self._review_centres = bound(
            review_centres, 0, 0, world.market.on_sale[0], world.market.orderable[0], world.centre_panel[0],
            *self._review_arrays,
        )  # fmt: skip

    @property
    def complaints(self) -> Complaints | None:
        """What customers say of the goods; None where suppliers do not hear of it."""
        return self._incoming.complaints

    def open(self, expected: ExpectedDemand | None) -> None:
        """Start the first day; `expected` is the true mean demand where planners know it."""
        self._expected = expected
        self._record_disruptions()
        self._schedule_review(0)

    def close(self) -> None:
        """Write down what is still on order when the run ends."""
        for lines in self._goods_in.left() if self._goods_in is not None else ():
            self._open_orders.add(lines)
        self._open_orders.close(self._recorder)

    def _schedule_review(self, day: int) -> None:
        second = day * SECONDS_PER_DAY + _LAST_SECOND
        at(self._environment, second, Turn.CENTRE_REVIEW, lambda: self._end_day(day))
        at(self._environment, second, Turn.CENTRE_COUNT, lambda: self._count(day))

    def _end_day(self, day: int) -> None:
        """Learn from the day's orders and order from suppliers."""
        world = self._world
        if world.centre_rules.expected_rate.size:
            assert self._expected is not None
            look_ahead(world.centre_rules, self._expected, day, world.axes.centre_of_store)
        if self._heeds_requests:
            self._requests.learn(self._stock.asked_today)
        if self._sales_feed is not None:
            self._catch_up_stores()
            self._stock.asked_today[:] = self._sales_feed.units(day)
        if self._incoming.complaints is not None:
            self._incoming.complaints.report(day, int(self._environment.now))
        if self._scorecards is not None and self._scorecards.is_due(day):
            now = int(self._environment.now)
            self._recorder.add("supplier_reviews", self._scorecards.review(day, now))
        number = self._review_centres(
            day, (self._start_weekday + day) % 7, world.market.on_sale[day], world.market.orderable[day],
            world.centre_panel[day], *self._review_arrays,
        )  # fmt: skip
        if number:
            self._order(day, *(column[:number].copy() for column in self._lines[:3]))
        self._answer_shortages(day)
        if self._discounts.is_due(day):
            for centre, value, paid_back in self._discounts.settle():
                now = int(self._environment.now)
                self._recorder.charge(now, centre, Charge.VOLUME_DISCOUNT, value, -paid_back)
        if day + 1 < world.days:
            self._schedule_review(day + 1)

    def _count(self, day: int) -> None:
        """Post the levels at the end of the day."""
        self._post_levels(*self._levels, self._world.centre_panel[day])
        self._consignment.count(day, int(self._environment.now))

    def _order(self, day: int, centre: IntArray, sku: IntArray, units: IntArray) -> None:
        """Send purchase orders, one per centre and supplier; each line arrives after its own lead time.

        Args:
            day: today.
            centre: (k,) who orders.
            sku: (k,) what.
            units: (k,) how much, posted and on order already.
        """
        origin, supplier, split = self._sources.split(centre, sku, units)
        lines = np.zeros((len(Line), origin.size), np.int64)
        lines[Line.CENTRE], lines[Line.SKU], lines[Line.SUPPLIER] = centre[origin], sku[origin], supplier
        lines[Line.UNITS] = split
        lines[Line.COST] = self._suppliers.cost_minor(supplier, lines[Line.SKU], split, day)
        lines = self._of_enough_size(lines, day)
        if not self._follows_levels:
            self._post(day, centre, sku, -units)
            self._post(day, lines[Line.CENTRE], lines[Line.SKU], lines[Line.UNITS])
        if self._may_express:
            lines[Line.IS_EXPRESS] = self._goes_express(lines)
        self._place(day, lines)

    def _of_enough_size(self, lines: IntArray, day: int) -> IntArray:
        """Lines of orders that reach their suppliers' minimums, at the prices of the day."""
        if not self._has_minimums:
            return lines
        is_topped_up = self._world.scenario.policy.sourcing.small_orders == "top_up"
        supply, case_pack = self._world.supply, self._world.axes.case_pack
        enough = meet_minimums(lines, supply, case_pack, is_topped_up=is_topped_up)
        if enough is not lines:
            enough[Line.COST] = self._suppliers.cost_minor(
                enough[Line.SUPPLIER], enough[Line.SKU], enough[Line.UNITS], day
            )
        return enough

    def _post(self, day: int, centre: IntArray, sku: IntArray, units: IntArray) -> None:
        """Post lines, (k,) each, as on order; negative units take back what was posted."""
        posted, of_class = self._world.centre_panel[day], (centre, self._world.axes.class_of_sku[sku])
        np.add.at(self._stock.on_order, (centre, sku), units.astype(np.int32))
        np.add.at(posted[..., Centre.PURCHASED], of_class, units)
        np.add.at(posted[..., Centre.PURCHASE_LINES], of_class, np.sign(units))

    def _goes_express(self, lines: IntArray) -> npt.NDArray[np.bool_]:
        """(k,) whether stock covers so little that a new line is sent express."""
        centre, sku = lines[Line.CENTRE], lines[Line.SKU]
        may = (self._express_days[sku] >= 0) & self._world.supply.has_express[lines[Line.SUPPLIER]]
        free = self._stock.on_hand[centre, sku] - self._stock.backlog[centre, sku]
        return np.asarray(may & (free < self._express_days[sku] * self._requests.units_per_day[centre, sku]))

    def _place(self, day: int, lines: IntArray) -> None:
        """Write purchase orders down and send them off."""
        if not lines.shape[1]:
            return
        now, axes = int(self._environment.now), self._world.axes
        lines[Line.PLACED] = now
        lines[Line.NUMBER] = np.arange(self._lines_ordered, self._lines_ordered + lines.shape[1])
        self._lines_ordered += lines.shape[1]
        lines = np.ascontiguousarray(lines)
        written = self._write_purchases(
            lines, len(axes.centre_ids), len(axes.supplier_ids), now, self._purchase_rows
        )
        self._recorder.add("purchase_orders", self._purchase_rows[:written])
        self._record_prices(lines, now)
        self._discounts.note(lines)
        if self._heeds_requests:
            self._pay_express(lines[:, lines[Line.IS_EXPRESS] == 1], now, is_shortage=False)
        self._expect(self._suppliers.send(lines, day, now))

    def _record_prices(self, lines: IntArray, now: int) -> None:
        """Write down how far orders cost more or less than the list prices of the SKU table."""
        if self._has_list_prices:
            return
        more = lines[Line.COST] - lines[Line.UNITS] * self._world.axes.purchase_cost_minor[lines[Line.SKU]]
        if more.any():
            rows = by_order(lines, more[None])
            self._recorder.add("price_differences", np.insert(rows, 0, now, axis=1))

    def _pay_express(self, lines: IntArray, now: int, *, is_shortage: bool) -> None:
        """Pay the surcharge for lines that go express."""
        if not lines.shape[1]:
            return
        amounts = np.stack((np.ones_like(lines[Line.UNITS]), lines[Line.UNITS], lines[Line.COST]))
        rows = by_order(lines, amounts)
        self._recorder.add("express_orders", np.insert(rows, (0, 2), (now, is_shortage), axis=1))
        for centre, supplier, _, _, value in rows.tolist():
            surcharge = round(value * float(self._world.supply.surcharge_share[supplier]))
            self._recorder.charge(now, centre, Charge.EXPRESS_SURCHARGE, value, surcharge)

    def _answer_shortages(self, day: int) -> None:
        """Take the steps that policy names, one after the other, as long as something is short."""
        for step in self._world.scenario.policy.sourcing.shortage_response:
            short = self._shortage_desk.found(day)
            if step == "steer":
                is_short = np.zeros(self._world.axes.skus, np.bool_)
                is_short[short.sku] = True
                self._steering.steer(is_short, day)
            elif short.sku.size:
                lines = self._expedite(short, day) if step == "expedite" else self._ask_others(short, day)
                if lines.shape[1]:
                    amounts = np.stack((np.ones_like(lines[Line.UNITS]), lines[Line.UNITS]))
                    values = (int(self._environment.now), SHORTAGE_STEPS.index(step))
                    rows = np.insert(by_order(lines, amounts), (0, 2), values, axis=1)
                    self._recorder.add("shortage_responses", rows)

    def _expedite(self, short: Shortages, day: int) -> IntArray:
        now = int(self._environment.now)
        lines = self._shortage_desk.hastened(short, day, now)
        self._pay_express(lines, now, is_shortage=True)
        if lines.shape[1]:
            self._expect(lines)
        return lines

    def _ask_others(self, short: Shortages, day: int) -> IntArray:
        lines = self._shortage_desk.asked_of_others(short, day)
        lines[Line.COST] = self._suppliers.cost_minor(
            lines[Line.SUPPLIER], lines[Line.SKU], lines[Line.UNITS], day
        )
        self._post(day, lines[Line.CENTRE], lines[Line.SKU], lines[Line.UNITS])
        self._place(day, lines)
        return lines

    def _expect(self, lines: IntArray) -> None:
        """Take note of lines that suppliers deliver."""
        for second in self._open_orders.add(lines):
            self._receive_at(second)

    def _receive_at(self, second: int) -> None:
        at(self._environment, second, Turn.SUPPLIER_DELIVERY, lambda: self._receive(second))

    def _receive(self, second: int) -> None:
        """Put what suppliers deliver into stock."""
        if self._goods_in is not None:
            self._goods_in.catch_up()
        lines, sent_back, sampled_units = self._incoming.look_at(self._open_orders.take(second), second)
        if sent_back.shape[1]:
            self._expect(self._suppliers.send(sent_back, day_of(second), second))
        if self._goods_in is None:
            self._put_away(lines, np.full(lines.shape[1], second))
        elif lines.shape[1] or sampled_units.any():
            self._open_orders.hold(lines)
            self._goods_in.accept(np.ascontiguousarray(lines), sampled_units)

    def _released(self, lines: IntArray, seconds: IntArray) -> None:
        """Goods in has done its work on lines at (k,) seconds, ascending."""
        if not lines[Line.IS_SPLIT].any():
            self._put_away(lines, seconds)
            return
        # The last part of a line is told by what is still at the gate when it comes in.
        for second in np.unique(seconds).tolist():
            mine = lines[:, seconds == second]
            self._open_orders.release(mine)
            self._put_away(mine, np.full(mine.shape[1], second))

    def _put_away(self, lines: IntArray, seconds: IntArray) -> None:
        """Lines can be shipped from (k,) some seconds on, ascending, none of which has been looked at."""
        world = self._world
        self._open_orders.receive(lines, seconds)
        for day, mine in _by_day(lines, seconds):
            self._take_in(mine, *self._stock_arrays, world.centre_panel[day])
        self._consignment.deliver(lines, seconds)
        self._stocked(lines, seconds)

    def _record_disruptions(self) -> None:
        """Write down when nothing leaves which supplier."""
        disrupted = self._suppliers.disrupted
        edges = np.diff(disrupted.astype(np.int8), axis=0, prepend=0, append=0)
        start, supplier = np.nonzero(edges.T == 1)[::-1]
        stop = np.nonzero(edges.T == -1)[1]
        rows = np.stack((supplier, start * SECONDS_PER_DAY, stop * SECONDS_PER_DAY), axis=1)
        self._recorder.add("disruptions", rows.astype(np.int64))


def _by_day(lines: IntArray, seconds: IntArray) -> Iterator[tuple[int, IntArray]]:
    """The lines of each day on which some come, at (k,) seconds in ascending order."""
    if not seconds.size:
        return
    first, last = day_of(int(seconds[0])), day_of(int(seconds[-1]))
    if first == last:
        yield first, np.ascontiguousarray(lines)
        return
    edges = np.searchsorted(seconds, np.arange(first, last + 2) * SECONDS_PER_DAY).tolist()
    for day, (start, stop) in enumerate(pairwise(edges), start=first):
        if stop > start:
            yield day, np.ascontiguousarray(lines[:, start:stop])


def _express_triggers(world: World) -> npt.NDArray[np.float64]:
    """(SKUs,) days of cover below which new lines go express; below 0 where none does."""
    days = np.full(world.axes.skus, -1.0)
    for rule in reversed(world.scenario.policy.sourcing.express):
        days[sku_mask(rule.scope, world.axes)] = rule.trigger_days_of_cover
    return days


def _follows_forecasts(world: World) -> bool:
    """Whether some level of a centre is worked out from what stores asked for; not where demand is known perfectly."""
    return bool(world.plan.centres.is_dynamic.any()) and not world.centre_rules.expected_rate.size


def _opening_forecast(world: World) -> npt.NDArray[np.float32]:
    """(centres, SKUs) units per day that the stores of each centre sold in the remembered days.

    Moving averages are told of these days, too: else they would forget them on the first evening.
    """
    shape = (len(world.axes.centre_ids), world.axes.skus)
    past, forecasters = world.facts.remembered_days, world.centre_forecasters
    units, forecast = np.zeros(shape, np.int64), np.zeros(shape, np.float32)
    if past and _follows_forecasts(world):
        centres, asked = np.arange(shape[0]), np.zeros((shape[0], 1, shape[1]), np.int32)
        stores_of = [np.flatnonzero(world.axes.centre_of_store == centre) for centre in centres]
        for day, lane in remembered_days(world, np.arange(world.axes.stores)):
            for centre, stores in enumerate(stores_of):
                asked[centre, 0] = world.process.demand[stores, lane].sum(axis=0)
            learn_past(centres, day, past, asked, 0, forecasters, forecast)
            units += asked[:, 0]
        is_smoothed = forecasters.window_days[forecasters.rule] == 0
        forecast = np.where(is_smoothed, units / past, forecast).astype(np.float32)
    return forecast
