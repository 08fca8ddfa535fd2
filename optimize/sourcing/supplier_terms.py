"""What suppliers offer and what a split must keep, as plain arrays, and what a split costs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from optimize.arguments import count, not_negative, not_negatives, share
from optimize.sourcing.lead_times import lead_time_demand_deviation
from optimize.sourcing.programme import left_out

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

REGULAR, EXPRESS = range(2)
"""First axis of shares."""
_MILLION = 1e6


@dataclass(frozen=True)
class PriceStep:
    """All units of a period cost less once there are so many of them."""

    units: float
    """Least units of the period, all items of the supplier together."""
    discount: float
    """Share of the list price."""


@dataclass(frozen=True, eq=False)
class SupplierTerms:
    """Facts. Money is in any currency; (suppliers,) and (items,) arrays in one order all through."""

    demand_per_day: FloatArray
    """(items,): units."""
    price: FloatArray
    """(suppliers, items): list price of a unit; infinite = does not sell it."""
    period_days: float = 28.0
    """Over which volumes, capacities and costs count."""
    demand_variance_per_day: FloatArray = field(default_factory=left_out)
    """(items,); 0 unless given."""
    capacity: FloatArray = field(default_factory=left_out)
    """(suppliers,): units of a period; infinite = no limit; none unless given."""
    minimum_units: FloatArray = field(default_factory=left_out)
    """(suppliers,): least units of a period from who is used at all; 0 unless given."""
    price_steps: tuple[tuple[PriceStep, ...], ...] = ()
    """By supplier, thresholds and discounts rising; () = list prices stand."""
    defects_per_million: FloatArray = field(default_factory=left_out)
    """(suppliers,); 0 unless given."""
    defect_cost: FloatArray = field(default_factory=left_out)
    """(items,): money per defective unit; 0 unless given."""
    score: FloatArray = field(default_factory=left_out)
    """(suppliers,): points of a scorecard; 100 unless given."""
    lead_time_days: FloatArray = field(default_factory=left_out)
    """(suppliers,): mean; 0 unless given."""
    lead_time_variance: FloatArray = field(default_factory=left_out)
    """(suppliers,): days squared; 0 unless given."""
    express_surcharge: FloatArray = field(default_factory=left_out)
    """(suppliers,): share of the list price on top; infinite = no express; nobody unless given."""
    express_lead_time_days: FloatArray = field(default_factory=left_out)
    """(suppliers,); 0 unless given."""
    express_lead_time_variance: FloatArray = field(default_factory=left_out)
    """(suppliers,); 0 unless given."""
    review_days: float = 1.0
    """Between two orders: added to every lead time."""
    safety_factor: float = 0.0
    """Standard deviations of the demand of the lead time that are kept as safety stock."""
    holding_cost: FloatArray = field(default_factory=left_out)
    """(items,): money per unit in stock for a period; 0 unless given."""
    cost_per_supplier: FloatArray = field(default_factory=left_out)
    """(suppliers,): money per period for being used at all; 0 unless given."""
    cost_per_source: FloatArray = field(default_factory=left_out)
    """(items,): money per period for each supplier of the item, e.g. of order lines; 0 unless given."""
    supplier_ids: tuple[str, ...] = ()
    """Names for reports; numbers when empty."""
    item_ids: tuple[str, ...] = ()
    """Names for reports; numbers when empty."""
    sd_regular: FloatArray = field(init=False)
    """(suppliers, items): deviation of the demand of a lead time."""
    sd_express: FloatArray = field(init=False)
    """(suppliers, items): the same of express."""

    def __post_init__(self) -> None:
        """Check every array.

        Raises:
            ValueError: a number is missing, negative or not finite, or an array has another shape.
        """
        items = not_negatives("demand_per_day", self.demand_per_day).size
        price = np.array(self.price, np.float64)
        if price.ndim != 2 or price.shape[1] != items or not price.shape[0]:
            raise ValueError(
                f"price has shape {price.shape}, not (suppliers, {items}) with 1 supplier or more"
            )
        suppliers = price.shape[0]
        if np.isnan(price).any() or (price < 0).any():
            raise ValueError(
                "price holds nan or a negative number, not prices of 0 or more (infinite = not sold)"
            )
        for name, length, usual, may_be_infinite in (
            ("demand_per_day", items, 0.0, False), ("demand_variance_per_day", items, 0.0, False),
            ("capacity", suppliers, np.inf, True), ("minimum_units", suppliers, 0.0, False),
            ("defects_per_million", suppliers, 0.0, False), ("defect_cost", items, 0.0, False),
            ("score", suppliers, 100.0, False), ("lead_time_days", suppliers, 0.0, False),
            ("lead_time_variance", suppliers, 0.0, False), ("express_surcharge", suppliers, np.inf, True),
            ("express_lead_time_days", suppliers, 0.0, False),
            ("express_lead_time_variance", suppliers, 0.0, False), ("holding_cost", items, 0.0, False),
            ("cost_per_supplier", suppliers, 0.0, False), ("cost_per_source", items, 0.0, False),
        ):  # fmt: skip
            given = getattr(self, name)
            array = np.array(given, np.float64) if np.size(given) else np.full(length, usual)
            finite = np.where(np.isposinf(array), 0.0, array) if may_be_infinite else array
            not_negatives(name, finite, (length,))
            object.__setattr__(self, name, array)
        for name in ("period_days", "review_days", "safety_factor"):
            not_negative(name, getattr(self, name))
        if self.period_days == 0:
            raise ValueError("period_days is 0, not more than 0")
        object.__setattr__(self, "price", price)
        self._check_steps(suppliers)
        self._name("supplier_ids", "supplier", suppliers)
        self._name("item_ids", "item", items)
        for name, mean, variance in (
            ("sd_regular", self.lead_time_days, self.lead_time_variance),
            ("sd_express", self.express_lead_time_days, self.express_lead_time_variance),
        ):
            days = mean[:, None] + self.review_days
            deviation = lead_time_demand_deviation(
                self.demand_per_day,
                self.demand_variance_per_day,
                days,
                variance[:, None],
            )
            object.__setattr__(self, name, deviation)

    def _check_steps(self, suppliers: int) -> None:
        steps = self.price_steps or ((),) * suppliers
        if len(steps) != suppliers:
            raise ValueError(f"price_steps has {len(steps)} entries, not one per supplier, {suppliers}")
        for supplier, mine in enumerate(steps):
            last = PriceStep(0.0, 0.0)
            for step in mine:
                not_negative("price_steps units", step.units)
                share("price_steps discount", step.discount)
                if step.units <= last.units or step.discount <= last.discount:
                    raise ValueError(
                        f"price_steps[{supplier}] must rise in units and discount, {step} does not"
                    )
                last = step
        object.__setattr__(self, "price_steps", tuple(tuple(mine) for mine in steps))

    def _name(self, attribute: str, noun: str, length: int) -> None:
        given = getattr(self, attribute) or tuple(f"{noun} {number}" for number in range(length))
        if len(given) != length:
            raise ValueError(f"{attribute} has {len(given)} names, not {length}")
        object.__setattr__(self, attribute, tuple(given))

    @property
    def units(self) -> FloatArray:
        """(items,): units of a period."""
        return np.asarray(self.demand_per_day * self.period_days)

    def sells(self, score_floor: float = 0.0) -> BoolArray:
        """(modes, suppliers, items): who may be asked for what, and how."""
        regular = np.isfinite(self.price) & (self.score >= score_floor)[:, None]
        return np.stack((regular, regular & np.isfinite(self.express_surcharge)[:, None]))

    def unit_costs(self) -> dict[str, FloatArray]:
        """Parts of the cost of buying all of an item in one place, (modes, suppliers, items), money per period."""
        value = np.where(np.isfinite(self.price), self.price, 0.0) * self.units
        surcharge = np.where(np.isfinite(self.express_surcharge), self.express_surcharge, 0.0)
        defects = np.outer(self.defects_per_million / _MILLION, self.defect_cost * self.units)
        stock = self.safety_factor * self.holding_cost
        return {
            "purchase": np.stack((value, value)),
            "express": np.stack((0.0 * value, value * surcharge[:, None])),
            "defects": np.stack((defects, defects)),
            "safety_stock": np.stack((self.sd_regular * stock, self.sd_express * stock)),
        }


@dataclass(frozen=True)
class SplitRules:
    """What a split must keep."""

    score_floor: float = 0.0
    """Only suppliers that score at least so much."""
    defects_per_million: float = np.inf
    """Most defective units per million bought, all items together."""
    minimum_share: float = 0.0
    """Of an item, from each of its suppliers."""
    maximum_share: float = 1.0
    """Of an item, from one supplier."""
    least_sources: int = 1
    """Suppliers of each item."""
    most_sources: int = 1_000
    """Suppliers of each item."""
    most_suppliers: int = 1_000
    """Of all items together."""
    allows_express: bool = True
    """Whether express may be used."""

    def __post_init__(self) -> None:
        """Check every number.

        Raises:
            ValueError: a number lies outside its bounds, or rules exclude one another.
        """
        not_negative("score_floor", self.score_floor)
        if not self.defects_per_million >= 0:
            raise ValueError(f"defects_per_million is {self.defects_per_million!r}, not 0 or more")
        share("minimum_share", self.minimum_share)
        share("maximum_share", self.maximum_share)
        if self.maximum_share <= 0 or self.maximum_share < self.minimum_share:
            raise ValueError(
                f"maximum_share is {self.maximum_share!r}, not above 0 and at least minimum_share"
            )
        count("least_sources", self.least_sources, 1)
        count("most_sources", self.most_sources, self.least_sources)
        count("most_suppliers", self.most_suppliers, 1)
        if self.least_sources > 1 and self.minimum_share == 0:
            raise ValueError("minimum_share is 0: a second source that gets nothing is none")
        if self.minimum_share * self.least_sources > 1:
            raise ValueError(f"minimum_share of {self.minimum_share} times least_sources is more than 1")


def costs_of(terms: SupplierTerms, shares: FloatArray) -> dict[str, float]:
    """What a split costs in a period, by part; all but `discount` positive.

    Args:
        terms: facts.
        shares: (modes, suppliers, items).
    """
    parts = {name: float((cost * shares).sum()) for name, cost in terms.unit_costs().items()}
    by_source = shares.sum(axis=0)
    volume = by_source @ terms.units
    value = (np.where(np.isfinite(terms.price), terms.price, 0.0) * by_source) @ terms.units
    discount = [earned(steps, units) for steps, units in zip(terms.price_steps, volume, strict=True)]
    parts["discount"] = -float(np.array(discount) @ value)
    is_source = by_source > _NOTHING
    parts["sources"] = float((is_source * terms.cost_per_source).sum())
    parts["suppliers"] = float(is_source.any(axis=1) @ terms.cost_per_supplier)
    return parts


def earned(steps: tuple[PriceStep, ...], units: float) -> float:
    """Discount that a volume earns."""
    reached = [step.discount for step in steps if units >= step.units * (1.0 - _NOTHING)]
    return max(reached, default=0.0)


_NOTHING = 1e-7
"""Share of an item below which nothing is bought."""

__all__ = ["EXPRESS", "REGULAR", "PriceStep", "SplitRules", "SupplierTerms", "costs_of", "earned"]
