"""One replication on one screen: build the world, let it run, check its books, work out its KPIs."""

from __future__ import annotations

import numpy as np
import simpy

from scenarios import Plan, Scenario
from sim.aftersales.service import AfterSales
from sim.axes import frozen
from sim.books import check_books, post_ledger
from sim.clock import SECONDS_PER_DAY, run
from sim.depot import Depot
from sim.garbage import collecting_seldom
from sim.kernels.compilation import compiling_beside, mark_compiled
from sim.kernels.demand import draw_stores
from sim.kpis import compute_kpis
from sim.recorder import Recorder
from sim.result import RunResult
from sim.settlement import closing_of, identity_of, labels_of, opening_of, panels_of, terms_of
from sim.stores import Stores
from sim.world import World, build_world


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
        run(environment, world.days * SECONDS_PER_DAY)
    stores.catch_up(world.days * SECONDS_PER_DAY - 1)
    depot.close()
    service.close()

    labels, terms, panels, tables = labels_of(world), terms_of(world), panels_of(world), recorder.tables()
    closing = closing_of(world, stores, depot)
    depot.connect(None)
    ledger = frozen(post_ledger(panels, tables, opening, labels, terms))
    check_books(panels, tables, ledger, opening, closing, labels, terms)
    doors = terms.work.doors * len(labels.centres) if terms.work is not None else 0
    kpis = compute_kpis(panels, tables, ledger, labels, terms.costs, doors=doors)
    mark_compiled()
    return RunResult(
        identity=identity_of(world),
        labels=labels,
        tables=tables,
        panels=panels,
        ledger=ledger,
        opening=opening,
        closing=closing,
        kpis=kpis,
    )


def _compile_rest(environment: simpy.Environment, world: World, recorder: Recorder) -> None:
    """Compile about half of what a run needs: all but what stores do."""
    nobody = np.zeros(0, np.int64)
    draw_stores(nobody, 0, world.market.open_day[0], world.shelf.drawn_day, world.market, world.process)
    Depot(environment, world, recorder)
