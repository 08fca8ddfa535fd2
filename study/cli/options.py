"""Options that several commands share, each with its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from study.keep import Keep

ScenarioWord = Annotated[
    str, typer.Argument(help="Scenario file, or name of a shipped one; NAME@OVERRIDE applies an override.")
]
Alternatives = Annotated[
    list[str], typer.Argument(metavar="ALTERNATIVE...", help="Scenarios compared with the baseline.")
]
Replications = Annotated[
    int | None, typer.Option(min=1, help="How many replications; by default as the scenario says.")
]
Precision = Annotated[
    str | None,
    typer.Option(
        metavar="PERCENT", help="Replicate until all headline KPIs are known to +-PERCENT, e.g. 2%."
    ),
]
PrecisionKpis = Annotated[
    list[str] | None,
    typer.Option(
        "--precision-kpi",
        metavar="NAME",
        help="KPI that --precision is about instead of the headline ones, e.g. profit; may be repeated.",
    ),
]
Seed = Annotated[int | None, typer.Option(min=0, help="Seed of the random world; by default the scenario's.")]
Jobs = Annotated[
    int | None, typer.Option(min=1, help="Replications at once; by default one per free core. Same results.")
]
Confidence = Annotated[
    float | None,
    typer.Option(min=0.5, max=0.9999, help="Confidence level; by default the scenario's (0.95)."),
]
Out = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Run folder; an interrupted study there goes on.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change one value of the scenario; may be repeated."),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--apply", metavar="NAME", help="Apply a named override of the scenario; may be repeated."),
]
PlanFile = Annotated[
    Path | None,
    typer.Option("--plan", metavar="FILE", help="Plan file, as `dualedge plan` writes it, perhaps edited."),
]
PlanFiles = Annotated[
    list[str] | None,
    typer.Option(
        "--plan",
        metavar="[NAME=]FILE",
        help="Plan file for the scenario NAME, or for all of them; may be repeated.",
    ),
]
KeepTables = Annotated[
    Keep, typer.Option(help="Keep event tables and panels of the first replication, of all or of none.")
]
Force = Annotated[bool, typer.Option("--force", help="Clear another study's results out of the run folder.")]
NoReport = Annotated[bool, typer.Option("--no-report", help="Leave out charts and report.html.")]
Json = Annotated[
    bool, typer.Option("--json", help="One JSON object on standard output; words go to standard error.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what is wrong.")]
GatesOnValues = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-if", metavar="CONDITION", help='Exit 1 when met, e.g. "fill_rate < 95%"; may be repeated.'
    ),
]
GatesOnChanges = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-if",
        metavar="CONDITION",
        help='Exit 1 when the change from the baseline meets it: "fill_rate < -0.5%" is half a point lost, '
        '"profit < -2%" two percent of the profit; may be repeated.',
    ),
]

Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column", metavar="ROLE=HEADER", help="Name a column that is not recognised; may be repeated."
    ),
]
UnitSize = Annotated[float, typer.Option(min=1e-9, help="What the file counts per unit sold.")]
ZeroWhenAbsent = Annotated[
    bool,
    typer.Option("--zero-when-absent", help="A period without a row saw no sale; else: not recorded."),
]


def examples(*lines: str) -> str:
    """Lines that the help keeps apart: without the mark it flows them into one paragraph."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
