"""Own technicians or service agents: who does how many of the jobs of each kind, and with whom to have a contract.

Kinds of job g (a skill in a territory) with J[g] jobs a period of h[g] hours; partners p; own teams t, each with H[t]
hours. x[p,g] is the share of a partner, o[g] that of the own team, y[p] = 1 with a contract, m[p] the jobs that are
paid and not given.

    min  sum J[g] c[p,g] x[p,g] + sum J[g] e[g] o[g] + sum a[p] m[p] + sum f[p] y[p]
    s.t. sum over p of x[p,g] + o[g] = 1,   x[p,g] <= y[p]      x[p,g] = 0 without skill, territory or quality
         sum over g of J[g] x[p,g] <= C[p] y[p]                  jobs that a partner takes
         m[p] >= M[p] y[p] - sum over g of J[g] x[p,g]           minimum that is paid in any case
         sum over g of t of J[g] h[g] o[g] <= H[t],  sum over p of y[p] <= N

Means of a period; `staffing.partners.own_or_partner` weighs the chance of a day for one kind of job. Contracts with a
least volume: Anupindi & Akella (1993), "Diversification under supply uncertainty", Management Science 39(8), 944-963.
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

SOLVER = "own or partner by mixed-integer programming (HiGHS)"
_NOTHING = 1e-7
_CLOSE = 1e-6


@dataclass(frozen=True, eq=False)
class AgentTerms:
    """Facts of a period. Arrays are (partners,), (kinds,), (teams,) or (partners, kinds)."""

    jobs: FloatArray
    """(kinds,)"""
    cost_per_job: FloatArray
    """(partners, kinds): money; infinite = has not the skill or does not serve the territory."""
    own_cost_per_job: FloatArray
    """(kinds,): money of one more job; infinite = nobody here can do it."""
    own_hours_per_job: FloatArray = field(default_factory=left_out)
    """(kinds,): travel included; 0 unless given."""
    team: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    """(kinds,): own team that would do it; team 0 unless given."""
    team_hours: FloatArray = field(default_factory=left_out)
    """(teams,): hours of a period; infinite = no limit; one team without limit unless given."""
    capacity: FloatArray = field(default_factory=left_out)
    """(partners,): jobs; infinite = no limit; none unless given."""
    minimum_jobs: FloatArray = field(default_factory=left_out)
    """(partners,): jobs that are paid in any case; 0 unless given."""
    minimum_price: FloatArray = field(default_factory=left_out)
    """(partners,): money for each of them that is not given; 0 unless given."""
    cost_of_contract: FloatArray = field(default_factory=left_out)
    """(partners,): money of a period; 0 unless given."""
    quality: FloatArray = field(default_factory=left_out)
    """(partners,): share of jobs done at the first visit; 1 unless given."""
    partner_ids: tuple[str, ...] = ()
    """Names for reports; numbers when empty."""
    kind_ids: tuple[str, ...] = ()
    """Names for reports; numbers when empty."""

    def __post_init__(self) -> None:
        """Check every array.

        Raises:
            ValueError: a number is missing, negative or not finite, or an array has another shape.
        """
        jobs = not_negatives("jobs", self.jobs)
        object.__setattr__(self, "jobs", jobs)
        cost = np.array(self.cost_per_job, np.float64)
        if cost.ndim != 2 or cost.shape[1] != jobs.size:
            raise ValueError(f"cost_per_job has shape {cost.shape}, not (partners, {jobs.size})")
        if np.isnan(cost).any() or (cost < 0).any():
            raise ValueError("cost_per_job holds nan or a negative number (infinite = cannot do it)")
        object.__setattr__(self, "cost_per_job", cost)
        partners, kinds = cost.shape
        team = np.array(self.team, np.int64) if np.size(self.team) else np.zeros(kinds, np.int64)
        teams = max(np.size(self.team_hours), 1)
        if team.shape != (kinds,) or (team < 0).any() or (team >= teams).any():
            raise ValueError(f"team must be {kinds} numbers from 0 to {teams - 1}, got {team}")
        object.__setattr__(self, "team", team)
        for name, length, usual, may_be_infinite in (
            ("own_cost_per_job", kinds, np.inf, True), ("own_hours_per_job", kinds, 0.0, False),
            ("team_hours", teams, np.inf, True), ("capacity", partners, np.inf, True),
            ("minimum_jobs", partners, 0.0, False), ("minimum_price", partners, 0.0, False),
            ("cost_of_contract", partners, 0.0, False), ("quality", partners, 1.0, False),
        ):  # fmt: skip
            given = getattr(self, name)
            array = np.array(given, np.float64) if np.size(given) else np.full(length, usual)
            finite = np.where(np.isposinf(array), 0.0, array) if may_be_infinite else array
            if length:
                not_negatives(name, finite, (length,))
            object.__setattr__(self, name, array)
        if (self.quality > 1).any():
            raise ValueError(f"quality holds {self.quality.max()}, not a share from 0 to 1")
        for attribute, noun, length in (("partner_ids", "partner", partners), ("kind_ids", "kind", kinds)):
            names = getattr(self, attribute) or tuple(f"{noun} {number}" for number in range(length))
            if len(names) != length:
                raise ValueError(f"{attribute} has {len(names)} names, not {length}")
            object.__setattr__(self, attribute, tuple(names))


@dataclass(frozen=True)
class AgentRules:
    """What a mix must keep."""

    quality_floor: float = 0.0
    """Partners that do fewer jobs at the first visit are not used."""
    most_partners: int = 1_000

    def __post_init__(self) -> None:
        """Check both numbers.

        Raises:
            ValueError: a number lies outside its bounds.
        """
        share("quality_floor", self.quality_floor)
        count("most_partners", self.most_partners, 0)


@dataclass(frozen=True, eq=False)
class AgentMix:
    """Who does what."""

    shares: FloatArray
    """(partners, kinds) of the jobs of each kind."""
    own_shares: FloatArray
    """(kinds,)"""
    has_contract: BoolArray
    """(partners,)"""
    cost: float
    """Money per period."""
    report: SolveReport


_ANY = AgentRules()


def mix_agents(
    terms: AgentTerms, rules: AgentRules = _ANY, *, seed: int = 1, node_limit: int = NODE_LIMIT
) -> AgentMix:
    """The cheapest mix of own technicians and partners.

    Args:
        terms: what partners offer, and what own people can do.
        rules: what the mix must keep.
        seed: of the search.
        node_limit: most nodes of branch and bound in each search.

    Returns:
        The mix. Where not every job can be done the status is `INFEASIBLE`: as many as can be are, and
        `report.unserved` says which are not, why, and what would do. `FALLBACK`: the search found nothing, own people
        and then the cheapest partners with room take the jobs.

    Raises:
        ValueError: see `AgentTerms` and `AgentRules`.
    """
    # What nobody asks for is given to nobody: it would call for contracts.
    allowed = np.isfinite(terms.cost_per_job) & (terms.quality >= rules.quality_floor)[:, None]
    allowed &= terms.jobs > 0
    unserved = _nobody_can(terms, rules, allowed)
    found = _Model(terms, rules, allowed, seed).solve(node_limit)
    if found.status is SolveStatus.INFEASIBLE:
        found = _Model(terms, rules, allowed, seed, may_miss=True).solve(node_limit)
        unserved += _left(terms, allowed, found)
    status, shares, own = SolveStatus.INFEASIBLE if unserved else found.status, found.shares, found.own
    if shares is None or own is None:
        (shares, own), status = _greedy(terms, rules, allowed), SolveStatus.FALLBACK
    shares, own = _clean(shares), _clean(own)
    cost = agents_cost(terms, shares, own)
    closed, bound = proven(found.status, cost, None if unserved else found.bound)
    report = SolveReport(
        solver=SOLVER,
        status=closed if status is SolveStatus.OPTIMAL else status,
        objective=cost,
        bound=bound,
        unit="money per period",
        seed=seed,
        work_limit=f"{node_limit} nodes",
        items=int(terms.jobs.size),
        fallbacks=int(terms.jobs.size) if status is SolveStatus.FALLBACK else 0,
        unserved=tuple(unserved),
        shadow_prices=found.prices,
    )
    has_contract = np.asarray((shares * terms.jobs > _NOTHING).any(axis=1))
    mix = AgentMix(shares, own, has_contract, cost, report)
    if status is SolveStatus.FALLBACK:
        from optimize.sourcing.mix_checking import check_agent_mix  # it imports this module

        return replace(mix, report=unless_broken(report, check_agent_mix(terms, rules, mix)))
    return mix


def _clean(shares: FloatArray) -> FloatArray:
    """Shares without what rounding leaves."""
    return np.asarray(np.round(np.where(shares > _NOTHING, shares, 0.0), 12), np.float64)


def agents_cost(terms: AgentTerms, shares: FloatArray, own_shares: FloatArray) -> float:
    """What a mix costs in a period, minimum volumes of those who have a contract included."""
    done = shares * terms.jobs
    per_job = np.where(np.isfinite(terms.cost_per_job), terms.cost_per_job, 0.0)
    own = np.where(np.isfinite(terms.own_cost_per_job), terms.own_cost_per_job, 0.0) * own_shares * terms.jobs
    has_contract = (done > _NOTHING).any(axis=1)
    missing = np.maximum(terms.minimum_jobs - done.sum(axis=1), 0.0)
    contracts = terms.minimum_price * missing + terms.cost_of_contract
    return float((per_job * done).sum() + own.sum() + has_contract @ contracts)


@dataclass(frozen=True, eq=False)
class _Found:
    """What a search has found; both shares are None where that is nothing."""

    status: SolveStatus
    shares: FloatArray | None = None
    own: FloatArray | None = None
    bound: float | None = None
    prices: tuple[ShadowPrice, ...] = ()


class _Model:
    """The programme. With `may_miss` jobs may stay undone, at a price above that of anybody."""

    def __init__(
        self, terms: AgentTerms, rules: AgentRules, allowed: BoolArray, seed: int, *, may_miss: bool = False
    ) -> None:
        jobs = terms.jobs
        per_job = np.where(allowed, terms.cost_per_job, 0.0) * jobs
        has_own: BoolArray = np.isfinite(terms.own_cost_per_job) & (jobs > 0)
        own_cost = np.where(has_own, terms.own_cost_per_job, 0.0) * jobs
        can_be_done: BoolArray = np.asarray(allowed.any(axis=0) | has_own)
        scale = float(np.maximum(per_job.max(axis=0, initial=0.0), own_cost).sum())
        self.programme = programme = Programme(scale, seed)
        self.shares, self.own = programme.amounts(allowed), programme.amounts(has_own)
        missing = programme.amounts(can_be_done if may_miss else np.zeros_like(can_be_done))
        for kind in np.flatnonzero(can_be_done):
            programme.hold(programme.sum([*self.shares[:, kind], self.own[kind], missing[kind]]) == 1.0)
        hours = terms.own_hours_per_job * jobs
        for team, limit in enumerate(terms.team_hours.tolist()):
            mine = np.flatnonzero(terms.team == team)
            if np.isfinite(limit):
                programme.hold(programme.sum(self.own[mine], hours[mine]) <= limit, f"hours of team {team}")
        contracts = programme.choices(len(allowed))
        self.cost = programme.sum(self.shares.ravel(), per_job.ravel()) + programme.sum(self.own, own_cost)
        self.cost = self.cost + programme.sum(contracts, terms.cost_of_contract)
        for partner, contract in enumerate(contracts):
            self._hold_contract(terms, allowed, partner, contract)
        if rules.most_partners < len(contracts):
            programme.hold(programme.sum(contracts) <= rules.most_partners)
        if may_miss:
            # Nobody is so dear that a job would rather stay undone.
            dearest = float(per_job.sum() + own_cost.sum() + terms.cost_of_contract.sum())
            dearest += float(terms.minimum_jobs @ terms.minimum_price)
            least = float(jobs[jobs > 0].min(initial=1.0))
            self.cost = self.cost + programme.sum(missing, (dearest + 1.0) / least * jobs)

    def _hold_contract(self, terms: AgentTerms, allowed: BoolArray, partner: int, contract: Any) -> None:
        """What a partner takes, and what is paid in any case."""
        programme = self.programme
        given = programme.sum(self.shares[partner], terms.jobs)
        for kind in np.flatnonzero(allowed[partner]):
            programme.hold(self.shares[partner, kind] <= contract)
        if np.isfinite(terms.capacity[partner]):
            limit = f"capacity of {terms.partner_ids[partner]}, jobs per period"
            programme.hold(given <= float(terms.capacity[partner]), limit)
        if terms.minimum_jobs[partner] > 0:
            unused = programme.amount()
            programme.hold(unused >= float(terms.minimum_jobs[partner]) * contract - given)
            self.cost = self.cost + float(terms.minimum_price[partner]) * unused

    def solve(self, node_limit: int) -> _Found:
        """Search for the least cost."""
        self.programme.minimise(self.cost)
        found = self.programme.solve(node_limit)
        if not found.is_found:
            return _Found(found.status)
        return _Found(found.status, found.of(self.shares), found.of(self.own), found.bound, found.prices)


def _nobody_can(terms: AgentTerms, rules: AgentRules, allowed: BoolArray) -> list[Unserved]:
    """Kinds of job that nobody can do, or nobody good enough."""
    told = []
    able = np.isfinite(terms.cost_per_job)
    can_be_done = allowed.any(axis=0) | np.isfinite(terms.own_cost_per_job)
    for kind in np.flatnonzero((terms.jobs > 0) & ~can_be_done).tolist():
        name = terms.kind_ids[kind]
        if not able[:, kind].any():
            reason, relaxation = "no partner has the skill and serves the territory", "a partner that does"
        else:
            best = float(terms.quality[able[:, kind]].max())
            reason = f"all who can do it do less than {rules.quality_floor:g} at the first visit"
            relaxation = f"quality_floor {best:g}"
        told.append(Unserved(item=name, reason=reason, relaxation=relaxation))
    return told


def _left(terms: AgentTerms, allowed: BoolArray, found: _Found) -> list[Unserved]:
    """Jobs that find nobody with room."""
    if found.shares is None or found.own is None:
        return []
    can_be_done = allowed.any(axis=0) | np.isfinite(terms.own_cost_per_job)
    left = np.where(can_be_done, 1.0 - found.shares.sum(axis=0) - found.own, 0.0) * terms.jobs
    return [
        Unserved(
            item=f"{terms.kind_ids[kind]}, {left[kind]:.6g} jobs",
            reason="own hours and capacities of partners leave no room for them",
            relaxation=f"room for {left.sum():.6g} more jobs a period, all kinds together",
        )
        for kind in np.flatnonzero(left > _CLOSE * max(float(terms.jobs.sum()), 1.0))
    ]


def _greedy(terms: AgentTerms, rules: AgentRules, allowed: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Own people first, then the cheapest partners with room, kinds with most jobs first."""
    shares, own = np.zeros(allowed.shape), np.zeros(terms.jobs.size)
    room, hours, used = terms.capacity.copy(), terms.team_hours.copy(), set[int]()
    for kind in np.argsort(-terms.jobs, kind="stable").tolist():
        jobs, team = float(terms.jobs[kind]), int(terms.team[kind])
        if jobs == 0:
            continue
        per_job = float(terms.own_hours_per_job[kind])
        left = jobs
        if np.isfinite(terms.own_cost_per_job[kind]):
            taken = min(jobs, float(hours[team]) / per_job) if per_job > 0 else jobs
            own[kind] = taken / jobs
            hours[team] -= taken * per_job
            left -= taken
        for partner in np.argsort(terms.cost_per_job[:, kind], kind="stable").tolist():
            may = partner in used or len(used) < rules.most_partners
            taken = min(left, float(room[partner]))
            if taken > 0 and may and allowed[partner, kind]:
                shares[partner, kind] = taken / jobs
                room[partner] -= taken
                left -= taken
                used.add(partner)
    return shares, own


__all__ = ["SOLVER", "AgentMix", "AgentRules", "AgentTerms", "agents_cost", "mix_agents"]
