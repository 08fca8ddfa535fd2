"""The command `backtest`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from study.cli.console import Console
from study.cli.making import named_columns
from study.cli.outcomes import ExitCode
from study.cli.shipped import load
from study.errors import RequestError


@dataclass(frozen=True)
class BacktestRequest:
    """What the user asked for; see the options of the command."""

    scenario: str
    actuals: Path
    command: tuple[str, ...] = ()
    known_orders: bool = False
    replications: int | None = None
    seed: int | None = None
    jobs: int | None = None
    confidence: float | None = None
    out: Path | None = None
    columns: tuple[str, ...] = ()
    first_day: str | None = None
    unit_size: float = 1.0
    zero_when_absent: bool = False
    overrides: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    console: Console = field(default_factory=Console)


def run_backtest(request: BacktestRequest) -> ExitCode:
    """Set a scenario against a past period; a model that the past contradicts is a bad answer."""
    from study.backtesting import OrderSource, backtest, read_actuals, write_backtest
    from study.backtesting.running import DEFAULT_REPLICATIONS
    from study.backtesting.writing import OWNER, RECORD, as_json
    from study.record_folder import claim_folder

    console = request.console
    name, scenario = load(request.scenario, request.overrides, request.settings)
    if request.out is not None:
        claim_folder(request.out, RECORD, OWNER)
    actuals = read_actuals(
        request.actuals,
        scenario,
        columns=named_columns(request.columns) or None,
        first_day=_date(request.first_day),
        unit_size=request.unit_size,
        absent_rows="zero" if request.zero_when_absent else "missing",
    )
    with console.progress(name) as progress:
        found = backtest(
            scenario,
            actuals,
            orders=OrderSource.KNOWN if request.known_orders else OrderSource.POLICY,
            seed=request.seed,
            replications=request.replications or DEFAULT_REPLICATIONS,
            level=request.confidence,
            jobs=request.jobs,
            progress=progress,
        )
    written = [] if request.out is None else write_backtest(found, request.out, command=request.command)
    console.say(found.summary())
    if written:
        console.say("written: " + ", ".join(console.shown(path) for path in written))
    code = ExitCode.BAD_ANSWER if found.is_contradicted else ExitCode.GOOD
    if found.is_contradicted:
        console.complain(f"{name}: the past contradicts the model")
    console.give_json(
        as_json(found) | {"exit_code": int(code), "written": [console.shown(path) for path in written]}
    )
    return code


def _date(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise RequestError(f"--first-day {text}: write a date such as 2024-01-31") from error
