"""Closed forms of queues against published tables, against small Markov chains, and against common sense."""

from __future__ import annotations

import ast
import csv
import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import inf, nan
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy import sparse
from scipy.linalg import expm
from scipy.sparse.linalg import spsolve

from optimize.staffing.queues import (
    erlang_a,
    erlang_b,
    erlang_b_load,
    erlang_b_servers,
    erlang_c,
    hypercube,
    machine_repair,
    mdc,
    mg1,
    mgc,
    preemptive_sojourns,
    priority_waits,
)
from tests.reference import reference_path
from tests.theory import queues as referee

FloatArray = npt.NDArray[np.float64]


def rows(name: str) -> list[dict[str, str]]:
    with reference_path(f"queueing/reference/{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def assert_to_the_digits(value: float, printed: str, digits: int) -> None:
    """The value is the printed one, to as many significant digits as the column has; trailing zeros are left out."""
    significant = len(Decimal(printed).normalize().as_tuple().digits)
    tolerance = 10.0 ** (1 - max(significant, digits))
    assert value == pytest.approx(float(printed), rel=tolerance)


def test_erlang_b_to_the_digits() -> None:
    table = rows("erlang_b")
    assert len(table) == 42
    for row in table:
        assert_to_the_digits(erlang_b(int(row["c"]), float(row["offered_erlang"])), row["blocking"], 12)


def test_inverse_of_erlang_b_to_the_digits() -> None:
    table = rows("erlang_b_inverse")
    assert len(table) == 24
    for row in table:
        servers, blocking = int(row["c"]), float(row["blocking"])
        load = erlang_b_load(servers, blocking)
        assert_to_the_digits(load, row["offered_erlang"], 7)
        assert erlang_b_servers(load * (1 - 1e-9), blocking) == servers
        assert erlang_b_servers(load * (1 + 1e-9), blocking) == servers + 1


def test_erlang_c_to_the_digits() -> None:
    table = rows("mmc")
    assert len(table) == 9
    for row in table:
        rate, work = float(row["lambda"]), 1.0 / float(row["mu"])
        state = erlang_c(rate, work, int(row["c"]))
        assert_to_the_digits(state.wait_probability, row["P_wait"], 11)
        assert_to_the_digits(state.queue_length, row["Lq"], 11)
        assert_to_the_digits(state.mean_wait_minutes, row["Wq"], 11)
        assert_to_the_digits(state.queue_length + rate * work, row["L"], 11)
        assert_to_the_digits(state.mean_wait_minutes + work, row["W"], 11)
        assert_to_the_digits(state.utilisation, row["rho"], 11)
        late = 1.0 - state.answered_within(20 / 60)
        assert_to_the_digits(late, row["P_Wq_gt_20s_if_time_unit_min"], 11)


def test_erlang_a_to_the_digits() -> None:
    table = rows("erlang_a")
    assert len(table) == 7
    for row in table:
        rate, work, patience = (
            float(row["lambda_per_min"]),
            1 / float(row["mu_per_min"]),
            1 / float(row["theta_per_min"]),
        )
        state = erlang_a(rate, work, patience, int(row["n"]))
        # Rates of a third of a call per minute are printed to ten digits.
        digits = 9 if row["theta_per_min"].startswith("0.333") else 11
        assert_to_the_digits(state.wait_probability, row["P_wait"], digits)
        assert_to_the_digits(state.abandoned_share, row["P_abandon"], digits)
        assert_to_the_digits(state.mean_wait_minutes, row["EW_min"], digits)
        assert_to_the_digits(state.queue_length, row["Lq"], digits)
        assert_to_the_digits(state.utilisation, row["occupancy"], digits)


def test_constant_work_to_the_digits() -> None:
    table = rows("mdc")
    assert len(table) == 15
    for row in table:
        servers, rho = int(row["c"]), float(row["rho"])
        state = mdc(rho * servers, 1.0, servers)
        assert_to_the_digits(state.mean_wait_minutes, row["Wq_in_units_of_D"], 9)
        assert_to_the_digits(state.queue_length, row["Lq"], 9)
        assert_to_the_digits(state.wait_probability, row["P_wait"], 7)
        exponential = erlang_c(rho * servers, 1.0, servers).mean_wait_minutes
        assert_to_the_digits(state.mean_wait_minutes / exponential, row["ratio_Wq_to_MMc"], 8)
        assert state.answered_within(0.0) == pytest.approx(1.0 - state.wait_probability, abs=1e-12)


def test_one_server_and_any_work_to_the_digits() -> None:
    table = rows("mg1")
    assert len(table) == 6
    for row in table:
        state = mg1(float(row["lambda"]), float(row["ES"]), float(row["scv"]))
        assert_to_the_digits(state.mean_wait_minutes, row["Wq"], 10)
        assert_to_the_digits(state.queue_length, row["Lq"], 10)
        assert_to_the_digits(state.utilisation, row["rho"], 10)


@pytest.mark.parametrize("scv", [0.0, 0.3, 1.0, 2.5, 40.0])
def test_one_server_is_pollaczek_and_khinchine(scv: float) -> None:
    assert mg1(0.16, 5.0, scv).mean_wait_minutes == pytest.approx(referee.mg1_wait(0.16, 5.0, scv), rel=1e-12)


def test_priorities_to_the_digits() -> None:
    table = rows("mmc_priority_nonpreemptive")
    assert len(table) == 7
    for row in table:
        waits = priority_waits(ast.literal_eval(row["lambdas"]), 1 / float(row["mu"]), int(row["c"]))
        assert_to_the_digits(waits[int(row["class"]) - 1], row["Wq"], 11)


def test_interrupting_priorities_to_the_digits() -> None:
    table = rows("mm1_priority_preemptive")
    assert len(table) == 3
    for row in table:
        rates = ast.literal_eval(row["lambdas"])
        sojourns = preemptive_sojourns(rates, [1 / float(row["mu"])] * len(rates))
        assert_to_the_digits(sojourns[int(row["class"]) - 1], row["W_sojourn"], 11)


def test_machine_repair_to_the_digits() -> None:
    table = rows("machine_repair")
    assert len(table) == 4
    for row in table:
        state = machine_repair(
            int(row["N_machines"]),
            int(row["c_repairmen"]),
            1 / float(row["lambda_fail"]),
            1 / float(row["mu"]),
        )
        assert_to_the_digits(state.up_share, row["P_machine_up_avg_fraction"], 9)
        assert_to_the_digits(state.machines_down, row["mean_down"], 9)
        assert_to_the_digits(state.queue_length, row["mean_wait_queue_len"], 9)
        assert_to_the_digits(state.mean_wait, row["Wq"], 9)
        assert_to_the_digits(state.repairs, row["throughput"], 9)


def test_hypercube_to_the_digits() -> None:
    path = reference_path("queueing/reference/hypercube_zero_line.json")
    cases = json.loads(path.read_text(encoding="utf-8"))
    assert len(cases) == 2
    for case in cases:
        state = hypercube(case["atom_rates"], [case["mu"]] * 2, case["preference"])
        assert state.lost_share == pytest.approx(case["loss_prob"], rel=1e-12)
        np.testing.assert_allclose(state.workloads, case["workloads"], rtol=1e-12)
        np.testing.assert_allclose(state.state_shares, case["state_probs_bitmask_order"], rtol=1e-12)
        for pair, share in case["dispatch_fraction_server_atom"].items():
            server, atom = map(int, pair.split("-"))
            assert state.dispatch_share[server, atom] == pytest.approx(share, rel=1e-12)


def test_hypercube_of_like_servers_loses_as_erlang_b() -> None:
    order = [[0, 1, 2, 3], [2, 1, 3, 0]]
    state = hypercube([1.0, 2.0], [0.9] * 4, order)
    assert state.lost_share == pytest.approx(erlang_b(4, 3.0 / 0.9), rel=1e-12)
    assert state.workloads.sum() * 0.9 == pytest.approx(3.0 * (1 - state.lost_share), rel=1e-12)


def test_operators_of_an_urgent_care_centre_who_have_time_to_spare() -> None:
    """A call every 0.6 minutes, triangular work (5, 7, 10): simulated 1,000 minutes that begin empty."""
    mean, variance = 22 / 3, (25 + 49 + 100 - 35 - 50 - 70) / 18
    table = {row["n_operators"]: row for row in rows("urgent_care_call_centre")}
    waits = {
        servers: mgc(1 / 0.6, mean, variance / mean**2, int(servers)).mean_wait_minutes for servers in table
    }
    simulated = {servers: float(row["mean_wait_operator_min"]) for servers, row in table.items()}
    assert waits["15"] == pytest.approx(simulated["15"], abs=0.0132)
    # 13 are hardly enough: a thousand minutes are too short to reach the steady state.
    assert simulated["13"] < waits["13"] < 1.2 * simulated["13"]


def test_an_old_textbook_wait_is_found_by_the_referees() -> None:
    for servers, rate, work in ((3, 0.5, 5.0), (12, 2.2, 5.0)):
        state = erlang_c(rate, work, servers)
        assert state.wait_probability == pytest.approx(referee.erlang_c(servers, rate * work), rel=1e-12)
        assert mdc(rate, work, servers).mean_wait_minutes == pytest.approx(
            referee.mdc_wait(servers, rate, work), rel=1e-9
        )
        waits = priority_waits([0.2 * rate, 0.8 * rate], work, servers)
        for rank in (0, 1):
            assert waits[rank] == pytest.approx(
                referee.priority_wait(servers, [0.2 * rate, 0.8 * rate], work, rank), rel=1e-12
            )


def chain_with_patience(
    rate: float, work: float, patience: float, servers: int, most: int = 400
) -> tuple[FloatArray, FloatArray]:
    """Shares of time by number present in M/M/c+M, and rates at which each is left downwards, in plain arithmetic."""
    down = np.array([min(n, servers) / work + max(0, n - servers) / patience for n in range(most)])
    shares = np.cumprod(np.append(1.0, rate / down[1:]))
    return shares / shares.sum(), down


@pytest.mark.parametrize("minutes", [0.0, 0.2, 1.0, 4.0])
def test_answered_within_a_time_by_following_one_caller(minutes: float) -> None:
    """A caller's place in the queue as a Markov chain of its own: matrix exponential against the closed form."""
    rate, work, patience, servers = 2.0, 4.0, 3.0, 7
    shares, _ = chain_with_patience(rate, work, patience, servers)
    size = 60
    # State k: k ahead of the caller; then answered, then given up.
    moves = np.zeros((size + 2, size + 2))
    for ahead in range(size):
        target = ahead - 1 if ahead else size
        moves[ahead, target] += servers / work + ahead / patience
        moves[ahead, size + 1] += 1 / patience
        moves[ahead, ahead] -= moves[ahead].sum()
    answered = expm(moves * minutes)[:size, size]
    expected = shares[:servers].sum() + shares[servers : servers + size] @ answered
    assert erlang_a(rate, work, patience, servers).answered_within(minutes) == pytest.approx(
        expected, abs=1e-10
    )


def test_waits_of_constant_work_by_playing_them() -> None:
    """Kiefer and Wolfowitz for constant work: customer n begins when customer n - c has ended."""
    random = np.random.default_rng(4)
    servers, rate, customers = 3, 2.55, 400_000
    came = np.cumsum(random.exponential(1 / rate, customers))
    begun = np.zeros(customers)
    for number in range(customers):
        free = begun[number - servers] + 1.0 if number >= servers else 0.0
        begun[number] = max(came[number], free)
    waits = (begun - came)[2_000:]
    state = mdc(rate, 1.0, servers)
    for minutes in (0.0, 0.3, 1.0, 1.7, 3.2):
        batches = (waits <= minutes).reshape(398, -1).mean(axis=1)
        half_width = 3.3 * batches.std(ddof=1) / len(batches) ** 0.5
        assert abs(state.answered_within(minutes) - batches.mean()) < half_width


@dataclass(frozen=True)
class TwoPhases:
    """Work that begins in the first of two exponential phases or in the second, and may go on from first to second."""

    first_mean: float
    second_mean: float
    begins_in_first: float
    goes_on: float


def erlang_two() -> TwoPhases:
    return TwoPhases(0.5, 0.5, 1.0, 1.0)


def hyperexponential(scv: float) -> TwoPhases:
    """Mean 1 with balanced means."""
    split = (1 + ((scv - 1) / (scv + 1)) ** 0.5) / 2
    return TwoPhases(1 / (2 * split), 1 / (2 * (1 - split)), split, 0.0)


def wait_with_phases(servers: int, rate: float, work: TwoPhases, most: int = 250) -> float:
    """Mean wait of M/PH/c by its Markov chain: number present and number of jobs in the first phase."""
    states = {}
    for present in range(most):
        for first in range(min(present, servers) + 1):
            states[present, first] = len(states)
    targets, sources, rates = [], [], []

    def move(source: tuple[int, int], target: tuple[int, int], at: float) -> None:
        if target in states and at > 0.0:
            targets.extend((states[target], states[source]))
            sources.extend((states[source], states[source]))
            rates.extend((at, -at))

    begins = work.begins_in_first
    for present, first in states:
        here, busy = (present, first), min(present, servers)
        if present < servers:
            move(here, (present + 1, first + 1), rate * begins)
            move(here, (present + 1, first), rate * (1 - begins))
        else:
            move(here, (present + 1, first), rate)
        out_of_first = first / work.first_mean
        move(here, (present, first - 1), out_of_first * work.goes_on)
        ends = {
            first - 1: out_of_first * (1 - work.goes_on),
            first: (busy - first) / work.second_mean,
        }
        for left, at in ends.items():
            if present > servers:
                move(here, (present - 1, left + 1), at * begins)
                move(here, (present - 1, left), at * (1 - begins))
            else:
                move(here, (present - 1, left), at)
    size = len(states)
    balance = sparse.csr_matrix((rates, (targets, sources)), shape=(size, size)).tolil()
    balance[size - 1, :] = 1.0
    shares = spsolve(balance.tocsc(), np.eye(1, size, size - 1)[0])
    waiting = sum(max(0, present - servers) * shares[at] for (present, _), at in states.items())
    return float(waiting / rate)


@pytest.mark.parametrize(
    ("work", "scv", "error"),
    [(erlang_two(), 0.5, 0.006), (hyperexponential(2.0), 2.0, 0.03), (hyperexponential(4.0), 4.0, 0.08)],
)
@pytest.mark.parametrize(("servers", "rho"), [(2, 0.5), (2, 0.9), (5, 0.8), (10, 0.8)])
def test_other_work_of_several_servers_is_nearly_right(
    work: TwoPhases, scv: float, error: float, servers: int, rho: float
) -> None:
    exact = wait_with_phases(servers, rho * servers, work)
    assert mgc(rho * servers, 1.0, scv, servers).mean_wait_minutes == pytest.approx(exact, rel=error)
    # Taking the work for exponential would be far off.
    exponential = erlang_c(rho * servers, 1.0, servers).mean_wait_minutes
    assert exponential != pytest.approx(exact, rel=3 * error)


def test_redialling_calls_balance() -> None:
    once = erlang_a(2.0, 4.0, 3.0, 8)
    state = erlang_a(2.0, 4.0, 3.0, 8, redial_share=0.6)
    shares, down = chain_with_patience(state.calls_per_minute, 4.0, 3.0, 8)
    given_up = shares @ np.maximum(0.0, np.arange(shares.size) - 8) / 3.0
    assert state.calls_per_minute == pytest.approx(2.0 + 0.6 * given_up, rel=1e-9)
    answered = state.calls_per_minute * (1 - state.abandoned_share)
    assert answered == pytest.approx(2.0 * (1 - state.lost_share), rel=1e-9)
    assert answered == pytest.approx(
        shares @ (down - np.maximum(0.0, np.arange(shares.size) - 8) / 3.0), rel=1e-9
    )
    assert state.abandoned_share > once.abandoned_share and state.lost_share < once.lost_share


def test_everybody_who_calls_again_is_answered_in_the_end() -> None:
    state = erlang_a(1.9, 4.0, 3.0, 8, redial_share=1.0)
    assert state.lost_share == 0.0
    assert state.utilisation == pytest.approx(1.9 * 4.0 / 8, rel=1e-9)
    with pytest.raises(ValueError, match=r"servers .*8"):
        erlang_a(2.0, 4.0, 3.0, 8, redial_share=1.0)


def test_endless_patience_is_erlang_c() -> None:
    patient, c = erlang_a(1.5, 4.0, 1e7, 8), erlang_c(1.5, 4.0, 8)
    assert patient.mean_wait_minutes == pytest.approx(c.mean_wait_minutes, rel=1e-4)
    assert patient.answered_within(0.5) == pytest.approx(c.answered_within(0.5), rel=1e-4)
    assert erlang_a(1.5, 4.0, None, 8) == c


def test_no_patience_is_erlang_b() -> None:
    assert erlang_a(1.5, 4.0, 1e-9, 8).abandoned_share == pytest.approx(erlang_b(8, 6.0), rel=1e-6)


@pytest.mark.parametrize(
    "shape",
    [
        lambda servers: erlang_a(1.5, 4.0, 3.0, servers),
        lambda servers: erlang_a(1.5, 4.0, 3.0, servers, 0.7),
        lambda servers: erlang_c(1.5, 4.0, servers),
        lambda servers: mdc(1.5, 4.0, servers),
        lambda servers: mgc(1.5, 4.0, 0.5, servers),
        lambda servers: mgc(1.5, 4.0, 3.0, servers),
    ],
)
def test_more_servers_never_lengthen_waits(shape: Callable[[int], Any]) -> None:
    states = [shape(servers) for servers in range(14)]
    for fewer, more in pairwise(states):
        assert more.wait_probability <= fewer.wait_probability
        assert more.mean_wait_minutes <= fewer.mean_wait_minutes + 1e-12
        assert more.abandoned_share <= fewer.abandoned_share
        for minutes in (0.0, 0.5, 5.0):
            assert more.answered_within(minutes) >= fewer.answered_within(minutes) - 1e-12


@pytest.mark.parametrize("factor", [1 / 60, 60.0])
def test_the_unit_of_time_does_not_matter(factor: float) -> None:
    for before, after in (
        (erlang_a(1.5, 4.0, 3.0, 6, 0.5), erlang_a(1.5 / factor, 4.0 * factor, 3.0 * factor, 6, 0.5)),
        (erlang_c(1.4, 4.0, 6), erlang_c(1.4 / factor, 4.0 * factor, 6)),
        (mgc(1.4, 4.0, 0.4, 6), mgc(1.4 / factor, 4.0 * factor, 0.4, 6)),
        (mgc(1.4, 4.0, 4.0, 6), mgc(1.4 / factor, 4.0 * factor, 4.0, 6)),
    ):
        assert after.mean_wait_minutes == pytest.approx(before.mean_wait_minutes * factor, rel=1e-9)
        assert after.queue_length == pytest.approx(before.queue_length, rel=1e-9)
        assert after.answered_within(0.7 * factor) == pytest.approx(before.answered_within(0.7), rel=1e-9)


def test_atoms_and_servers_may_change_names() -> None:
    rates, service, order = [1.0, 0.4], [1.0, 0.8, 1.3], [[0, 1, 2], [2, 0, 1]]
    renamed = [2, 0, 1]
    state = hypercube(rates, service, order)
    other = hypercube(
        rates[::-1],
        [service[renamed.index(name)] for name in range(3)],
        [[renamed[server] for server in row] for row in order[::-1]],
    )
    assert other.lost_share == pytest.approx(state.lost_share, rel=1e-12)
    np.testing.assert_allclose(other.workloads[renamed], state.workloads, rtol=1e-12)
    np.testing.assert_allclose(other.dispatch_share[renamed][:, ::-1], state.dispatch_share, rtol=1e-12)


def test_who_goes_first_does_not_change_the_mean_of_all() -> None:
    rates = np.array([0.3, 0.5, 0.2])
    plain = erlang_c(1.0, 2.5, 3).mean_wait_minutes
    for order in ([0, 1, 2], [2, 0, 1], [1, 2, 0]):
        assert rates[order] @ priority_waits(rates[order], 2.5, 3) == pytest.approx(plain, rel=1e-12)


def test_too_much_work_shuts_out_the_last_class_alone() -> None:
    waits = priority_waits([0.6, 0.3, 0.5], 1.0, 1)
    np.testing.assert_allclose(waits[:2], [1 / 0.4, 1 / 0.4 / 0.1])
    assert waits[2] == inf
    assert preemptive_sojourns([0.6, 0.3, 0.5], [1.0, 1.0, 1.0])[2] == inf


@pytest.mark.parametrize("load", [1e-9, 0.5, 9.999, 10.0, 50.0, 1e4])
def test_extreme_loads_neither_overflow_nor_break(load: float) -> None:
    state = erlang_a(load, 1.0, 0.5, 10)
    assert 0 <= state.wait_probability <= 1 and 0 <= state.abandoned_share <= 1
    assert state.answered_within(1e6) == pytest.approx(1 - state.abandoned_share, abs=1e-9)
    assert load * (1 - state.abandoned_share) <= 10.0 * (1 + 1e-12)
    waiting = erlang_c(load, 1.0, 10)
    assert (waiting.mean_wait_minutes == inf) == (load >= 10)


def test_a_large_centre_and_a_flood_of_calls() -> None:
    assert erlang_a(50_000.0, 1.0, 2.0, 50_000).abandoned_share == pytest.approx(0.0, abs=0.01)
    assert erlang_a(100_000.0, 1.0, 2.0, 1_000).abandoned_share == pytest.approx(0.99, abs=1e-6)
    state = mdc(990.0, 1.0, 1_000)
    assert state.answered_within(0.0) == pytest.approx(1 - state.wait_probability, abs=1e-9)


def test_nobody_comes_or_nobody_works() -> None:
    assert erlang_c(0.0, 4.0, 3).answered_within(0.0) == 1.0
    assert erlang_a(1.0, 4.0, 3.0, 0).abandoned_share == 1.0
    assert erlang_a(1.0, 4.0, 3.0, 0).utilisation == 0.0
    assert erlang_b(0, 2.0) == 1.0 and erlang_b(3, 0.0) == 0.0 and erlang_b(0, 0.0) == 1.0
    assert erlang_c(1.0, 4.0, 0).answered_within(60.0) == 0.0


def test_states_can_be_sent_to_another_process() -> None:
    for state in (erlang_a(1.5, 4.0, 3.0, 6), erlang_c(1.4, 4.0, 6), mgc(1.4, 4.0, 0.4, 6)):
        assert pickle.loads(pickle.dumps(state)).answered_within(0.3) == state.answered_within(0.3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: erlang_b(-1, 1.0), "servers .*-1"),
        (lambda: erlang_b(2.5, 1.0), "servers .*2.5"),  # type: ignore[arg-type]
        (lambda: erlang_b(10**12, 1.0), "servers .*1000000000000"),
        (lambda: erlang_b(2, nan), "offered_load .*nan"),
        (lambda: erlang_b(2, inf), "offered_load .*inf"),
        (lambda: erlang_b_load(0, 0.1), "servers .*0"),
        (lambda: erlang_b_load(3, 1.0), "blocking .*1.0"),
        (lambda: erlang_b_servers(3.0, 0.0), "blocking .*0.0"),
        (lambda: erlang_c(-1.0, 4.0, 3), "arrivals_per_minute .*-1.0"),
        (lambda: erlang_c(1.0, 0.0, 3), "work_minutes .*0.0"),
        (lambda: erlang_c(1.0, 4.0, 6).answered_within(-1.0), "minutes .*-1.0"),
        (lambda: erlang_a(1.0, 4.0, 0.0, 3), "patience_minutes .*0.0"),
        (lambda: erlang_a(1.0, 4.0, 3.0, 3, 1.5), "redial_share .*1.5"),
        (lambda: erlang_a(1e6, 4.0, 1e6, 3), "patience_minutes .*1000000.0"),
        (lambda: mgc(1.0, 4.0, -0.1, 3), "work_scv .*-0.1"),
        (lambda: mdc(1.0, 4.0, 10**6), "servers .*1000000"),
        (lambda: priority_waits([], 4.0, 3), "arrivals_per_minute has shape"),
        (lambda: priority_waits([1.0, nan], 4.0, 3), "arrivals_per_minute holds .*nan"),
        (lambda: preemptive_sojourns([1.0, 1.0], [1.0]), "work_minutes has shape"),
        (lambda: machine_repair(0, 1, 10.0, 1.0), "machines .*0"),
        (lambda: machine_repair(3, 1, 10.0, -1.0), "repair_time .*-1.0"),
        (lambda: hypercube([1.0], [1.0, 1.0], [[0, 0]]), "preference .*no list of permutations"),
        (lambda: hypercube([0.0], [1.0], [[0]]), "atom_rates holds no rate above 0"),
        (lambda: hypercube([1.0], [0.0], [[0]]), "service_rates holds 0.0"),
        (lambda: hypercube([1.0], [1.0] * 12, [list(range(12))]), "service_rates has 12 servers"),
    ],
)
def test_what_cannot_be_is_refused_by_name(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
