"""Constants of SKUs and classes, spread over the SKU axis for the kernels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from scenarios import Distribution, MerchandiseClass, Response, Scenario
from sim.axes import MINOR_UNITS, Axes
from sim.kernels.layout import Ageing, Goods, Handling
from sim.kernels.tables import discretise

LONGEST_RETURN_DELAY_DAYS = 60
LONGEST_LEAD_TIME_DAYS = 120
_PPM = 1_000_000

Rule = TypeVar("Rule")


def build_goods(scenario: Scenario, axes: Axes) -> tuple[Goods, Handling]:
    """Spread what a scenario says of classes and SKUs over the SKU axis.

    Returns:
        Read-only arrays; probabilities as thresholds for 32 random bits.
    """
    classes = scenario.assortment.classes
    policy = scenario.policy

    def per_sku(value: Callable[[MerchandiseClass], Any], dtype: Any) -> npt.NDArray[Any]:
        return np.array([value(item) for item in classes], dtype=dtype)[axes.class_of_sku]

    life = axes.shelf_life_days.astype(np.int64)
    marks = [_first(policy.mark_downs, item.id) for item in classes]
    responses = [response_of(scenario.demand.responses, item.id) for item in classes]
    incentives = [_first(policy.substitution_incentives, item.id) for item in classes]
    delay_thresholds = np.stack(
        [
            whole_day_thresholds(item.customer_returns.delay_days, LONGEST_RETURN_DELAY_DAYS)
            if item.customer_returns
            else np.zeros(LONGEST_RETURN_DELAY_DAYS + 1, np.uint64)
            for item in classes
        ]
    )
    clearance = policy.delisting.discount if policy.delisting else 0.0
    acceptance = [
        # An incentive never puts anybody off, even where the share it wins is left at its default.
        max(item.substitution.acceptance, item.substitution.acceptance_with_incentive if offer else 0.0)
        for item, offer in zip(classes, incentives, strict=True)
    ]
    is_returned = per_sku(lambda c: c.customer_returns is not None, np.bool_)
    holding_micro = np.rint(
        axes.ordered(scenario.assortment.skus["holding_cost_per_unit_day"]) * (MINOR_UNITS * _PPM)
    ).astype(np.int64)
    goods = Goods(
        class_start=np.concatenate((axes.class_start, [axes.skus])).astype(np.int64),
        class_of=axes.class_of_sku,
        has_bargains=any(r is not None and r.near_expiry_uplift > 0.0 for r in responses),
        has_lots=_any_of_class(life > 0, axes),
        has_unit_holding=_any_of_class(holding_micro > 0, axes),
        category_start=axes.category_start,
        category_stop=axes.category_stop,
        case_pack=axes.case_pack.astype(np.int64),
        holding_micro=holding_micro,
        is_backordered=per_sku(lambda c: c.unmet_demand == "backorder", np.bool_),
        acceptance_threshold=thresholds(np.array(acceptance)[axes.class_of_sku]),
        incentive=np.array([round(o.cost_per_unit * MINOR_UNITS) if o else 0 for o in incentives], np.int64)[
            axes.class_of_sku
        ],
        near_expiry_uplift=np.array([r.near_expiry_uplift if r else 0.0 for r in responses])[
            axes.class_of_sku
        ],
        resalable_threshold=thresholds(
            per_sku(lambda c: c.customer_returns.resalable_share if c.customer_returns else 0.0, np.float64)
        ),
    )
    handling = Handling(
        is_plain=(life == 0) & ~is_returned,
        lot_index=_numbered(life > 0),
        shelf_life_days=life,
        purchase_cost=axes.purchase_cost_minor,
        marked_days=np.where(
            life > 0, np.array([m.remaining_days if m else 0 for m in marks])[axes.class_of_sku], 0
        ),
        mark_down_ppm=_ppm([m.discount if m else 0.0 for m in marks])[axes.class_of_sku],
        freshest_threshold=thresholds(per_sku(lambda c: c.last_in_first_out_share, np.float64)),
        preferred_threshold=thresholds(
            np.array([m.preferred_share if m else 0.0 for m in marks])[axes.class_of_sku]
        ),
        clearance_ppm=np.full(axes.skus, round(clearance * _PPM), np.int64),
        return_index=_numbered(is_returned),
        return_threshold=thresholds(
            per_sku(lambda c: c.customer_returns.probability if c.customer_returns else 0.0, np.float64)
        ),
        return_delay_thresholds=delay_thresholds[axes.class_of_sku],
    )
    return Goods(*map(_locked, goods)), Handling(*map(_locked, handling))


def build_ageing(scenario: Scenario, axes: Axes) -> Ageing:
    """How goods age in the centres and what stores demand of them; read-only arrays."""
    life = axes.ordered(scenario.assortment.skus["total_shelf_life_days"]).astype(np.int64)
    least = np.maximum(scenario.network.stores["minimum_remaining_life_days"].astype(np.int64), 1)
    return Ageing(*map(_locked, (_numbered(life > 0), life, least)))


class Steered(NamedTuple):
    """Incentives to take a substitute that a run switches on and off, behind the read-only arrays of its goods."""

    acceptance: npt.NDArray[np.uint64]
    """(SKUs,) share of customers who accept, as a threshold; changed."""
    incentive: npt.NDArray[np.int64]
    """(SKUs,) minor units; changed."""
    plain_acceptance: npt.NDArray[np.uint64]
    """(SKUs,) without an incentive."""
    paid_acceptance: npt.NDArray[np.uint64]
    """(SKUs,) with it."""
    paid_incentive: npt.NDArray[np.int64]
    """(SKUs,)."""

    def switch(self, is_on: npt.NDArray[np.bool_]) -> None:
        """Offer the incentive for some SKUs, (SKUs,), and for no others."""
        self.acceptance[:] = np.where(is_on, self.paid_acceptance, self.plain_acceptance)
        self.incentive[:] = np.where(is_on, self.paid_incentive, 0)


def steer(goods: Goods, scenario: Scenario, axes: Axes) -> tuple[Goods, Steered]:
    """Goods of one run whose incentives can be switched; they are off."""
    plain = np.array([item.substitution.acceptance for item in scenario.assortment.classes])
    acceptance, incentive = goods.acceptance_threshold.copy(), goods.incentive.copy()
    steered = Steered(
        acceptance,
        incentive,
        thresholds(plain[axes.class_of_sku]),
        goods.acceptance_threshold,
        goods.incentive,
    )
    steered.switch(np.zeros(axes.skus, np.bool_))
    # Kernels see the same kind of arrays as ever, read-only ones: they are views of those that change.
    views = _locked(acceptance.view()), _locked(incentive.view())
    return goods._replace(acceptance_threshold=views[0], incentive=views[1]), steered


def thresholds(probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.uint64]:
    """Probabilities as thresholds for 32 random bits, any shape (n,)."""
    out = np.empty(probabilities.size, np.uint64)
    discretise(np.ascontiguousarray(probabilities, np.float64), out)
    return out


def whole_day_thresholds(delay: Distribution, longest_days: int) -> npt.NDArray[np.uint64]:
    """Distribution of a delay rounded to whole days, as thresholds for days 0, 1, ... `longest_days`.

    The tail beyond the longest delay falls on the longest.
    """
    cumulative = np.array([delay.cdf(day + 0.5) for day in range(longest_days)] + [1.0])
    return thresholds(cumulative)


def response_of(responses: Sequence[Response], class_id: str) -> Response | None:
    """The response that applies to a class: the one that names it, else the one that names none."""
    general = next((response for response in responses if not response.classes), None)
    return next((response for response in responses if class_id in response.classes), general)


def _first(rules: Sequence[Rule], class_id: str) -> Rule | None:
    return next((rule for rule in rules if not rule.classes or class_id in rule.classes), None)  # type: ignore[attr-defined]


def _any_of_class(mask: npt.NDArray[np.bool_], axes: Axes) -> npt.NDArray[np.bool_]:
    return np.bincount(axes.class_of_sku, weights=mask, minlength=axes.classes) > 0


def _numbered(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    return np.where(mask, np.cumsum(mask) - 1, -1).astype(np.int64)


def _ppm(shares: Sequence[float]) -> npt.NDArray[np.int64]:
    return np.array([round(share * _PPM) for share in shares], np.int64)


def _locked(array: Any) -> Any:
    if isinstance(array, bool):
        return array
    array = np.ascontiguousarray(array)
    array.setflags(write=False)
    return array
