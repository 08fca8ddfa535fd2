from decimal import Decimal, localcontext
from functools import partial

import numpy as np
import pytest
from scipy.special import ndtri

from sim.kernels import elementary
from sim.kernels.compilation import kernel
from tests.machine_code import assembly, fused_operations, library_calls


def rng() -> np.random.Generator:
    """The same numbers for every test, in whatever order tests run."""
    return np.random.default_rng(2)


def over(function, parameters=1):
    """A kernel that applies an inline kernel to rows."""
    if parameters == 1:

        @kernel
        def row(x, out):
            for i in range(x.size):
                out[i] = function(x[i])

    else:

        @kernel
        def row(x, y, out):
            for i in range(x.size):
                out[i] = function(x[i], y[i])

    return row


LOG, POWER, SINE, COSINE = (
    over(elementary.log),
    over(elementary.power, 2),
    over(elementary.sine),
    over(elementary.cosine),
)
QUANTILE = over(elementary.normal_quantile)


def applied(row, *columns):
    columns = [np.asarray(column, dtype=float) for column in columns]
    out = np.empty_like(columns[0])
    row(*columns, out)
    return out


def units_in_last_place(computed, exact: list[Decimal]) -> float:
    return max(
        float(abs(Decimal(float(value)) - truth) / Decimal(float(np.spacing(abs(float(truth))))))
        for value, truth in zip(computed, exact, strict=True)
    )


def test_exp_is_within_one_unit_in_the_last_place():
    x = np.concatenate(
        [rng().uniform(-707, 709, 1500), rng().uniform(-1, 1, 1500), [0.0, 1e-300, -1e-17, 709.78]]
    )
    with localcontext(prec=40):
        assert units_in_last_place(applied(elementary.exp_row, x), [Decimal(v).exp() for v in x]) < 1.0


def test_exp_at_the_ends():
    x = [-709.0, -1e300, -np.inf, 710.0, 1e300, np.inf, 0.0]
    assert applied(elementary.exp_row, x).tolist() == [0, 0, 0, np.inf, np.inf, np.inf, 1]
    assert np.isnan(applied(elementary.exp_row, [np.nan]))[0]


def test_log_is_within_one_unit_in_the_last_place():
    x = np.concatenate(
        [
            np.exp(rng().uniform(-700, 709, 1500)),
            rng().uniform(0.5, 2.0, 1500),
            1.0 + 10.0 ** rng().uniform(-15, -2, 500),
            1.0 - 10.0 ** rng().uniform(-15, -2, 500),
        ]
    )
    with localcontext(prec=40):
        assert units_in_last_place(applied(LOG, x), [Decimal(v).ln() for v in x]) < 1.0


def test_log_at_the_ends():
    assert applied(LOG, [0.0, -0.0, 1.0, np.inf]).tolist() == [-np.inf, -np.inf, 0.0, np.inf]
    assert np.isnan(applied(LOG, [-1.0, -np.inf, np.nan])).all()


def test_power_keeps_its_stated_error():
    numbers = rng()
    base, exponent = np.exp(numbers.uniform(-3, 3, 1000)), numbers.uniform(-20, 20, 1000)
    got = applied(POWER, base, exponent)
    with localcontext(prec=40):
        for x, y, value in zip(base, exponent, got, strict=True):
            truth = Decimal(x) ** Decimal(y)
            error = float(abs(Decimal(value) - truth) / truth)
            assert error < (3 + abs(y * np.log(x))) * 2.3e-16


def test_power_at_the_ends():
    base, exponent = [0.0, 0.0, 0.0, 2.0, np.inf, np.nan], [0.0, 2.0, -1.0, 0.0, -1.0, 0.0]
    assert applied(POWER, base, exponent).tolist() == [1.0, 0.0, np.inf, 1.0, 0.0, 1.0]
    assert np.isnan(applied(POWER, [-1.0], [2.0]))[0]


@pytest.mark.parametrize(("row", "reference"), [(SINE, np.sin), (COSINE, np.cos)])
def test_sine_and_cosine(row, reference):
    x = np.concatenate(
        [rng().uniform(-10, 10, 20_000), rng().uniform(-1e5, 1e5, 20_000), [0.0, np.pi, -np.pi / 2]]
    )
    assert np.abs(applied(row, x) - reference(x)).max() < 3e-16
    assert np.isnan(applied(row, [1.1e5, -np.inf, np.nan])).all()


def test_normal_quantile_against_scipy():
    p = np.concatenate(
        [rng().uniform(0, 1, 20_000), 10.0 ** rng().uniform(-300, 0, 5_000), 1 - 2.0 ** -np.arange(2, 53.0)]
    )
    p = p[p != 0.5]
    np.testing.assert_allclose(applied(QUANTILE, p), ndtri(p), rtol=2e-15)


def test_normal_quantile_at_the_ends():
    assert applied(QUANTILE, [0.0, 0.5, 1.0]).tolist() == [-np.inf, 0.0, np.inf]
    assert np.isnan(applied(QUANTILE, [-0.1, 1.1, np.nan])).all()


def test_an_element_does_not_depend_on_its_place_in_the_row():
    """The vector body and the scalar remainder of a loop must round alike."""
    x = rng().uniform(-30, 5, 101)
    whole = applied(elementary.exp_row, x)
    one_by_one = [applied(elementary.exp_row, [value])[0] for value in x]
    assert whole.tolist() == one_by_one


ROW = np.empty(3)


@pytest.mark.parametrize(
    "code",
    [
        partial(assembly, elementary.exp_row, ROW, ROW),
        partial(assembly, LOG, ROW, ROW),
        partial(assembly, POWER, ROW, ROW, ROW),
        partial(assembly, SINE, ROW, ROW),
        partial(assembly, COSINE, ROW, ROW),
        partial(assembly, elementary.normal_quantile, 0.3),
    ],
    ids=["exp", "log", "power", "sine", "cosine", "normal_quantile"],
)
def test_nothing_is_fused_and_nothing_comes_from_a_library(code):
    text = code()
    assert not fused_operations(text)
    assert not library_calls(text)


def test_the_search_for_library_calls_finds_one():
    def careless(x, out):
        for i in range(x.size):
            out[i] = np.exp(x[i])

    assert library_calls(assembly(careless, ROW, ROW))


def test_the_search_for_fused_operations_finds_one():
    from llvmlite.binding import get_host_cpu_features

    if not get_host_cpu_features().get("fma"):
        pytest.skip("this CPU has no fused multiply-add of x86-64")

    def careless(x, out):
        for i in range(x.size):
            out[i] = x[i] * x[i] + 3.0

    assert fused_operations(assembly(careless, ROW, ROW, fastmath={"contract"}))
