"""The plain SimPy model of picking does what it claims to do."""

from bench.peers import plain_picking


def test_orders_are_begun_in_turn_by_whoever_is_free() -> None:
    rows = plain_picking.simulate([(0, 10), (1, 4), (2, 5), (3, 1), (30, 2)], pickers=2)
    assert sorted(rows) == [(0, 0, 10), (1, 1, 5), (2, 5, 10), (3, 10, 11), (30, 30, 32)]


def test_it_draws_as_many_orders_as_it_is_asked_for() -> None:
    assert plain_picking.run(50, between_seconds=10.0, work_seconds=15.0, pickers=2) == 50
