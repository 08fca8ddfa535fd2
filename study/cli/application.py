"""Commands and options of `dualedge`; what they do lies in the modules beside this one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from study.cli import deciding
from study.cli.console import Console
from study.cli.options import (
    Alternatives,
    Columns,
    Confidence,
    Force,
    GatesOnChanges,
    GatesOnValues,
    Jobs,
    Json,
    KeepTables,
    NoReport,
    Out,
    Overrides,
    PlanFile,
    PlanFiles,
    Precision,
    PrecisionKpis,
    Quiet,
    Replications,
    ScenarioWord,
    Seed,
    Settings,
    UnitSize,
    ZeroWhenAbsent,
    examples,
)
from study.cli.outcomes import ending_well
from study.keep import Keep

application = typer.Typer(
    help="""Simulate a service supply network from a YAML scenario: what a policy costs, what service it buys.

\b
First steps:
  dualedge list                                   what scenarios are shipped
  dualedge run quickstart                         30 replications, with intervals and a report
  dualedge run quickstart --set policy.transport.delivery_hour=10
  dualedge compare delta_cost_first delta_service_first --fail-if "profit < -2%"
  dualedge plan quickstart --only stock           how much stock, and what that promises
  dualedge init my_network                        templates to fill in

\b
Exit codes: 0 good, 1 the answer is bad (a --fail-if is met), 2 the input is bad, 3 a bug of ours,
130 interrupted (finished replications are kept).""",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from study.manifest import dualedge_version

        typer.echo(f"dualedge {dualedge_version()}")
        raise typer.Exit


@application.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version


@application.command(
    epilog=examples(
        "dualedge run quickstart --replications 10",
        "dualedge run delta.yaml --precision 2% --out runs/delta",
        "dualedge run quickstart --plan plan.yaml",
        "dualedge run quickstart --precision 1% --precision-kpi fill_rate --precision-kpi profit",
        'dualedge run quickstart --set policy.transport.delivery_hour=10 --fail-if "fill_rate < 95%"',
    )
)
def run(
    context: typer.Context,
    scenario: ScenarioWord,
    replications: Replications = None,
    precision: Precision = None,
    precision_kpi: PrecisionKpis = None,
    seed: Seed = None,
    jobs: Jobs = None,
    confidence: Confidence = None,
    out: Out = None,
    settings: Settings = None,
    apply: Overrides = None,
    plan: PlanFile = None,
    fail_if: GatesOnValues = None,
    keep: KeepTables = Keep.FIRST,
    force: Force = False,
    no_report: NoReport = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Simulate one scenario and say what can be concluded."""
    from study.cli.experiments import Request, run_and_report

    console = Console(quiet=quiet, json=json)
    request = Request(
        scenarios=(scenario,),
        command=context.obj,
        replications=replications,
        precision=precision,
        precision_kpis=tuple(precision_kpi or ()),
        seed=seed,
        jobs=jobs,
        confidence=confidence,
        out=out,
        overrides=tuple(apply or ()),
        settings=tuple(settings or ()),
        plans=() if plan is None else (str(plan),),
        conditions=tuple(fail_if or ()),
        keep=keep,
        force=force,
        report=not no_report,
        console=console,
    )
    raise typer.Exit(ending_well(lambda: run_and_report(request), console))


@application.command(
    epilog=examples(
        "dualedge compare delta_cost_first delta_service_first",
        'dualedge compare quickstart quickstart@service_first --fail-if "fill_rate < -0.5%"',
    )
)
def compare(
    context: typer.Context,
    baseline: ScenarioWord,
    alternatives: Alternatives,
    replications: Replications = None,
    precision: Precision = None,
    precision_kpi: PrecisionKpis = None,
    seed: Seed = None,
    jobs: Jobs = None,
    confidence: Confidence = None,
    out: Out = None,
    settings: Settings = None,
    apply: Overrides = None,
    plan: PlanFiles = None,
    fail_if: GatesOnChanges = None,
    keep: KeepTables = Keep.FIRST,
    force: Force = False,
    no_report: NoReport = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Simulate scenarios in the same random worlds and tell what changes from the first.

    --set and --apply change every scenario alike; NAME@OVERRIDE changes one. A plan file decides for every scenario
    that has the facts it was made for; NAME=FILE decides for one, as a run names it.
    """
    from study.cli.experiments import Request, run_and_report

    console = Console(quiet=quiet, json=json)
    request = Request(
        scenarios=(baseline, *alternatives),
        command=context.obj,
        replications=replications,
        precision=precision,
        precision_kpis=tuple(precision_kpi or ()),
        seed=seed,
        jobs=jobs,
        confidence=confidence,
        out=out,
        overrides=tuple(apply or ()),
        settings=tuple(settings or ()),
        plans=tuple(plan or ()),
        conditions=tuple(fail_if or ()),
        keep=keep,
        force=force,
        report=not no_report,
        console=console,
    )
    raise typer.Exit(ending_well(lambda: run_and_report(request), console))


application.command(epilog=deciding.PLAN_EXAMPLES)(deciding.plan)
application.command(epilog=deciding.AUDIT_EXAMPLES)(deciding.audit)
application.command(epilog=deciding.WORTH_EXAMPLES)(deciding.worth)


@application.command()
def check(
    scenarios: Annotated[
        list[str], typer.Argument(metavar="SCENARIO...", help="Scenario files or shipped names.")
    ],
    assumptions: Annotated[
        bool, typer.Option("--assumptions", help="List every number that decides something, and its origin.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings are errors.")] = False,
    settings: Settings = None,
    apply: Overrides = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check scenarios and show everything that is wrong, with file, line and column.

    Exit code 2 when one cannot be used.
    """
    from study.cli import inspecting

    console = Console(quiet=quiet, json=json)
    raise typer.Exit(
        ending_well(
            lambda: inspecting.check(
                scenarios,
                overrides=apply or (),
                settings=settings or (),
                with_assumptions=assumptions,
                strict=strict,
                console=console,
            ),
            console,
        )
    )


@application.command("list")
def list_scenarios(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of scenario files; by default the shipped ones.")
    ] = None,
    json: Json = False,
) -> None:
    """List scenarios with their size, digest and title."""
    from study.cli import inspecting

    console = Console(json=json)
    raise typer.Exit(ending_well(lambda: inspecting.list_scenarios(folder, console), console))


@application.command()
def schema(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it to a file.")] = None,
) -> None:
    """Print the JSON Schema of scenario files, for editors that complete and check while you type."""
    from study.cli import inspecting

    console = Console()
    raise typer.Exit(ending_well(lambda: inspecting.write_schema(out, console), console))


@application.command()
def docs(
    folder: Annotated[Path, typer.Argument(help="Folder of the documentation.")] = Path("docs"),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 when a page is stale.")
    ] = False,
) -> None:
    """Write the generated pages of the documentation: scenario and KPI reference, facts and policy."""
    from study.cli import inspecting

    console = Console()
    raise typer.Exit(ending_well(lambda: inspecting.write_docs(folder, check, console), console))


@application.command(
    epilog=examples(
        "dualedge fit history.csv --out fitted",
        "dualedge fit weekly.xlsx --column units=Verkauf --column date=KW",
    )
)
def fit(
    history: Annotated[Path, typer.Argument(help="Sales history: CSV or xlsx, long or wide.")],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder to write to; by default HISTORY-fit.")
    ] = None,
    columns: Columns = None,
    unit_size: UnitSize = 1.0,
    zero_when_absent: ZeroWhenAbsent = False,
    ignore_stock: Annotated[
        bool, typer.Option("--ignore-stock", help="Take sales for demand even where stock ran out.")
    ] = False,
    holdout: Annotated[int | None, typer.Option(min=1, help="Periods held back to measure accuracy.")] = None,
    seed: Seed = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Fit the demand block of a scenario to a sales history."""
    from study.cli import making

    console = Console(quiet=quiet, json=json)
    raise typer.Exit(
        ending_well(
            lambda: making.fit(
                history,
                out=out,
                columns=columns or (),
                unit_size=unit_size,
                zero_when_absent=zero_when_absent,
                use_stock=not ignore_stock,
                holdout_periods=holdout,
                seed=1 if seed is None else seed,
                console=console,
            ),
            console,
        )
    )


@application.command(
    epilog=examples(
        "dualedge init my_network",
        "dualedge init my_network --from stores.csv --from goods.xlsx",
    )
)
def init(
    folder: Annotated[Path, typer.Argument(help="Folder to make, or an empty one.")],
    tables: Annotated[
        list[Path] | None,
        typer.Option(
            "--from", metavar="FILE", help="Your own CSV or xlsx of stores or goods; may be repeated."
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write a commented scenario with tables to fill in, or made from your own."""
    from study.cli import making

    console = Console(quiet=quiet)
    raise typer.Exit(ending_well(lambda: making.init(folder, tables or (), console), console))


@application.command(
    epilog=examples("dualedge backtest delta.yaml --actuals sales_stock.csv --replications 60")
)
def backtest(
    context: typer.Context,
    scenario: ScenarioWord,
    actuals: Annotated[
        Path, typer.Option(metavar="FILE", help="What happened: CSV or xlsx by store, SKU and day or week.")
    ],
    known_orders: Annotated[
        bool, typer.Option("--known-orders", help="Stores order as they did, not by the scenario's policy.")
    ] = False,
    replications: Replications = None,
    seed: Seed = None,
    jobs: Jobs = None,
    confidence: Confidence = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write tables and findings there.")] = None,
    columns: Columns = None,
    first_day: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="First day of period 1, where the file numbers its periods."),
    ] = None,
    unit_size: UnitSize = 1.0,
    zero_when_absent: ZeroWhenAbsent = False,
    settings: Settings = None,
    apply: Overrides = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Simulate a past period and say, KPI by KPI, whether the model covers what happened.

    Exit code 1 when the past contradicts the model.
    """
    from study.cli.backtests import BacktestRequest, run_backtest

    console = Console(quiet=quiet, json=json)
    request = BacktestRequest(
        scenario=scenario,
        actuals=actuals,
        command=context.obj,
        known_orders=known_orders,
        replications=replications,
        seed=seed,
        jobs=jobs,
        confidence=confidence,
        out=out,
        columns=tuple(columns or ()),
        first_day=first_day,
        unit_size=unit_size,
        zero_when_absent=zero_when_absent,
        overrides=tuple(apply or ()),
        settings=tuple(settings or ()),
        console=console,
    )
    raise typer.Exit(ending_well(lambda: run_backtest(request), console))
