"""What after-sales service costs and earns, by the six heads of the cost of a job (mechanism H14)."""

from __future__ import annotations

import numpy as np

from scenarios import SERVICE_HEADS
from sim.aftersales.requests import MoveReason
from sim.books import HEAD_ACCOUNTS, MINOR_PER_MAJOR, Account
from sim.books.charges import ACCOUNT_OF, CREDIT_OF, SERVICE_CHARGES
from sim.kpis.aftersales.records import NAN, ServiceRecords, over
from sim.kpis.aftersales.work import completed_requests

_DAYS_PER_YEAR = 365
_OTHER_HEADS = ("facilities", "holding", "waste")
_ON_THE_ROAD = (Account.LABOUR, Account.TRANSPORT)
_NAMES = (
    "service_revenue",
    "service_cost",
    *(f"service_cost_{head}" for head in SERVICE_HEADS),
    "service_cost_other",
    "goodwill_cost",
    "cost_per_job",
    *(f"cost_per_job_{head}" for head in SERVICE_HEADS),
    "service_cost_to_serve",
)


def balances(s: ServiceRecords) -> dict[Account, float]:
    """What after-sales service adds to each account on the days that count, in money, debits positive."""
    charges = s.rows("charges", "charged_second")
    found: dict[Account, float] = {}
    for reason in SERVICE_CHARGES:
        amount = float(charges["amount_minor"][charges["reason"] == reason].sum()) / MINOR_PER_MAJOR
        for account, sign in ((ACCOUNT_OF[reason], 1), (CREDIT_OF.get(reason, Account.CASH), -1)):
            found[account] = found.get(account, 0.0) + sign * amount
    return found


def money_kpis(s: ServiceRecords) -> dict[str, float]:
    """Cost and revenue by the day on which they arise; NaN where there is no after-sales service."""
    if not s.is_there:
        return dict.fromkeys(_NAMES, NAN)
    of = balances(s)

    def cost(*heads: str) -> float:
        return sum(of.get(account, 0.0) for head in heads for account in HEAD_ACCOUNTS[head])

    total, jobs = cost(*SERVICE_HEADS, *_OTHER_HEADS), completed_requests(s)
    revenue = -of.get(Account.SERVICE_REVENUE, 0.0)
    units = s.rows_of_days("installed_base")["units"]
    return {
        "service_revenue": revenue / s.days,
        "service_cost": total / s.days,
        **{f"service_cost_{head}": cost(head) / s.days for head in SERVICE_HEADS},
        "service_cost_other": cost(*_OTHER_HEADS) / s.days,
        "goodwill_cost": _goodwill(s, of) / s.days,
        "cost_per_job": over(total, jobs),
        **{f"cost_per_job_{head}": over(cost(head), jobs) for head in SERVICE_HEADS},
        "service_cost_to_serve": over(_DAYS_PER_YEAR * (total - revenue), float(units.sum())),
    }


def _goodwill(s: ServiceRecords, of: dict[Account, float]) -> float:
    """Wages and vans in proportion to time on the road and at work, and parts at purchase cost."""
    requests = s.requests
    is_goodwill = requests["is_goodwill"] != 0
    if not is_goodwill.any():
        return 0.0
    seconds = requests["driving_seconds"] + requests["work_seconds"]
    share = over(int(seconds[is_goodwill].sum()), int(seconds.sum()))
    numbers = requests["request"][is_goodwill]
    parts = s.rows(
        "part_moves",
        "left_second",
        lambda t: (t["reason"] == MoveReason.USE) & np.isin(t["request"], numbers),
    )
    wages = sum(of.get(account, 0.0) for account in _ON_THE_ROAD)
    return (0.0 if np.isnan(share) else share * wages) + float(parts["value_minor"].sum()) / MINOR_PER_MAJOR
