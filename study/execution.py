"""Carry out replications, here or in worker processes; what comes back is small and the same either way."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sim import may_fork
from study.atomic import remove_leftovers
from study.condensing import condense
from study.errors import RequestError
from study.evidence import Condensed
from study.storage import RunFolder

if TYPE_CHECKING:
    from scenarios import Plan, Scenario
    from sim import Labels, RunResult

_THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_KILLED = (
    "a worker process was killed, most likely for want of memory: use fewer --jobs; what is finished is kept"
)
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Simulate(Protocol):
    """The engine, or a stand-in for it; picklable where processes are spawned."""

    def __call__(self, scenario: Scenario, plan: Plan, *, seed: int, replication: int) -> RunResult:
        """Run one replication."""
        ...


Outcome = TypeVar("Outcome")
Outcome_co = TypeVar("Outcome_co", covariant=True)


class Work(Protocol[Outcome_co]):
    """Numbered pieces, mostly replications, done one by one; picklable where processes are spawned."""

    @property
    def folder(self) -> RunFolder | None:
        """Run folder that is written to, if any."""
        ...

    def carry_out(self, number: int, /) -> Outcome_co:
        """Do one piece and hand back what is small."""
        ...


@dataclass(frozen=True)
class Assignment:
    """All that replications of one study have in common; goes to each worker once."""

    scenario: Scenario
    plan: Plan
    seed: int
    name: str
    simulate: Simulate
    folder: RunFolder | None = None

    def carry_out(self, replication: int) -> Finished:
        """Run one replication, store what is to be stored, and hand back what is small."""
        result = self.simulate(self.scenario, self.plan, seed=self.seed, replication=replication)
        condensed = condense(result)
        if self.folder is not None:
            self.folder.save(self.name, result, condensed)
        return Finished(condensed, result.labels)


@dataclass(frozen=True, eq=False)
class Finished:
    """What a worker hands back."""

    condensed: Condensed
    labels: Labels


def carry_out_all(
    assignment: Work[Outcome],
    replications: Iterable[int],
    jobs: int,
    *,
    first_alone: bool = False,
    meanwhile: Callable[[], object] | None = None,
) -> Generator[Outcome, None, None]:
    """Carry out replications, `jobs` at a time, and yield each when it is done, in any order.

    Closing the iterator, or an interrupt, drops what is under way.

    Args:
        assignment: What is replicated.
        replications: Their numbers; taken only a few ahead of the work, so it may be endless.
        jobs: Processes; 1 works in this process.
        first_alone: Do the first one here before processes start, so that only one compiles, and forked ones
            find the machine code loaded.
        meanwhile: Done once by this process when others have begun; not at all where it does the work itself.

    Raises:
        RequestError: A worker was killed, so there is too little memory for so many.
    """
    numbers = iter(replications)
    for number in islice(numbers, 1 if first_alone and jobs > 1 else 0):
        yield assignment.carry_out(number)
    if jobs == 1:
        yield from map(assignment.carry_out, numbers)
        return
    with _pool(assignment, jobs) as pool:
        # One more than can run, so that no worker waits for this process to hand it the next.
        pending = {pool.submit(_carry_out, number) for number in islice(numbers, jobs + 1)}
        if meanwhile is not None:
            meanwhile()
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            pending |= {pool.submit(_carry_out, number) for number in islice(numbers, len(done))}
            yield from map(Future.result, done)


@contextmanager
def _pool(assignment: Work[Any], jobs: int) -> Iterator[ProcessPoolExecutor]:
    context = multiprocessing.get_context("fork" if may_fork() else "spawn")
    others = set(multiprocessing.active_children())
    with _one_thread_each():
        pool = ProcessPoolExecutor(jobs, context, initializer=_start_worker, initargs=(assignment,))
        try:
            yield pool
        except BaseException as error:
            pool.shutdown(wait=False, cancel_futures=True)
            workers = set(multiprocessing.active_children()) - others
            for worker in workers:
                worker.terminate()
            for worker in workers:
                worker.join()
            if assignment.folder is not None:
                remove_leftovers(assignment.folder.path)
            if isinstance(error, BrokenProcessPool):
                raise RequestError(_KILLED) from error
            raise
        pool.shutdown()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in _THREAD_LIMITS}
    os.environ.update(dict.fromkeys(_THREAD_LIMITS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


_assignment: Work[Any] | None = None


def _start_worker(assignment: Work[Any]) -> None:
    global _assignment  # noqa: PLW0603 - the one thing a worker process knows
    _assignment = assignment
    gc.freeze()  # what comes from the parent stays: looking through it for garbage would copy its memory
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        _die_with_parent()


def _die_with_parent() -> None:
    """End this worker when its parent is killed: it would wait for work for ever."""
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == 1:  # it died before we asked
        os.kill(os.getpid(), signal.SIGKILL)


def _carry_out(replication: int) -> Any:
    assert _assignment is not None
    return _assignment.carry_out(replication)
