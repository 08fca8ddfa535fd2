"""The worth of solvers in words, for the terminal and the page."""

from __future__ import annotations

import math

from study.evidence import Judgement
from study.wording import format_change, unit_in
from study.worth.evidence import Gain, Worth

SYMBOLS = {Judgement.BETTER: "▲", Judgement.WORSE: "▼", Judgement.NEITHER: "●"}


def conditions_text(found: Worth) -> str:
    """How the figures came about."""
    runs = f"{found.replications:,} replication{'s' * (found.replications != 1)}"
    missing = f"; interrupted, without {', '.join(found.unfinished)}" if found.unfinished else ""
    return f"{runs}, seed {found.seed}, plan {found.plan_digest[:12]}; {found.family}{missing}"


def gain_text(gain: Gain, currency: str) -> str:
    """The gain, its unit and its interval."""
    unit = unit_in(gain.unit, currency)
    shown = format_change(gain.gain, gain.unit) + (f" {unit}" if unit else "")
    if math.isnan(gain.low) or gain.low == gain.high:
        return shown
    return f"{shown} ({format_change(gain.low, gain.unit)} to {format_change(gain.high, gain.unit)})"


def summarise(found: Worth) -> str:
    """One block per solver, a line per KPI."""
    lines = [f"{found.title}: what each solver is worth", conditions_text(found)]
    if not found.solvers:
        return "\n".join([*lines, "", "  nothing in the plan was worked out by a solver"])
    for solver in found.solvers:
        lines += ["", f"  {solver.title} ({solver.path}), against {solver.rule}"]
        width = max((len(gain.title) for gain in solver.gains), default=0)
        lines += [
            f"    {SYMBOLS[gain.judgement]} {gain.title:<{width}}  {gain_text(gain, found.currency)}"
            for gain in solver.gains
        ]
        if not solver.gains:
            lines.append("    ● nothing changes")
    return "\n".join(lines)


__all__ = ["SYMBOLS", "conditions_text", "gain_text", "summarise"]
