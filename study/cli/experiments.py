"""The commands that simulate: `run` and `compare`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study.cli.console import Console
from study.cli.outcomes import ExitCode
from study.cli.shipped import load
from study.errors import RequestError, StudyInterrupted
from study.keep import Keep

if TYPE_CHECKING:
    from scenarios import Scenario
    from study.evidence import Comparison, Study
    from study.gate import Finding
    from study.statistics import PrecisionRule
    from study.storage import RunFolder

_MOST_WARNINGS = 5
"""Warnings of scenarios that are told in full."""


@dataclass(frozen=True)
class Request:
    """What the user asked a simulating command for."""

    scenarios: tuple[str, ...]
    """The first one is the baseline of a comparison."""
    command: tuple[str, ...] = ()
    replications: int | None = None
    precision: str | None = None
    precision_kpis: tuple[str, ...] = ()
    """KPIs that the precision is about; the headline ones when none is named."""
    seed: int | None = None
    jobs: int | None = None
    confidence: float | None = None
    out: Path | None = None
    overrides: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    """Plan files: `NAME=FILE` for one scenario, `FILE` for all."""
    conditions: tuple[str, ...] = ()
    keep: Keep = Keep.FIRST
    force: bool = False
    report: bool = True
    console: Console = field(default_factory=Console)


def run_and_report(request: Request) -> ExitCode:
    """Replicate one scenario, or compare several, write the run folder, and judge the answer."""
    from study.comparison import compare
    from study.gate import judge_comparison, judge_study, parse_condition

    of_change = len(request.scenarios) > 1
    conditions = [parse_condition(text, of_change=of_change) for text in request.conditions]
    named = _load_all(request)
    _warn(named, request.console)
    studies, folder = _replicate_all(request, named)
    comparison = compare(*studies) if of_change else None
    folder.write_results(studies, comparison)
    console = request.console
    if comparison is None:
        console.say(studies[0].summary())
        findings = judge_study(studies[0], conditions)
    else:
        console.say(comparison.summary())
        findings = judge_comparison(comparison, conditions)
    for finding in findings:
        (console.complain if finding.failed else console.say)(finding.text)
    if request.report:
        _write_report(folder.path, studies, comparison, request.jobs)
    console.say(f"results in {console.shown(folder.path)}")
    code = ExitCode.BAD_ANSWER if any(finding.failed for finding in findings) else ExitCode.GOOD
    console.give_json(_as_json(code, studies, comparison, findings, console.shown(folder.path)))
    return code


def _load_all(request: Request) -> dict[str, Scenario]:
    named: dict[str, Scenario] = {}
    for word in request.scenarios:
        name, scenario = load(word, request.overrides, request.settings)
        if name in named:
            raise RequestError(f"two of the scenarios are called {name}: give them different names")
        named[name] = scenario
    return named


def _warn(named: dict[str, Scenario], console: Console) -> None:
    """Tell the first few of the things that `check` warns of, each once where scenarios share it."""
    import scenarios

    found = dict.fromkeys(
        str(problem) for scenario in named.values() for problem in scenarios.check(scenario)
    )
    for text in list(found)[:_MOST_WARNINGS]:
        console.note(text)
    more = len(found) - _MOST_WARNINGS
    if more > 0:
        console.note(f"{more} more warning{'s' * (more > 1)}: dualedge check {next(iter(named))}")


def _plan_files(words: Sequence[str], names: Sequence[str]) -> dict[str, Path]:
    """Plan file of each scenario that has one; a word without a scenario's name stands for all."""
    files: dict[str, Path] = {}
    for word in words:
        name, equals, file = word.partition("=")
        meant = (name,) if equals and name in names else tuple(names)
        path = Path(file if equals and name in names else word)
        if not path.is_file():
            hint = f"; scenarios here are {', '.join(names)}" if equals else ""
            raise RequestError(f"--plan {word}: there is no plan file {path}{hint}")
        for scenario in meant:
            if scenario in files:
                raise RequestError(f"--plan {word}: {scenario} has a plan already, {files[scenario]}")
            files[scenario] = path
    return files


def _replicate_all(request: Request, named: dict[str, Scenario]) -> tuple[list[Study], RunFolder]:
    from study.manifest import StudyIdentity, portable_command
    from study.planning import plan_of
    from study.replication import replicate
    from study.shadow.studying import with_shadow
    from study.storage import open_folder

    first = next(iter(named.values()))
    seed = first.run.seed if request.seed is None else request.seed
    level = first.run.confidence_level if request.confidence is None else request.confidence
    replications, rule = _how_many(request, first)
    files = _plan_files(request.plans, tuple(named))
    plans = {name: plan_of(scenario, file=files.get(name)) for name, scenario in named.items()}
    identities = [
        StudyIdentity.of(scenario, plans[name].digest, seed, name) for name, scenario in named.items()
    ]
    folder = open_folder(
        request.out or _default_folder(named),
        identities,
        keep=request.keep,
        command=portable_command(request.command),
        force=request.force,
    )
    _tell_first_compilation(request.console)
    studies: list[Study] = []
    for name, scenario in named.items():
        with request.console.progress(name) as progress:
            try:
                study = replicate(
                    scenario,
                    plans[name],
                    seed=seed,
                    replications=replications,
                    precision=rule,
                    precision_kpis=request.precision_kpis,
                    confidence_level=level,
                    jobs=request.jobs,
                    out=folder,
                    name=name,
                    progress=progress,
                    meanwhile=_prepare_report if request.report else None,
                )
            except StudyInterrupted as interrupt:
                folder.write_results([*studies, *([interrupt.study] if interrupt.study else [])])
                raise
        studies.append(with_shadow(study, plans[name]))
        if rule is not None:  # the alternatives are paired with what the baseline needed
            replications, rule = len(study.condensed), None
    return studies, folder


def _how_many(request: Request, first: Scenario) -> tuple[int | None, PrecisionRule | None]:
    if request.precision is None:
        if request.precision_kpis:
            raise RequestError("--precision-kpi says what --precision is about: give --precision, too")
        wanted = first.run.replications if request.replications is None else request.replications
        return wanted, None
    if request.replications is not None:
        raise RequestError("give --replications or --precision, not both")
    from study.replication import kpis_to_watch
    from study.statistics import PrecisionRule

    kpis_to_watch(request.precision_kpis)
    text = request.precision.strip()
    try:
        relative = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        return None, PrecisionRule(relative)
    except ValueError as error:
        raise RequestError(f"--precision {text}: write a percentage such as 2% ({error})") from error


def _default_folder(named: dict[str, Scenario]) -> Path:
    from study.manifest import utc_now

    stamp = utc_now().replace("-", "").replace(":", "")
    stem = f"{'-vs-'.join(named)[:80]}-{stamp}"
    names = (stem, *(f"{stem}-{number}" for number in range(2, 1000)))
    return next(path for path in (Path("runs") / name for name in names) if not path.exists())


def _tell_first_compilation(console: Console) -> None:
    from sim import is_compiled

    if not is_compiled():
        console.note("first run on this machine: compiling the kernels once (under a minute) ...")


def _write_report(
    folder: Path, studies: Sequence[Study], comparison: Comparison | None, jobs: int | None
) -> None:
    from study.charts import write_charts
    from study.cores import usable_cores
    from study.report import write_report

    charts = folder / "charts"
    write_charts(charts, studies, comparison, jobs=usable_cores() if jobs is None else jobs)
    write_report(folder, studies=studies, comparison=comparison, charts=charts)


def _prepare_report() -> None:
    """Load what the report needs: as long as a replication of a small scenario."""
    from study.report.writing import prepare

    prepare()


def _as_json(
    code: ExitCode,
    studies: Sequence[Study],
    comparison: Comparison | None,
    findings: Sequence[Finding],
    folder: str,
) -> dict[str, Any]:
    from study.shadow.wording import as_records

    content: dict[str, Any] = {
        "exit_code": int(code),
        "folder": folder,
        "studies": [
            dict(study.manifest)
            | {
                "kpis": [asdict(found) for found in study.intervals.values()],
                "shadow": as_records(study.shadow),
            }
            for study in studies
        ],
        "gates": [asdict(finding) for finding in findings],
    }
    if comparison is not None:
        content["comparison"] = {
            "family": comparison.family,
            "statements": [asdict(statement) for statement in comparison.statements],
            "differences": [asdict(found) for found in comparison.differences],
        }
    return content
