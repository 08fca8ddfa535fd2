"""The plain SimPy model of after-sales service does what it claims to do."""

from bench.peers import plain_service
from bench.peers.plain_service import Customer, Load


def test_customers_are_served_in_turn_and_followed_up_after_reports() -> None:
    customers = [Customer(0, 9, 10, 20, 2), Customer(1, 99, 5, 4, 2), Customer(19, 99, 30, 1, 2)]
    rows = plain_service.simulate(customers, agents=1, technicians=1)
    assert sorted(rows) == [
        (0, 0, 10, 10, 30, 51),
        (1, 10, 15, 30, 34, 53),
        (19, 19, 49, 49, 50, 55),
    ]


def test_who_waits_too_long_gives_up() -> None:
    customers = [Customer(0, 9, 10, 1, 1), Customer(1, 3, 5, 1, 1)]
    assert sorted(plain_service.simulate(customers, agents=1, technicians=1))[1] == (1, -1, -1, -1, -1, -1)


def test_it_draws_as_many_customers_as_it_is_asked_for() -> None:
    assert plain_service.run(50, Load(100, 60, 10, 50, 5), agents=2, technicians=2) == 50
