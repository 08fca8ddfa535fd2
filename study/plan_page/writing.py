"""Files of a plan's page: charts, and one HTML file that opens with the network off."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from study.atomic import write_text
from study.manifest import portable_command, utc_now, versions
from study.part_titles import part_title
from study.record_folder import claim_folder, plain_values

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from optimize import Outlook
    from scenarios import Plan, PlanPart, Scenario
    from study.plan_page.years import PageTable

RECORD, OWNER = "plan_page.json", "a plan's page"
"""What tells such a folder."""
_TEMPLATE = Path(__file__).with_name("plan.html")


@dataclass(frozen=True)
class PartText:
    """One part of a plan as text."""

    path: str
    what: str
    status: str
    solver: str
    cells: str
    objective: str
    bound: str
    gap: str
    unserved: tuple[tuple[str, str, str], ...]
    promises: tuple[tuple[str, str, str, str], ...]


def write_plan_page(
    scenario: Scenario,
    plan: Plan,
    folder: Path,
    *,
    outlook: Outlook | None = None,
    command: Sequence[str] = (),
) -> list[Path]:
    """Write charts and `plan.html`.

    Args:
        scenario: as loaded.
        plan: what was decided.
        folder: made when missing.
        outlook: what is to be expected; without it neither map nor histogram is drawn.
        command: command line, for the record.

    Returns:
        The files, the page last.

    Raises:
        RequestError: the folder holds something else.
    """
    from scenarios import Basis
    from study.charts.style import save
    from study.report.embedding import data_uri
    from study.report.page import render_page

    claim_folder(folder, RECORD, OWNER, "--page")
    (folder / "charts").mkdir(parents=True, exist_ok=True)
    solved = [part for part in plan.parts if part.basis is Basis.OPTIMISED]
    title = scenario.title or scenario.name
    written, pictures = [], []
    for name, figure in _figures(scenario, plan, outlook, title):
        for suffix in (".png", ".svg"):
            path = folder / "charts" / f"{name}{suffix}"
            save(figure, path)
            written.append(path)
        pictures.append({"alt": name.replace("_", " "), "uri": data_uri("image/svg+xml", path.read_bytes())})
    record = {
        "scenario": scenario.name,
        "plan_digest": plan.digest,
        "parts": [part.model_dump(mode="json") for part in solved],
        "command": portable_command(command),
        "written_utc": utc_now(),
        "versions": versions(),
    }
    write_text(folder / RECORD, json.dumps(plain_values(record), indent=2, ensure_ascii=False) + "\n")
    values = {
        "title": title,
        "digest": plan.digest[:12],
        "parts": [_text(part, scenario.costs.currency) for part in solved],
        "tables": _tables(scenario, plan),
    }
    page = folder / "plan.html"
    write_text(page, render_page(_TEMPLATE, values, pictures))
    return [folder / RECORD, *written, page]


def _figures(scenario: Scenario, plan: Plan, outlook: Outlook | None, title: str) -> list[tuple[str, Figure]]:
    from study.plan_page.charts import curves_chart, drive_histogram, territory_map
    from study.plan_page.roster import roster_chart, roster_of
    from study.plan_page.territories import territories_of
    from study.plan_page.years import proposals_map, years_maps, years_of

    figures, currency = [], scenario.costs.currency
    found = None
    if outlook is not None and outlook.siting is not None:
        found = territories_of(scenario, plan, outlook.siting)
    if found is not None:
        figures += [("territories", territory_map(found, title)), ("drives", drive_histogram(found, title))]
    years = years_of(scenario, plan)
    if years is not None:
        figures.append(("years", years_maps(years, title)))
    if plan.decisions.greenfield is not None and len(plan.decisions.greenfield):
        figures.append(("proposals", proposals_map(scenario, plan, title)))
    shown = roster_of(scenario, plan)
    if shown is not None:
        figures.append(("roster", roster_chart(shown, title)))
    for part in plan.parts:
        if part.curves:
            name = part.path.removeprefix("policy.optimised.").replace(".", "_")
            heading = part_title(part.path)
            figures.append((f"curves_{name}", curves_chart(heading, title, part.curves, currency)))
    return figures


def _tables(scenario: Scenario, plan: Plan) -> list[PageTable]:
    """What is long to say in a picture: years and proposals."""
    from study.plan_page.years import proposals_table, years_of, years_table

    years, proposals = years_of(scenario, plan), proposals_table(plan)
    found = [] if years is None else [years_table(years)]
    return found if proposals is None else [*found, proposals]


def _text(part: PlanPart, currency: str) -> PartText:
    from scenarios import MEASURES
    from study.charts.numbers import plain, with_unit

    report = part.report
    gap = None if report is None else report.gap
    unit = "" if report is None else report.unit.replace("money", currency)

    def figure(value: float | None) -> str:
        return "–" if value is None else f"{plain(value)} {unit}".rstrip()

    return PartText(
        path=part.path,
        what=part_title(part.path),
        status="" if report is None else report.status.value,
        solver="" if report is None else report.solver,
        cells=f"{part.cells:,}",
        objective=figure(None if report is None else report.objective),
        bound=figure(None if report is None else report.bound),
        gap="–" if gap is None else f"{plain(100 * gap, most_decimals=3)}%",
        unserved=()
        if report is None
        else tuple((item.item, item.reason, item.relaxation) for item in report.unserved),
        promises=tuple(
            (
                MEASURES[promise.measure].title,
                with_unit(promise.forecast, MEASURES[promise.measure].unit, currency),
                ", ".join(premise.value.replace("_", " ") for premise in promise.premises) or "nothing",
                promise.method,
            )
            for promise in part.promises
            if promise.measure in MEASURES
        ),
    )


__all__ = ["OWNER", "RECORD", "write_plan_page"]
