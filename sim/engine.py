"""One replication on one screen: build the world, let it run, check its books, work out its KPIs."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import simpy

from scenarios import Plan, Scenario
from sim.aftersales.service import AfterSales
from sim.axes import frozen
from sim.books import check_books, post_ledger
from sim.books.terms import Terms
from sim.clock import SECONDS_PER_DAY, run
from sim.depot import Depot
from sim.garbage import collecting_seldom
from sim.kernels.compilation import compiling_beside, mark_compiled
from sim.kernels.demand import draw_stores
from sim.kpis import compute_kpis
from sim.recorder import Recorder
from sim.records import Closing, Panels, Table
from sim.result import Identity, Labels, RunResult
from sim.settlement import closing_of, identity_of, labels_of, opening_of, panels_of, terms_of
from sim.stores import Stores
from sim.world import World, build_world

_MANY_BYTES = 2**28
"""From so large a panel on it is worth while to look at once for what a run leaves: its rooms know each other."""


def simulate(scenario: Scenario, plan: Plan, *, seed: int, replication: int) -> RunResult:
    """Simulate one replication.

    Args:
        scenario: what is true and what managers choose.
        plan: the policy worked out to numbers, from `optimize.plan`.
        seed: names the random world; equal seeds give every scenario the same customers.
        replication: number of the replication, from 0; any one can be run alone.

    Returns:
        What happened: event tables, panels, ledger, KPIs. The same arguments give the same bits.

    Raises:
        BooksError: something did not balance, which is a bug.
    """
    records = _let_run(scenario, plan, seed, replication)
    labels, terms, panels, tables = records.labels, records.terms, records.panels, records.tables
    if panels.day.nbytes >= _MANY_BYTES:
        gc.collect()
    ledger = frozen(post_ledger(panels, tables, records.opening, labels, terms))
    check_books(panels, tables, ledger, records.opening, records.closing, labels, terms)
    doors = terms.work.doors * len(labels.centres) if terms.work is not None else 0
    kpis = compute_kpis(panels, tables, ledger, labels, terms.costs, doors=doors)
    mark_compiled()
    return RunResult(
        identity=records.identity,
        labels=labels,
        tables=tables,
        panels=panels,
        ledger=ledger,
        opening=records.opening,
        closing=records.closing,
        kpis=kpis,
    )


@dataclass(frozen=True, eq=False)
class _Records:
    """What is left of a run when it is over."""

    identity: Identity
    labels: Labels
    terms: Terms
    panels: Panels
    tables: Mapping[str, Table]
    opening: Closing
    closing: Closing


def _let_run(scenario: Scenario, plan: Plan, seed: int, replication: int) -> _Records:
    """Build the world and let time pass; nothing but records outlives this call."""
    world = build_world(scenario, plan, seed, replication)
    opening = opening_of(world)
    environment, recorder = simpy.Environment(), Recorder()
    with compiling_beside(lambda: _compile_rest(environment, world, recorder)):
        stores = Stores(environment, world)
    depot = Depot(environment, world, recorder)
    stores.connect(depot.take_orders, depot.call_at)
    depot.connect(stores)
    service = AfterSales(environment, world, recorder, stores)
    stores.open(opening)
    depot.open()
    service.open()
    with collecting_seldom():
        for day in range(world.days):
            run(environment, (day + 1) * SECONDS_PER_DAY)
            recorder.make_narrow()
    stores.catch_up(world.days * SECONDS_PER_DAY - 1)
    depot.close()
    service.close()
    records = _Records(
        identity=identity_of(world),
        labels=labels_of(world),
        terms=terms_of(world),
        panels=panels_of(world),
        tables=recorder.tables(),
        opening=opening,
        closing=closing_of(world, stores, depot),
    )
    depot.connect(None)
    return records


def _compile_rest(environment: simpy.Environment, world: World, recorder: Recorder) -> None:
    """Compile about half of what a run needs: all but what stores do."""
    nobody = np.zeros(0, np.int64)
    draw_stores(nobody, 0, world.market.open_day[0], world.shelf.drawn_day, world.market, world.process)
    Depot(environment, world, recorder)
