"""Lead times of suppliers: keyed by supplier, centre, SKU and date, and distributed as the scenario says."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

import optimize
from sim.streams import Purpose, entity_key, stream_key, uniform
from sim.suppliers import Suppliers
from sim.world import World, build_world
from tests.factory import SKUS, tiny_scenario

ORDINAL = 739_000
GAMMA = {"kind": "gamma", "mean": 4.0, "cv": 0.5}


def _world(skus: tuple[dict[str, object], ...]) -> World:
    suppliers = [
        {"id": "FAR", "lead_time_days": GAMMA},
        {"id": "NEAR", "lead_time_days": {"kind": "constant", "value": 2}},
    ]
    centres = [{"id": "DC 1"}, {"id": "DC 2"}]
    network = {"suppliers": suppliers, "distribution_centres": centres}
    scenario = tiny_scenario(network=network, assortment={"skus": list(skus)})
    return build_world(scenario, optimize.plan(scenario), seed=3, replication=1)


def _days(world: World, centre: int, sku_ids: list[str], ordinal: int = ORDINAL) -> npt.NDArray[np.int64]:
    skus = np.array([world.axes.sku_ids.index(name) for name in sku_ids])
    suppliers = Suppliers(world.scenario, world.supply, world.seed, world.replication)
    day = ordinal - world.process.first_ordinal
    nothing = np.zeros(skus.size, np.int64)
    own = world.axes.supplier_of_sku[skus]
    return suppliers.lead_time_days(own, np.full(skus.size, centre), skus, day, nothing)


def test_constant_and_random_lead_times_side_by_side() -> None:
    world = _world(({**SKUS[0], "supplier_id": "NEAR"}, *SKUS[1:]))
    days = [_days(world, 0, ["A", "B"], ordinal) for ordinal in range(ORDINAL, ORDINAL + 2_000)]
    assert {int(a) for a, _ in days} == {2}
    assert abs(np.mean([b for _, b in days]) - 4.0) < 4 * 2.0 / np.sqrt(2_000)


def test_a_line_is_drawn_by_its_names_and_date() -> None:
    world = _world(SKUS)
    table = world.supply.regular.thresholds[0]
    key = stream_key(3, 1, Purpose.SUPPLIER_LEAD_TIME)
    for centre, sku in ((0, "A"), (1, "A"), (1, "C")):
        draw = uniform(key, entity_key("FAR", f"DC {centre + 1}", sku), ORDINAL)
        assert _days(world, centre, [sku])[0] == int((table <= np.uint64(draw)).sum())


def test_another_sku_and_the_order_of_lines_change_nothing() -> None:
    before = _days(_world(SKUS), 1, ["A", "B", "C"])
    after = _world(({**SKUS[2], "sku_id": "AA"}, *SKUS))
    assert _days(after, 1, ["C", "B", "A"]).tolist() == before[::-1].tolist()
