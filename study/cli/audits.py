"""The command `audit`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from study.cli.outcomes import ExitCode
from study.cli.planned import PlannedRequest, planned

if TYPE_CHECKING:
    from scenarios import Plan, Scenario

_LEVEL = 0.99


@dataclass(frozen=True)
class AuditRequest(PlannedRequest):
    """What the user asked `audit` for; see the options of the command."""

    splits: bool = True


def run_audit(request: AuditRequest) -> ExitCode:
    """Plan, simulate, and hold promise and delivery side by side; a broken promise is a bad answer."""
    import sim
    from study.auditing import audit
    from study.auditing.writing import OWNER, RECORD, as_json, write_audit

    name, scenario, plan = planned(request, RECORD, OWNER, may_plan_nothing=False)
    console = request.console
    runs, is_whole = _Runs(request, name), True
    hold = partial(
        audit,
        scenario,
        plan,
        sim.outlook(scenario),
        seed=scenario.run.seed if request.seed is None else request.seed,
        confidence_level=_LEVEL if request.confidence is None else request.confidence,
    )
    try:
        found = hold(runs, splits=request.splits)
    except KeyboardInterrupt:
        if runs.as_it_is is None:
            raise KeyboardInterrupt from None
        found, is_whole = hold(runs.again, splits=False), False
    written = [] if request.out is None else write_audit(found, request.out, command=request.command)
    console.say(found.summary())
    if written:
        console.say("written: " + ", ".join(console.shown(path) for path in written))
    code = ExitCode.BAD_ANSWER if found.is_broken else ExitCode.GOOD
    if not is_whole:
        code = ExitCode.INTERRUPTED
        console.complain("interrupted: promise and delivery are kept, gaps are not split over premises")
    console.give_json(
        as_json(found) | {"exit_code": int(code), "written": [console.shown(path) for path in written]}
    )
    return code


class _Runs:
    """Replications of one step of an audit, all steps in the same random worlds."""

    def __init__(self, request: AuditRequest, name: str) -> None:
        self._request = request
        self._name = name
        self.as_it_is: Mapping[str, np.ndarray] | None = None
        """What the plan delivered in the world as it is, once that is known."""

    def again(self, step: str, scenario: Scenario, plan: Plan) -> Mapping[str, np.ndarray]:
        """What is known of the world as it is, without running it again."""
        del step, scenario, plan
        assert self.as_it_is is not None
        return self.as_it_is

    def __call__(self, step: str, scenario: Scenario, plan: Plan) -> Mapping[str, np.ndarray]:
        from study.replication import replicate

        request = self._request
        with request.console.progress(f"{self._name}: {step.replace('_', ' ')}") as progress:
            study = replicate(
                scenario,
                plan,
                seed=request.seed,
                replications=request.replications,
                jobs=request.jobs,
                progress=progress,
            )
        found = {kpi: np.array([run.kpis[kpi] for run in study.condensed]) for kpi in study.intervals}
        if self.as_it_is is None:
            self.as_it_is = found
        return found
