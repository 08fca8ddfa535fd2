"""The commands that make scenarios, or parts of them: `init` and `fit`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from study.cli.console import Console
from study.cli.outcomes import ExitCode
from study.errors import RequestError


def fit(
    history: Path,
    *,
    out: Path | None,
    columns: Sequence[str],
    unit_size: float,
    zero_when_absent: bool,
    use_stock: bool,
    holdout_periods: int | None,
    seed: int,
    console: Console,
) -> ExitCode:
    """Fit demand to a sales history and write the block, its rate table and the figures.

    Raises:
        RequestError: A column is named wrongly, or the extra `fit` is not installed.
        ScenarioError: The history cannot be used.
    """
    from study.fitting import MissingExtraError, fit_demand, write_fit

    named = named_columns(columns)
    try:
        fitted = fit_demand(
            history,
            seed=seed,
            holdout_periods=holdout_periods,
            columns=named or None,
            unit_size=unit_size,
            absent_rows="zero" if zero_when_absent else "missing",
            use_stock=use_stock,
        )
    except MissingExtraError as error:
        raise RequestError(str(error)) from error
    folder = out or history.with_name(f"{history.name.partition('.')[0]}-fit")
    written = write_fit(fitted, folder)
    console.say(fitted.summary())
    console.say("written: " + ", ".join(console.shown(path) for path in written))
    figures = fitted.figures().to_dict(orient="records")
    console.give_json(
        {"exit_code": 0, "written": [console.shown(path) for path in written], "figures": figures}
    )
    return ExitCode.GOOD


def named_columns(texts: Sequence[str]) -> dict[str, str]:
    """Role -> header, from texts such as "units=Sales".

    Raises:
        RequestError: One of them is written otherwise.
    """
    named = {}
    for text in texts:
        role, _, header = text.partition("=")
        if not (role.strip() and header.strip()):
            raise RequestError(f"--column {text}: write ROLE=HEADER, e.g. units=Sales")
        named[role.strip()] = header.strip()
    return named


def init(folder: Path, tables: Sequence[Path], console: Console) -> ExitCode:
    """Write commented templates, or a scenario made from the planner's own tables.

    Raises:
        RequestError: The folder holds a scenario already.
        ScenarioError: One of the tables cannot be used.
    """
    import scenarios

    try:
        written = scenarios.write_templates(folder, tables)
    except FileExistsError as error:
        raise RequestError(f"{error}: choose another folder") from error
    console.say(written.summary())
    console.say(f"next: dualedge check {folder / 'scenario.yaml'}")
    return ExitCode.GOOD
