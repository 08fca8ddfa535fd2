"""The command that plans: `plan`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study.cli.console import Console
from study.cli.outcomes import ExitCode
from study.cli.shipped import load
from study.errors import RequestError, StudyInterrupted

if TYPE_CHECKING:
    from optimize import Progress
    from scenarios import Plan, PlanPart, Scenario, SolveReport
    from study.confirming import Confirmed

_FEW = 10
"""Things that cannot be done as asked and are told one by one."""


@dataclass(frozen=True)
class PlanRequest:
    """What the user asked `plan` for."""

    scenario: str
    only: tuple[str, ...] = ()
    """Families of decisions, whether the policy names them or not; all that it names when empty."""
    out: Path = Path("plan.yaml")
    confirm: int | None = None
    """Simulated months that are to confirm agents."""
    seed: int | None = None
    """Of these months."""
    jobs: int | None = None
    """Of these months, at once."""
    overrides: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    page: Path | None = None
    """Folder for the plan as a page."""
    command: tuple[str, ...] = ()
    force: bool = False
    """Whether a plan that somebody has edited may be replaced."""
    console: Console = field(default_factory=Console)


def plan_and_write(request: PlanRequest) -> ExitCode:
    """Work out what is to be optimised, say how it went, and write the plan file."""
    from optimize import PlanInterrupted
    from study.planning import plan_of

    name, scenario = load(request.scenario, request.overrides, request.settings)
    families = families_of(request.only, scenario)
    _can_be_written(request.out, request.scenario)
    if not request.force:
        _holds_nobodys_work(request.out)
    if request.page is not None:
        from study.plan_page.writing import OWNER, RECORD
        from study.record_folder import claim_folder

        claim_folder(request.page, RECORD, OWNER, "--page")
    console = request.console
    unfinished: tuple[str, ...] = ()
    confirmed: Confirmed | None = None
    if request.confirm is not None:
        _check_there_are_agents(scenario, families)
    try:
        with planning_progress(console, name) as progress:
            plan = plan_of(scenario, families=families, progress=progress)
    except PlanInterrupted as interrupt:
        plan, unfinished = interrupt.plan, interrupt.unfinished
    if request.confirm is not None and not unfinished:
        try:
            confirmed = _confirmed(request, name, scenario, plan, request.confirm)
        except StudyInterrupted:
            unfinished = ("confirmation of agents",)
    decided = confirmed.plan if confirmed else plan
    if request.page is not None:
        _write_page(request, request.page, scenario, decided)
    return _conclude(request, name, decided, unfinished, confirmed)


def _write_page(request: PlanRequest, folder: Path, scenario: Scenario, plan: Plan) -> None:
    from study.plan_page import write_plan_page

    outlook = None
    if plan.decisions.open_stations is not None:
        import sim

        outlook = sim.outlook(plan.decided(scenario))
    files = write_plan_page(scenario, plan, folder, outlook=outlook, command=request.command)
    request.console.say(f"page in {request.console.shown(files[-1])}")


def _check_there_are_agents(scenario: Scenario, families: frozenset[str] | None) -> None:
    has_calls = scenario.service is not None and scenario.service.contact_centre is not None
    is_asked = "staff" in families if families else scenario.policy.optimised.agents is not None
    if not has_calls or not is_asked:
        hint = "say --only staff" if has_calls else f"{scenario.name} has no contact centre"
        raise RequestError(f"--confirm: no agents are planned: {hint}")


def _confirmed(
    request: PlanRequest, name: str, scenario: Scenario, plan: Plan, months: int
) -> Confirmed | None:
    """The plan with agents that simulated months confirm; None where none were planned."""
    from study.confirming import confirm_agents, has_planned_agents

    if not has_planned_agents(plan):
        return None
    with request.console.progress(f"{name}: months") as progress:
        return confirm_agents(
            scenario, plan, replications=months, seed=request.seed, jobs=request.jobs, progress=progress
        )


def _can_be_written(out: Path, scenario: str) -> None:
    """Told before the solvers work for minutes, and before a plan takes the place of the scenario itself.

    Raises:
        RequestError: a plan cannot be written there.
    """
    if out.is_dir():
        raise RequestError(f"--out {out}: is a folder; name a file in it, e.g. {out / 'plan.yaml'}")
    if out.is_file() and Path(scenario).is_file() and out.samefile(scenario):
        raise RequestError(f"--out {out}: is the scenario itself, the plan would take its place")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RequestError(f"--out {out}: {error.strerror}") from None


def _holds_nobodys_work(out: Path) -> None:
    """Told before a plan takes the place of one that a person has worked on.

    Raises:
        RequestError: the file was edited, or cannot be read as a plan.
    """
    if not out.is_file():
        return
    from scenarios import ScenarioError, edited_fields, read_plan

    try:
        edited = edited_fields(read_plan(out))
    except ScenarioError:
        raise RequestError(
            f"--out {out}: holds something that is no plan, or one with mistakes; name another file, or --force to "
            "replace it"
        ) from None
    if edited:
        raise RequestError(
            f"--out {out}: {', '.join(edited)} {'was' if len(edited) == 1 else 'were'} edited by hand; name another "
            "file, or --force to replace it"
        )


def families_of(only: Sequence[str], scenario: Scenario) -> frozenset[str] | None:
    """Families of decisions that are asked for; None for what the policy names.

    Raises:
        RequestError: there is no such family, or there is nothing to optimise.
    """
    from optimize import FAMILIES
    from scenarios import did_you_mean

    names = tuple(name.strip() for word in only for name in word.split(",") if name.strip())
    for name in names:
        if name not in FAMILIES:
            raise RequestError(f"--only {name}: {did_you_mean(name, FAMILIES)}")
    named = scenario.policy.optimised
    if not names and not any(getattr(named, part) for parts in FAMILIES.values() for part in parts):
        raise RequestError(
            f"the policy of {scenario.name} optimises nothing: say what to optimise, e.g. --only stock, or name it "
            "under `policy.optimised`"
        )
    return frozenset(names) if names else None


def _conclude(
    request: PlanRequest, name: str, plan: Plan, unfinished: tuple[str, ...], confirmed: Confirmed | None
) -> ExitCode:
    from scenarios import Basis, SolveStatus
    from study.plan_files import write_plan

    console = request.console
    solved = [part for part in plan.parts if part.basis is Basis.OPTIMISED]
    console.say(describe(name, solved))
    if confirmed is not None:
        console.say(f"\n{confirmed.summary()}")
    files = write_plan(plan.decisions, request.out) if solved else []
    failed = [part for part in solved if part.report and part.report.status is SolveStatus.INFEASIBLE]
    for part in failed:
        console.complain(f"{part.path}: no plan does what is asked")
    is_refuted = confirmed is not None and not confirmed.is_confirmed
    if is_refuted:
        console.complain("policy.optimised.agents: the month's target is kept too rarely")
    code = ExitCode.BAD_ANSWER if failed or is_refuted else ExitCode.GOOD
    if unfinished:
        code = ExitCode.INTERRUPTED
        console.complain(
            f"interrupted: {', '.join(unfinished)} not planned"
            + ("; what was finished is kept" if files else "; nothing was finished")
        )
    if files:
        shown = console.shown(request.out)
        console.say(f"plan in {shown}; run it with: dualedge run {request.scenario} --plan {shown}")
    console.give_json(
        {
            "exit_code": int(code),
            "scenario": name,
            "plan_digest": plan.digest,
            "files": [console.shown(file) for file in files],
            "unfinished": list(unfinished),
            "confirmation": None if confirmed is None else confirmed.as_json(),
            "parts": [part.model_dump(mode="json") | {"gap": _gap(part)} for part in solved],
        }
    )
    return code


@contextmanager
def planning_progress(console: Console, title: str) -> Iterator[Progress | None]:
    """How far solvers are, on a terminal."""
    with console.progress(title) as report:
        if report is None:
            yield None
            return

        def told(step: str, finished: int, wanted: int) -> None:
            del step
            report(finished, wanted)

        yield told


def describe(name: str, parts: Sequence[PlanPart]) -> str:
    """What was optimised and how well, what could not be done as asked, and what is promised."""
    lines = [f"{name}: {len(parts)} part{'s' * (len(parts) != 1)} optimised"]
    lines += _table(_HEADER, [_row(part) for part in parts]) if parts else []
    for part in parts:
        lines += _unserved(part)
    promised = [
        (promise.measure, f"{promise.forecast:.6g}", ", ".join(premise.value for premise in promise.premises))
        for part in parts
        for promise in part.promises
    ]
    if promised:
        lines += ["", *_table(("promise", "forecast", "provided that"), promised)]
    return "\n".join(lines)


_HEADER = ("part", "what", "status", "cells", "objective", "bound", "gap", "fallbacks", "unserved")


def _row(part: PlanPart) -> tuple[str, ...]:
    report, gap = part.report, _gap(part)
    path = part.path.removeprefix("policy.optimised.")
    if report is None:
        return (path, part.kind, "", f"{part.cells:,}", "", "", "", "", "")
    return (
        path,
        part.kind,
        report.status.value,
        f"{part.cells:,}",
        "-" if report.objective is None else f"{report.objective:,.6g} {_unit(report)}".rstrip(),
        "-" if report.bound is None else f"{report.bound:,.6g}",
        "-" if gap is None else f"{100 * gap:.2g}%",
        f"{report.fallbacks:,}",
        f"{len(report.unserved):,}",
    )


def _unit(report: SolveReport) -> str:
    """Unit of the objective; people and hours are counted, and one of them is no plural."""
    is_counted = report.unit in ("agents", "paid hours", "pickers", "technicians")
    return report.unit.removesuffix("s") if is_counted and report.objective == 1.0 else report.unit


def _gap(part: PlanPart) -> float | None:
    return None if part.report is None else part.report.gap


def _unserved(part: PlanPart) -> list[str]:
    found = () if part.report is None else part.report.unserved
    if not found:
        return []
    lines = ["", f"{part.path.removeprefix('policy.optimised.')}: not as asked"]
    for item in found[:_FEW]:
        relaxation = f"; would do: {item.relaxation}" if item.relaxation else ""
        lines.append(f"  {item.item}: {item.reason}{relaxation}")
    if len(found) > _FEW:
        lines.append(f"  and {len(found) - _FEW:,} more, see `unserved` in the plan file")
    return lines


def _table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    widths = [max(len(str(row[column])) for row in (header, *rows)) for column in range(len(header))]
    return [
        "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    ]


__all__ = ["PlanRequest", "describe", "families_of", "plan_and_write", "planning_progress"]
