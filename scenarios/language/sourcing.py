"""What buyers choose: from whom, by which mode, what is inspected, who is judged how, what a shortage sets off."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from scenarios.language.base import Model, assumed, given
from scenarios.language.network import Scope

ShortageStep = Literal["expedite", "ask_others", "steer"]
SHORTAGE_STEPS: tuple[ShortageStep, ...] = ("expedite", "ask_others", "steer")


class SupplierShare(Model):
    """A supplier's part of a split."""

    supplier: str = given(min_length=1)
    """Supplier id."""
    share: float = given(unit="relative share", gt=0)
    """Relative share; those of the suppliers that sell the SKU are scaled to 1."""


class SingleSource(Model):
    """Everything from one supplier."""

    kind: Literal["single"]
    """Tag."""
    supplier: str = assumed("", "the SKU's own supplier when empty")
    """Supplier id; goods that it does not sell come from their own supplier."""


class SplitSources(Model):
    """Fixed shares of several suppliers.

    {kind: split, shares: [{supplier: NEAR, share: 0.3}, {supplier: FAR, share: 0.7}]}
    """

    kind: Literal["split"]
    """Tag."""
    shares: tuple[SupplierShare, ...] = given(min_length=1)
    """Who gets how much. Orders are split into whole cases; what rounding takes is made up by later orders."""


class ScorecardSources(Model):
    """Shares that follow the scorecard (mechanism L4), among all suppliers that sell the SKU."""

    kind: Literal["scorecard"]
    """Tag."""
    shares: tuple[SupplierShare, ...] = assumed((), "equal shares at the start")
    """Shares until the first review."""
    minimum_share: float = assumed(0.1, "assumption: keep every source alive", unit="share", ge=0, le=0.5)
    """A qualified supplier's share does not fall below it."""
    maximum_share: float = assumed(0.9, "assumption: never all from one", unit="share", gt=0, le=1)
    """A supplier's share does not rise above it while another is qualified."""


SourcingMode = Annotated[SingleSource | SplitSources | ScorecardSources, Field(discriminator="kind")]


class SourcingRule(Model):
    """From whom some SKUs are bought. The first matching rule applies, else a SKU comes from its own supplier."""

    scope: Scope = assumed(Scope(), "all SKUs")
    """SKUs it applies to; stores and regions are not used here."""
    mode: SourcingMode = given()
    """Who gets the orders."""


class ScorecardWeights(Model):
    """What counts how much; the weights are scaled to 1."""

    cost: float = assumed(1.0, "all alike unless given", unit="relative weight", ge=0)
    """Price against that of the competitors, or against the list where there is none."""
    technology: float = assumed(1.0, "all alike unless given", unit="relative weight", ge=0)
    """Audited technology."""
    delivery: float = assumed(1.0, "all alike unless given", unit="relative weight", ge=0)
    """Share of units received by the promised day."""
    service: float = assumed(1.0, "all alike unless given", unit="relative weight", ge=0)
    """Share of units that came, and passed, with the first delivery of their line."""
    continuity: float = assumed(1.0, "all alike unless given", unit="relative weight", ge=0)
    """Share of days without a disruption."""
    global_support: float = assumed(1.0, "all alike unless given", unit="relative weight", ge=0)
    """Audited support abroad."""
    quality: float = assumed(1.0, "all alike unless given", unit="relative weight", ge=0)
    """Defects found by inspection, against `quality_zero_per_million`."""


class Scorecard(Model):
    """How suppliers are judged and what follows (mechanism L4)."""

    review_days: int = assumed(28, "assumption: every four weeks", unit="days", ge=1, le=366)
    """Length of the period that is judged."""
    weights: ScorecardWeights = assumed(ScorecardWeights(), "all alike")
    """Weights of the dimensions."""
    quality_zero_per_million: float = assumed(
        10_000.0, "assumption: one in a hundred is unacceptable", unit="defective units per million", gt=0
    )
    """Defects found, per million inspected, at which the quality score is 0; the score falls in a straight line."""
    emphasis: int = assumed(4, "assumption: a tenth more points, about half as much again", ge=1, le=20)
    """Shares aim at score to this power, so that higher numbers favour the better supplier more."""
    adjustment: float = assumed(0.5, "assumption: half-way at each review", unit="share", gt=0, le=1)
    """How far a share moves towards its aim at one review."""
    disqualify_below: float = assumed(0.0, "nobody unless given", unit="points of 100", ge=0, le=100)
    """A supplier that scores less gets nothing for a while; the last one of a SKU always stays."""
    disqualified_reviews: int = assumed(3, "assumption: three periods", unit="reviews", ge=1, le=100)
    """Reviews until a disqualified supplier is taken back, at the minimum share."""


class ExpressRule(Model):
    """When new purchase lines go express."""

    scope: Scope = assumed(Scope(), "all SKUs")
    """SKUs it applies to; stores and regions are not used here."""
    trigger_days_of_cover: float = given(unit="days", ge=0, le=365)
    """Express when stock on hand less what is owed covers fewer days of what stores have asked for."""


class InspectionRule(Model):
    """A single sampling plan for attributes (n, c). The first matching rule applies to a lot.

    {sample_units: 50, accept_at_most: 1, suppliers: [FAR]}
    """

    scope: Scope = assumed(Scope(), "all SKUs")
    """SKUs it applies to; stores and regions are not used here."""
    suppliers: tuple[str, ...] = assumed((), "all suppliers")
    """Supplier ids."""
    sample_units: int = given(unit="units", ge=1)
    """n: units drawn without replacement; smaller lots are inspected whole."""
    accept_at_most: int = assumed(0, "no defect tolerated", unit="units", ge=0)
    """c: the lot goes back when the sample holds more defective units."""


class ConsignmentRule(Model):
    """SKUs that suppliers keep in stock at the centre and own until they are shipped to a store (mechanism L6).

    The band within which they keep it is the `min_max` rule of these SKUs in `policy.dc_replenishment`. Capital cost of
    the stock is the supplier's; space stays with the centre.
    """

    scope: Scope = assumed(Scope(), "all SKUs")
    """SKUs it applies to; stores and regions are not used here."""


class Sourcing(Model):
    """How distribution centres buy."""

    rules: tuple[SourcingRule, ...] = assumed((), "each SKU from its own supplier")
    """From whom; the first matching rule applies to a SKU."""
    scorecard: Scorecard | None = assumed(None, "suppliers are not judged unless given")
    """How suppliers are judged; needed by rules of kind `scorecard`."""
    small_orders: Literal["wait", "top_up"] = assumed("top_up", "stock is not left to run out")
    """Below a supplier's minimum: the order waits for the next review, or its largest line grows by whole cases."""
    express: tuple[ExpressRule, ...] = assumed((), "regular mode unless given")
    """When new lines go express; the first matching rule applies to a SKU."""
    inspection: tuple[InspectionRule, ...] = assumed((), "nothing is inspected unless given")
    """Incoming inspection."""
    quality_feedback: bool = assumed(False, "suppliers hear of no defects unless given")
    """Whether rejected lots and defects found are reported to the supplier, who learns from them (mechanism H4)."""
    complaint_feedback: bool = assumed(False, "suppliers hear of no complaints unless given")
    """Whether defective units that customers bring back are reported, too, one report per evening, centre and SKU.

    They are put down to the SKU's suppliers in the shares in which the centre has received it from them.
    """
    shortage_response: tuple[ShortageStep, ...] = assumed((), "wait for the open orders")
    """What is done, and in which order, for a SKU that runs out at a centre (mechanism L5).

    `expedite` sends open orders express, `ask_others` orders from other suppliers, and with `steer` the incentives of
    `policy.substitution_incentives` are offered for a SKU only while it is short at some centre, from the day after.
    """
    shortage_days: int = assumed(
        1, "assumption: until tomorrow's orders are served", unit="days", ge=1, le=60
    )
    """A SKU is short when stock and what comes in within these days do not cover what is owed and usually asked for."""
    consignment: tuple[ConsignmentRule, ...] = assumed((), "centres own what they hold")
    """Stock that suppliers own until it is shipped."""
    shared_sales: bool = assumed(False, "forecasts of centres follow what stores order")
    """Forecasts of centres, and so their suppliers, follow the daily sales of the stores (mechanism L11)."""
