"""Targets that a plan of agents is asked for, and those that it is not expected to keep."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from optimize.staffing.agent_forecast import AgentForecast, AgentWork
from scenarios import OptimisedAgents, Unserved

_NEARLY = 5e-4
"""Share by which a forecast may miss a target without a word."""


def open_hours(wanted: OptimisedAgents) -> npt.NDArray[np.bool_]:
    """(24,) hours of a day that are served."""
    hour = np.arange(24)
    return np.asarray((hour + 1 > wanted.opens_hour) & (hour < wanted.closes_hour))


def served_share(wanted: OptimisedAgents, work: AgentWork) -> float:
    """Share of calls that come in hours that are served: no more can be answered in time."""
    calls = float(work.calls.sum())
    return float(work.calls[:, open_hours(wanted)].sum()) / calls if calls > 0.0 else 1.0


def holds_abandonment(forecast: AgentForecast, wanted: OptimisedAgents) -> bool:
    """Whether no more callers give up than may; so where no limit is set."""
    return wanted.abandoned_share is None or forecast.abandoned_share <= wanted.abandoned_share + _NEARLY


def missed_targets(forecast: AgentForecast, wanted: OptimisedAgents, work: AgentWork) -> tuple[Unserved, ...]:
    """Targets that agents are not expected to keep, each with what would do.

    Args:
        forecast: what they lead to.
        wanted: the targets, and the hours that are served.
        work: calls.
    """
    reason = "more agents in every hour did not bring it there"
    if served_share(wanted, work) < 1.0:
        reason = "who calls while nobody is there counts, too"
    opened = "" if open_hours(wanted).all() else ", or hours from 0 to 24"
    missed = []
    if forecast.answered_share < wanted.answered_share - _NEARLY:
        can_be = f"answered_share {np.floor(1e3 * forecast.answered_share) / 1e3:.3f}"
        missed.append((_answered_item(wanted), forecast.answered_share, can_be))
    if not holds_abandonment(forecast, wanted):
        can_be = f"abandoned_share {np.ceil(1e3 * forecast.abandoned_share) / 1e3:.3f}"
        missed.append((_abandoned_item(wanted), forecast.abandoned_share, can_be))
    return tuple(
        Unserved(item=item, reason=f"{share:.1%} are expected: {reason}", relaxation=f"{can_be}{opened}")
        for item, share, can_be in missed
    )


def rarely_kept_target(
    forecast: AgentForecast, margin: float, probability: float, wanted: OptimisedAgents, month: str = ""
) -> tuple[Unserved, ...]:
    """The target of all calls where it is kept in fewer months than asked for, and what is kept.

    Args:
        forecast: what agents lead to.
        margin: by how much the share of a month falls below the mean with the probability asked for.
        probability: that a month keeps the target.
        wanted: the target.
        month: name of the calendar month that the forecast is of; by default it is of all of them.
    """
    sure = forecast.answered_share - margin
    if sure >= wanted.answered_share - _NEARLY:
        return ()
    reason = (
        f"{forecast.answered_share:.1%} are expected, and in {probability:.0%} of months at least {sure:.1%}"
    )
    relaxation = f"answered_share {np.floor(1e3 * sure) / 1e3:.3f}, or a lower month_probability"
    return (Unserved(item=_answered_item(wanted, month), reason=reason, relaxation=relaxation),)


def without_targets(unserved: Sequence[Unserved], wanted: OptimisedAgents) -> tuple[Unserved, ...]:
    """What could not be done as asked, targets of all calls aside."""
    targets = (_answered_item(wanted), _abandoned_item(wanted))
    return tuple(entry for entry in unserved if not entry.item.startswith(targets))


def _answered_item(wanted: OptimisedAgents, month: str = "") -> str:
    of_month = f", in {month}" if month else ""
    return f"answered in time: {wanted.answered_share:.1%}{of_month}"


def _abandoned_item(wanted: OptimisedAgents) -> str:
    return "given up" if wanted.abandoned_share is None else f"given up: {wanted.abandoned_share:.1%} at most"


__all__ = [
    "holds_abandonment",
    "missed_targets",
    "open_hours",
    "rarely_kept_target",
    "served_share",
    "without_targets",
]
