"""Replicate a scenario under a plan until the answer is known as well as wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from scenarios import MEASURES
from study.cores import default_jobs
from study.errors import RequestError, StudyInterrupted
from study.evidence import Condensed, KpiInterval, Study
from study.execution import Assignment, Simulate, carry_out_all
from study.manifest import StudyIdentity, study_manifest
from study.statistics import PrecisionMonitor, PrecisionRule, mean_interval
from study.storage import RunFolder, open_folder
from study.wording import no_such_kpi

if TYPE_CHECKING:
    from scenarios import Plan, Scenario
    from sim import Labels

_HEADLINE = tuple(measure.name for measure in MEASURES.values() if measure.headline)
_STORE_SKU_DAYS_OF_A_SHORT_RUN = 2_000_000


class Progress(Protocol):
    """Told how far a study is."""

    def __call__(self, finished: int, wanted: int) -> None:
        """So many replications are finished out of at most so many."""
        ...


def replicate(
    scenario: Scenario,
    plan: Plan,
    *,
    seed: int | None = None,
    replications: int | None = None,
    precision: PrecisionRule | None = None,
    precision_kpis: Sequence[str] = (),
    confidence_level: float | None = None,
    jobs: int | None = None,
    out: Path | RunFolder | None = None,
    name: str | None = None,
    progress: Progress | None = None,
    simulate: Simulate | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> Study:
    """Run replications 0, 1, 2 ... of a scenario and say what they show.

    The study is the same bit for bit however many jobs share the work, and whether or not it was interrupted.

    Args:
        scenario: What is true and how it is run; gives the defaults of seed, replications and confidence.
        plan: What is decided.
        seed: Of the random world.
        replications: How many; not together with `precision`.
        precision: Replicate until `precision_kpis` are known this well.
        precision_kpis: KPIs that `precision` is about; the headline ones when none is named.
        confidence_level: Of the intervals.
        jobs: Processes at work; by default one per usable physical core, as far as memory allows.
        out: Run folder to write to and to resume from; a path is claimed with `open_folder`. None keeps the
            study in memory.
        name: Name of the study in tables; by default the scenario's.
        progress: Told after each replication.
        simulate: The engine; `sim.simulate` unless a stand-in is given.
        meanwhile: Done by this process while others replicate, see `carry_out_all`.

    Raises:
        RequestError: The request contradicts itself, names no KPI, or the folder holds something else.
        StudyInterrupted: The user interrupted; carries the study of what was finished.
    """
    if replications is not None and precision is not None:
        raise RequestError("give a number of replications or a precision, not both")
    watched = kpis_to_watch(precision_kpis)
    wanted = (
        precision.limit if precision else scenario.run.replications if replications is None else replications
    )
    jobs = default_jobs(scenario) if jobs is None else jobs
    if wanted < 1 or jobs < 1:
        raise RequestError("replications and jobs must be at least 1")
    level = scenario.run.confidence_level if confidence_level is None else confidence_level
    seed = scenario.run.seed if seed is None else seed
    identity = StudyIdentity.of(scenario, plan.digest, seed, name)
    folder = open_folder(out, [identity]) if isinstance(out, Path) else out
    assignment = Assignment(scenario, plan, seed, identity.name, simulate or _engine(), folder)
    monitor = PrecisionMonitor(precision, watched, level) if precision else None
    finished = _Finished(wanted, monitor)
    if folder:
        finished.take_in(*folder.finished(identity.name))
    first_alone = simulate is None and (_is_short(scenario) or not _is_compiled())
    interrupted = _work_through(assignment, finished, jobs, progress, first_alone, meanwhile)
    if interrupted and folder:  # a worker may have finished one that was never handed over
        finished.take_in(*folder.finished(identity.name))
    study = _conclude(assignment, identity, finished, level) if finished.labels else None
    if isinstance(out, Path) and folder and study:
        folder.write_results([study])
    if interrupted:
        raise StudyInterrupted(study, folder.path if folder else None)
    assert study is not None
    return study


def kpis_to_watch(names: Sequence[str]) -> tuple[str, ...]:
    """The KPIs that a precision is about: those named, else the headline ones.

    Raises:
        RequestError: A name is none of a KPI.
    """
    for name in names:
        if name not in MEASURES:
            raise RequestError(no_such_kpi(name))
    return tuple(names) or _HEADLINE


class _Finished:
    """The replications done so far, fed to the stopping rule in their order."""

    def __init__(self, wanted: int, monitor: PrecisionMonitor | None) -> None:
        self.runs: dict[int, Condensed] = {}
        self.labels: Labels | None = None
        self.monitor = monitor
        self._wanted = wanted
        self._in_order = 0

    def take_in(self, runs: Mapping[int, Condensed], labels: Labels | None) -> None:
        """Take in replications, whatever their numbers."""
        self.runs |= runs
        self.labels = labels or self.labels
        self._follow()

    def _follow(self) -> None:
        while self._in_order < self._wanted and self._in_order in self.runs:
            run = self.runs[self._in_order]
            self._in_order += 1
            if self.monitor is not None and self.monitor.add(run.kpis):
                self._wanted = self._in_order

    def missing(self) -> Iterator[int]:
        """Numbers still to do; ends when the stopping rule is met."""
        number = 0
        while number < self._wanted:
            if number not in self.runs:
                yield number
            number += 1

    @property
    def wanted(self) -> int:
        """Replications wanted, as far as known now."""
        return self._wanted

    @property
    def is_complete(self) -> bool:
        """Whether all that are wanted are done."""
        return self._in_order >= self._wanted

    def kept(self) -> tuple[Condensed, ...]:
        """What is done of what is wanted, in order; runs ahead of the stopping rule are left out."""
        return tuple(self.runs[number] for number in sorted(self.runs) if number < self._wanted)


def _work_through(
    assignment: Assignment,
    finished: _Finished,
    jobs: int,
    progress: Progress | None,
    first_alone: bool,
    meanwhile: Callable[[], object] | None,
) -> bool:
    """Do what is missing; tell whether the user interrupted."""
    report = progress or (lambda _finished, _wanted: None)
    report(len(finished.kept()), finished.wanted)
    jobs = min(jobs, finished.wanted - len(finished.kept()))
    if jobs < 1:
        return False
    done = carry_out_all(assignment, finished.missing(), jobs, first_alone=first_alone, meanwhile=meanwhile)
    try:
        with closing(done):
            for one in done:
                finished.take_in({one.condensed.replication: one.condensed}, one.labels)
                report(len(finished.kept()), finished.wanted)
                if finished.is_complete:
                    break
    except KeyboardInterrupt:
        return True
    return False


def _conclude(assignment: Assignment, identity: StudyIdentity, finished: _Finished, level: float) -> Study:
    assert finished.labels is not None
    runs = finished.kept()
    return Study(
        name=identity.name,
        scenario=assignment.scenario,
        plan_digest=identity.plan_digest,
        plan_summary=assignment.plan.summary(),
        seed=identity.seed,
        labels=finished.labels,
        condensed=runs,
        intervals=kpi_intervals(runs, level),
        complete=finished.is_complete,
        manifest=study_manifest(
            assignment.scenario,
            identity,
            plan=assignment.plan,
            replications=len(runs),
            confidence_level=level,
            note=_shortfall_note(finished),
        ),
        folder=assignment.folder.path if assignment.folder else None,
        plan_parts=assignment.plan.parts,
        decided_depot=assignment.plan.decided(assignment.scenario).policy.depot,
    )


def _shortfall_note(finished: _Finished) -> str:
    shortfalls = finished.monitor.shortfalls() if finished.monitor else {}
    if not shortfalls:
        return ""
    listed = ", ".join(f"{kpi} {width:.2%}" for kpi, width in shortfalls.items())
    return f"the precision asked for is not reached after {len(finished.kept())} replications: {listed}"


def kpi_intervals(runs: Sequence[Condensed], confidence_level: float) -> dict[str, KpiInterval]:
    """Intervals of all KPIs over replications, each at the level given, in report order."""
    known = [kpi for kpi in MEASURES if kpi in runs[0].kpis]
    intervals = {}
    for kpi in known:
        found = mean_interval(np.array([run.kpis[kpi] for run in runs]), confidence_level)
        intervals[kpi] = KpiInterval(
            kpi=kpi,
            title=MEASURES[kpi].title,
            unit=MEASURES[kpi].unit,
            count=found.count,
            mean=found.mean,
            standard_deviation=found.standard_deviation,
            low=found.low,
            high=found.high,
            confidence_level=confidence_level,
            note=found.note,
        )
    return intervals


def _engine() -> Simulate:
    from sim import simulate

    return simulate


def _is_short(scenario: Scenario) -> bool:
    """Whether one replication takes less time than a process takes to load the machine code."""
    cells = len(scenario.network.stores) * len(scenario.assortment.skus)
    return cells * scenario.horizon.days <= _STORE_SKU_DAYS_OF_A_SHORT_RUN


def _is_compiled() -> bool:
    from sim import is_compiled

    return is_compiled()
