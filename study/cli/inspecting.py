"""The commands that only read: `check`, `list`, `schema`, `docs`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study.cli.console import Console
from study.cli.outcomes import ExitCode
from study.cli.shipped import load, scenario_files, shipped_folder
from study.errors import RequestError

if TYPE_CHECKING:
    from scenarios import Assumption, Scenario


def check(
    words: Sequence[str],
    *,
    overrides: Sequence[str],
    settings: Sequence[str],
    with_assumptions: bool,
    strict: bool,
    console: Console,
) -> ExitCode:
    """Check scenarios and say everything that is wrong with them, and on demand what they assume.

    Args:
        words: Scenario files or names.
        overrides: Applied to each of them.
        settings: Applied to each of them.
        with_assumptions: Whether to list every number that decides something, with its origin.
        strict: Whether warnings count as errors.
        console: For the answer.
    """
    import scenarios

    code, listed = ExitCode.GOOD, []
    for word in words:
        try:
            _, scenario = load(word, overrides, settings)
            problems = tuple(scenarios.check(scenario))
        except scenarios.ScenarioError as error:
            scenario, problems = None, error.problems
        is_bad = scenario is None or (strict and bool(problems))
        code = ExitCode.BAD_INPUT if is_bad else code
        (console.complain if is_bad else console.say)(f"{word}: {scenarios.summarise(problems)}")
        assumed = scenarios.assumptions(scenario) if scenario and with_assumptions else []
        if scenario is not None:
            console.say(scenario.summary())
            _say_assumptions(assumed, console)
        listed.append(
            {
                "scenario": word,
                "problems": [asdict(problem) for problem in problems],
                "assumptions": [asdict(assumption) for assumption in assumed],
            }
        )
    console.give_json({"exit_code": int(code), "scenarios": listed})
    return code


def _say_assumptions(listed: Sequence[Assumption], console: Console) -> None:
    if not listed:
        return
    rows = [("status", "path", "value", "unit", "source")]
    rows += [(found.status.value, found.path, found.value, found.unit, _source(found)) for found in listed]
    console.say(_table(rows))


def _source(found: Assumption) -> str:
    error = "" if found.standard_error is None else f"standard error {found.standard_error:.3g}"
    return "; ".join(part for part in (found.source, error, found.place) if part)


def list_scenarios(folder: Path | None, console: Console) -> ExitCode:
    """List the scenarios of a folder, or those that are shipped.

    Raises:
        RequestError: There is no such folder.
    """
    import scenarios

    where = folder or shipped_folder()
    if not where.is_dir():
        raise RequestError(f"{where} is no folder")
    rows, listed = [("name", "size", "digest", "title")], []
    for path in scenario_files(where):
        try:
            scenario = scenarios.load(path)
        except scenarios.ScenarioError as error:
            rows.append(
                (path.stem, "cannot be used", "", f"{len(error.problems)} problems: see dualedge check")
            )
            continue
        rows.append((path.stem, _size(scenario), scenario.digest[:12], scenario.title))
        listed.append(_listed(path.stem, scenario))
    console.say(_table(rows) if len(rows) > 1 else f"no scenario in {where}")
    console.give_json({"exit_code": 0, "scenarios": listed})
    return ExitCode.GOOD


def _size(scenario: Scenario) -> str:
    stores, skus = len(scenario.network.stores), len(scenario.assortment.skus)
    return f"{stores:,} stores x {skus:,} SKUs x {scenario.horizon.days:,} days"


def _listed(name: str, scenario: Scenario) -> dict[str, Any]:
    return {
        "name": name,
        "title": scenario.title,
        "stores": len(scenario.network.stores),
        "skus": len(scenario.assortment.skus),
        "days": scenario.horizon.days,
        "digest": scenario.digest,
        "facts_digest": scenario.facts_digest,
        "policy_digest": scenario.policy_digest,
    }


def write_schema(out: Path | None, console: Console) -> ExitCode:
    """Print the JSON Schema of scenario files, or write it where editors find it."""
    import scenarios
    from study.atomic import write_text

    text = scenarios.schema_text(scenarios.Scenario)
    if out is None:
        console.say(text.rstrip("\n"))
    else:
        write_text(out, text)
        console.note(f"written: {out}")
    return ExitCode.GOOD


def write_docs(folder: Path, only_check: bool, console: Console) -> ExitCode:
    """Write the pages that are generated, or tell whether they are stale.

    Args:
        folder: Folder of the documentation.
        only_check: Write nothing; a stale page is a bad answer.
        console: For the answer.
    """
    from study.atomic import write_text
    from study.pages import generated_pages

    stale = []
    for name, text in generated_pages().items():
        path = folder / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not only_check:
            write_text(path, text)
    if not stale:
        console.say("all generated pages are up to date")
        return ExitCode.GOOD
    if only_check:
        console.complain(f"stale: {', '.join(stale)}; run `dualedge docs` and commit the pages")
        return ExitCode.BAD_ANSWER
    console.say(f"written: {', '.join(stale)}")
    return ExitCode.GOOD


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
