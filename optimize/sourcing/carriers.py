"""The carrier mix: which outside carriers bring how many of the drops of each region.

Carriers i, regions r with D[r] drops a day of w[r] kg over k[r] km; x[i,r] is the share of a region, u[i] = 1 where a
carrier is used. A drop costs c[i,r] = a[i] + b[i] w[r] + e[i] k[r].

    min  sum D[r] c[i,r] x[i,r] + sum f[i] u[i]
    s.t. sum over i of x[i,r] = 1,   x[i,r] <= u[i],   x[i,r] = 0 where i does not go or is too often late
         sum over r of a centre of D[r] x[i,r] <= C[i]                    drops of a day
         l[i] u[i] sum D <= sum over r of D[r] x[i,r] <= h[i] u[i] sum D  least and most share of all drops
         n <= sum over i of u[i] <= N                                     carriers in use
         sum D[r] o[i] x[i,r] >= o sum D                                  mean share of drops on time

A transportation problem with fixed charges: Hitchcock (1941), "The distribution of a product from several sources to
numerous localities", J. Mathematics and Physics 20, 224-230; Balinski (1961) for the charges.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from optimize.arguments import count, not_negatives, share
from optimize.sourcing.programme import NODE_LIMIT, Programme, left_out, proven, unless_broken
from scenarios import ShadowPrice, SolveReport, SolveStatus, Unserved

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

SOLVER = "carrier mix by mixed-integer programming (HiGHS)"
_NOTHING = 1e-7
_CLOSE = 1e-6
_USED = 1e-4
"""Share of all drops below which a carrier is not used."""


@dataclass(frozen=True, eq=False)
class CarrierTerms:
    """Facts. Arrays are (carriers,), (regions,) or (carriers, regions)."""

    drops_per_day: FloatArray
    """(regions,)"""
    cost_per_drop: FloatArray
    """(carriers, regions): money; infinite = does not go there. See `tariff`."""
    capacity: FloatArray = field(default_factory=left_out)
    """(carriers,): drops a day from each centre; infinite = no limit; none unless given."""
    centre: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    """(regions,): where its drops come from; one centre unless given."""
    on_time_share: FloatArray = field(default_factory=left_out)
    """(carriers,): drops that arrive as quoted; 1 unless given."""
    cost_per_day: FloatArray = field(default_factory=left_out)
    """(carriers,): money for being used at all; 0 unless given."""
    least_share: FloatArray = field(default_factory=left_out)
    """(carriers,): of all drops, if used; 0 unless given."""
    most_share: FloatArray = field(default_factory=left_out)
    """(carriers,): of all drops; 1 unless given."""
    carrier_ids: tuple[str, ...] = ()
    """Names for reports; numbers when empty."""
    region_ids: tuple[str, ...] = ()
    """Names for reports; numbers when empty."""

    def __post_init__(self) -> None:
        """Check every array.

        Raises:
            ValueError: a number is missing, negative or not finite, or an array has another shape.
        """
        drops = not_negatives("drops_per_day", self.drops_per_day)
        object.__setattr__(self, "drops_per_day", drops)
        cost = np.array(self.cost_per_drop, np.float64)
        if cost.ndim != 2 or cost.shape[1] != drops.size or not cost.shape[0]:
            raise ValueError(
                f"cost_per_drop has shape {cost.shape}, not (carriers, {drops.size}) with 1 carrier or more"
            )
        if np.isnan(cost).any() or (cost < 0).any():
            raise ValueError("cost_per_drop holds nan or a negative number (infinite = does not go there)")
        object.__setattr__(self, "cost_per_drop", cost)
        carriers = cost.shape[0]
        for name, usual in (
            ("capacity", np.inf), ("on_time_share", 1.0), ("cost_per_day", 0.0), ("least_share", 0.0),
            ("most_share", 1.0),
        ):  # fmt: skip
            given = getattr(self, name)
            array = np.array(given, np.float64) if np.size(given) else np.full(carriers, usual)
            finite = np.where(np.isposinf(array), 0.0, array) if name == "capacity" else array
            not_negatives(name, finite, (carriers,))
            if name.endswith("_share") and (array > 1).any():
                raise ValueError(f"{name} holds {array[array > 1][0]}, not a share from 0 to 1")
            object.__setattr__(self, name, array)
        for attribute, noun, length in (
            ("carrier_ids", "carrier", carriers),
            ("region_ids", "region", drops.size),
        ):
            names = getattr(self, attribute) or tuple(f"{noun} {number}" for number in range(length))
            if len(names) != length:
                raise ValueError(f"{attribute} has {len(names)} names, not {length}")
            object.__setattr__(self, attribute, tuple(names))
        centre = np.array(self.centre, np.int64) if np.size(self.centre) else np.zeros(drops.size, np.int64)
        if centre.shape != drops.shape or (centre < 0).any():
            raise ValueError(f"centre must be {drops.size} numbers of 0 or more, got {centre}")
        object.__setattr__(self, "centre", centre)

    @property
    def regions_by_centre(self) -> list[IntArray]:
        """Regions of each centre."""
        return [np.flatnonzero(self.centre == number) for number in np.unique(self.centre)]


@dataclass(frozen=True)
class CarrierRules:
    """What a mix must keep."""

    on_time_floor: float = 0.0
    """Carriers that are on time less often are not used."""
    mean_on_time: float = 0.0
    """Of all drops together."""
    least_carriers: int = 1
    most_carriers: int = 1_000

    def __post_init__(self) -> None:
        """Check every number.

        Raises:
            ValueError: a number lies outside its bounds.
        """
        share("on_time_floor", self.on_time_floor)
        share("mean_on_time", self.mean_on_time)
        count("least_carriers", self.least_carriers, 1)
        count("most_carriers", self.most_carriers, self.least_carriers)


@dataclass(frozen=True, eq=False)
class CarrierMix:
    """Who brings what."""

    shares: FloatArray
    """(carriers, regions) of the drops of each region; less than 1 in all where some find no carrier."""
    cost_per_day: float
    report: SolveReport
    """Objective and bound in money per day."""


def tariff(
    per_drop: npt.ArrayLike,
    per_kg: npt.ArrayLike,
    per_km: npt.ArrayLike,
    kg: npt.ArrayLike,
    km: npt.ArrayLike,
) -> FloatArray:
    """Cost of a drop, (carriers, regions): each drop, its weight and its way.

    Args:
        per_drop: (carriers,) money.
        per_kg: (carriers,) money.
        per_km: (carriers,) money.
        kg: (regions,) mean weight of a drop.
        km: (regions,) mean way of a drop.
    """
    drop, weight, way = (np.asarray(rates, np.float64)[:, None] for rates in (per_drop, per_kg, per_km))
    return np.asarray(drop + weight * np.asarray(kg, np.float64) + way * np.asarray(km, np.float64))


_ANY = CarrierRules()


def mix_carriers(
    terms: CarrierTerms, rules: CarrierRules = _ANY, *, seed: int = 1, node_limit: int = NODE_LIMIT
) -> CarrierMix:
    """The cheapest mix.

    Args:
        terms: what carriers offer.
        rules: what the mix must keep.
        seed: of the search.
        node_limit: most nodes of branch and bound in each search.

    Returns:
        The mix. Where no mix keeps everything the status is `INFEASIBLE`: as many drops as can be find a carrier, and
        `report.unserved` says which do not, why, and what would do. `FALLBACK`: the search found nothing, regions took
        their cheapest carriers with room.

    Raises:
        ValueError: see `CarrierTerms` and `CarrierRules`.
    """
    # Where nothing is to be brought nobody is needed: it would call for a carrier.
    allowed = np.isfinite(terms.cost_per_drop) & (terms.on_time_share >= rules.on_time_floor)[:, None]
    allowed &= terms.drops_per_day > 0
    unserved = _not_reached(terms, rules, allowed)
    found = _Model(terms, rules, allowed, seed).solve(node_limit)
    for relaxed in (_less_punctual, _with_drops_missing):
        if found.status is SolveStatus.INFEASIBLE:
            found, told = relaxed(terms, rules, allowed, seed, node_limit)
            unserved += told
    status, shares = SolveStatus.INFEASIBLE if unserved else found.status, found.shares
    if shares is None:
        shares, status = _greedy(terms, allowed), SolveStatus.FALLBACK
    shares = np.asarray(np.round(np.where(shares > _NOTHING, shares, 0.0), 12), np.float64)
    cost = mix_cost(terms, shares)
    closed, bound = proven(found.status, cost, found.bound)
    report = SolveReport(
        solver=SOLVER,
        status=closed if status is SolveStatus.OPTIMAL else status,
        objective=cost,
        bound=bound,
        unit="money per day",
        seed=seed,
        work_limit=f"{node_limit} nodes",
        items=int(terms.drops_per_day.size),
        fallbacks=int(terms.drops_per_day.size) if status is SolveStatus.FALLBACK else 0,
        unserved=tuple(unserved),
        shadow_prices=found.prices,
    )
    mix = CarrierMix(shares, cost, report)
    if status is SolveStatus.FALLBACK:
        from optimize.sourcing.mix_checking import check_carrier_mix  # it imports this module

        return replace(mix, report=unless_broken(report, check_carrier_mix(terms, rules, mix)))
    return mix


def mix_cost(terms: CarrierTerms, shares: FloatArray) -> float:
    """What a mix costs a day."""
    per_drop = np.where(np.isfinite(terms.cost_per_drop), terms.cost_per_drop, 0.0)
    is_used = (shares * terms.drops_per_day > _NOTHING).any(axis=1)
    return float((per_drop * shares * terms.drops_per_day).sum() + is_used @ terms.cost_per_day)


@dataclass(frozen=True, eq=False)
class _Found:
    """What a search has found; `shares` is None where that is nothing."""

    status: SolveStatus
    shares: FloatArray | None = None
    bound: float | None = None
    prices: tuple[ShadowPrice, ...] = ()


class _Model:
    """The programme; the arguments `may_miss` and `mean_on_time` make room where there is none."""

    def __init__(
        self,
        terms: CarrierTerms,
        rules: CarrierRules,
        allowed: BoolArray,
        seed: int,
        *,
        may_miss: bool = False,
        mean_on_time: float | None = None,
    ) -> None:
        drops, total = terms.drops_per_day, float(terms.drops_per_day.sum())
        cost = np.where(allowed, terms.cost_per_drop, 0.0) * drops
        self.programme = programme = Programme(float(cost.max(axis=0).sum()), seed)
        self.shares = programme.amounts(allowed)
        can_go: BoolArray = np.asarray(allowed.any(axis=0))
        missing = programme.amounts(can_go if may_miss else np.zeros_like(can_go))
        for region in np.flatnonzero(can_go):
            programme.hold(programme.sum([*self.shares[:, region], missing[region]]) == 1.0)
        used = programme.choices(len(allowed))
        least_on_time = rules.mean_on_time if mean_on_time is None else mean_on_time
        on_time = programme.sum([])
        for carrier, is_used in enumerate(used):
            mine = programme.sum(self.shares[carrier], drops)
            programme.hold(mine <= float(terms.most_share[carrier]) * total * is_used)
            for here in terms.regions_by_centre if np.isfinite(terms.capacity[carrier]) else ():
                from_here = programme.sum(self.shares[carrier, here], drops[here])
                limit = f"capacity of {terms.carrier_ids[carrier]}, drops per day"
                programme.hold(from_here <= float(terms.capacity[carrier]), limit)
            programme.hold(mine >= max(float(terms.least_share[carrier]), _USED) * total * is_used)
            for region in np.flatnonzero(allowed[carrier]):
                programme.hold(self.shares[carrier, region] <= is_used)
            on_time = on_time + float(terms.on_time_share[carrier] - least_on_time) * mine
        if least_on_time > 0:
            programme.hold(on_time >= 0.0, "mean_on_time", 1.0 / max(total, 1e-12))
        if rules.most_carriers < len(used):
            programme.hold(programme.sum(used) <= rules.most_carriers)
        if rules.least_carriers > 1 and not may_miss:
            programme.hold(programme.sum(used) >= min(rules.least_carriers, int(allowed.any(axis=1).sum())))
        self.cost = programme.sum(self.shares.ravel(), cost.ravel()) + programme.sum(used, terms.cost_per_day)
        if may_miss:
            # No carrier is so dear that a drop would rather stay behind.
            dearest = float(np.where(allowed, terms.cost_per_drop, 0.0).max() + terms.cost_per_day.sum())
            self.cost = self.cost + programme.sum(missing, 10.0 * (dearest + 1.0) * drops)

    def solve(self, node_limit: int, cost: Any = None) -> _Found:
        """Search for the least cost, or for the least of something else."""
        self.programme.minimise(self.cost if cost is None else cost)
        found = self.programme.solve(node_limit)
        if not found.is_found:
            return _Found(found.status)
        return _Found(found.status, found.of(self.shares), found.bound, found.prices)


def _not_reached(terms: CarrierTerms, rules: CarrierRules, allowed: BoolArray) -> list[Unserved]:
    """Regions where nobody goes, or nobody good enough, and too few carriers in all."""
    told = []
    goes = np.isfinite(terms.cost_per_drop)
    for region in np.flatnonzero((terms.drops_per_day > 0) & ~allowed.any(axis=0)).tolist():
        name = f"region {terms.region_ids[region]}"
        if not goes[:, region].any():
            told.append(Unserved(item=name, reason="no carrier goes there", relaxation="a carrier that does"))
            continue
        best = float(terms.on_time_share[goes[:, region]].max())
        reason = f"all who go there are on time less often than {rules.on_time_floor:g}"
        told.append(Unserved(item=name, reason=reason, relaxation=f"on_time_floor {best:g}"))
    able = int(allowed.any(axis=1).sum())
    if able < rules.least_carriers and terms.drops_per_day.any():
        reason = f"{able} are good enough"
        told.append(
            Unserved(
                item=f"{rules.least_carriers} carriers", reason=reason, relaxation=f"least_carriers {able}"
            )
        )
    return told


def _less_punctual(
    terms: CarrierTerms, rules: CarrierRules, allowed: BoolArray, seed: int, node_limit: int
) -> tuple[_Found, list[Unserved]]:
    """The cheapest of the most punctual mixes, if punctuality is all that is wrong."""
    if rules.mean_on_time == 0:
        return _Found(SolveStatus.INFEASIBLE), []
    model = _Model(terms, rules, allowed, seed, mean_on_time=0.0)
    late = np.multiply.outer(1.0 - terms.on_time_share, terms.drops_per_day)
    best = model.solve(node_limit, model.programme.sum(model.shares.ravel(), late.ravel()))
    if best.shares is None:
        return best, []
    brought = best.shares * terms.drops_per_day
    reached = float((terms.on_time_share @ brought).sum() / brought.sum())
    kept = max(reached - _CLOSE * _CLOSE, 0.0)
    told = Unserved(
        item=f"{rules.mean_on_time:g} of all drops on time",
        reason=f"the best that these carriers can do is {reached:.6g}",
        relaxation=f"mean_on_time {np.floor(reached * 1e6) / 1e6:g}",
    )
    return _Model(terms, rules, allowed, seed, mean_on_time=kept).solve(node_limit), [told]


def _with_drops_missing(
    terms: CarrierTerms, rules: CarrierRules, allowed: BoolArray, seed: int, node_limit: int
) -> tuple[_Found, list[Unserved]]:
    """The cheapest of the mixes that leave the fewest drops behind."""
    found = _Model(terms, rules, allowed, seed, may_miss=True).solve(node_limit)
    if found.shares is None:
        return found, []
    left = np.where(allowed.any(axis=0), 1.0 - found.shares.sum(axis=0), 0.0) * terms.drops_per_day
    total = float(left.sum())
    told = [
        Unserved(
            item=f"region {terms.region_ids[region]}, {left[region]:.6g} drops a day",
            reason="capacities and shares of its carriers leave no room for them",
            relaxation=f"room for {total:.6g} more drops a day, all regions together",
        )
        for region in np.flatnonzero(left > _CLOSE * max(float(terms.drops_per_day.sum()), 1.0))
    ]
    if not told:
        told = [
            Unserved(
                item=f"{rules.least_carriers} carriers",
                reason="shares and drops do not let so many be used",
                relaxation=f"least_carriers {int((found.shares.sum(axis=1) > _NOTHING).sum())}",
            )
        ]
    return _Found(found.status, found.shares, None), told


def _greedy(terms: CarrierTerms, allowed: BoolArray) -> FloatArray:
    """Every region to its cheapest carriers with room, largest regions first."""
    shares = np.zeros(allowed.shape)
    room = np.repeat(terms.capacity[:, None], int(terms.centre.max()) + 1, axis=1)
    for region in np.argsort(-terms.drops_per_day, kind="stable").tolist():
        drops = left = float(terms.drops_per_day[region])
        for carrier in np.argsort(terms.cost_per_drop[:, region], kind="stable").tolist():
            if drops > 0 and allowed[carrier, region]:
                taken = min(left, float(room[carrier, terms.centre[region]]))
                shares[carrier, region] = taken / drops
                room[carrier, terms.centre[region]] -= taken
                left -= taken
    return shares


__all__ = ["SOLVER", "CarrierMix", "CarrierRules", "CarrierTerms", "mix_carriers", "mix_cost", "tariff"]
