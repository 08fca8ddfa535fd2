"""The command `audit`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from study.cli.console import Console
from study.cli.outcomes import ExitCode
from study.cli.planning import families_of, planning_progress
from study.cli.shipped import load
from study.errors import RequestError

if TYPE_CHECKING:
    from scenarios import Plan, Scenario

_LEVEL = 0.99


@dataclass(frozen=True)
class AuditRequest:
    """What the user asked `audit` for; see the options of the command."""

    scenario: str
    plan: Path | None = None
    only: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    replications: int | None = None
    seed: int | None = None
    jobs: int | None = None
    confidence: float | None = None
    out: Path | None = None
    splits: bool = True
    overrides: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    console: Console = field(default_factory=Console)


def run_audit(request: AuditRequest) -> ExitCode:
    """Plan, simulate, and hold promise and delivery side by side; a broken promise is a bad answer."""
    import sim
    from study.auditing import audit
    from study.auditing.writing import OWNER, RECORD, as_json, write_audit
    from study.planning import plan_of
    from study.record_folder import claim_folder

    console = request.console
    name, scenario = load(request.scenario, request.overrides, request.settings)
    if request.plan is not None and request.only:
        raise RequestError("--plan says what is decided, --only what to decide: give one of them")
    families = None if request.plan else families_of(request.only, scenario)
    if request.out is not None:
        claim_folder(request.out, RECORD, OWNER)
    with planning_progress(console, name) as progress:
        plan = plan_of(scenario, file=request.plan, families=families, progress=progress)
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
