"""Probability distributions a planner can name in YAML, told apart by `kind`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Protocol, Self, cast

import numpy as np
import numpy.typing as npt
from pydantic import Field, ValidationInfo, model_validator

from scenarios.language.base import assumed, given
from scenarios.language.distribution_model import (
    QUANTITY,
    DistributionModel,
    FloatArray,
    as_floats,
    as_probabilities,
    exp,
    integer_quantile,
    log,
    special,
)


class Constant(DistributionModel):
    """Always the same value."""

    kind: Literal["constant"] = "constant"
    """Names the distribution."""
    value: float = given(unit=QUANTITY)
    """The value."""

    def mean(self) -> float:
        """See `DistributionModel.mean`."""
        return self.value

    def variance(self) -> float:
        """See `DistributionModel.variance`."""
        return 0.0

    def cdf(self, x: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.cdf`."""
        return np.where(as_floats(x) >= self.value, 1.0, 0.0)

    def quantile(self, p: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.quantile`."""
        return np.full(as_probabilities(p).shape, self.value)


class Uniform(DistributionModel):
    """Every value between `low` and `high` equally likely."""

    kind: Literal["uniform"] = "uniform"
    """Names the distribution."""
    low: float = given(unit=QUANTITY)
    """Smallest value."""
    high: float = given(unit=QUANTITY)
    """Largest value; above `low`."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low must be below high, but {self.low:g} >= {self.high:g}")
        return self

    def mean(self) -> float:
        """See `DistributionModel.mean`."""
        return (self.low + self.high) / 2.0

    def variance(self) -> float:
        """See `DistributionModel.variance`."""
        return (self.high - self.low) ** 2 / 12.0

    def cdf(self, x: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.cdf`."""
        return np.clip((as_floats(x) - self.low) / (self.high - self.low), 0.0, 1.0)

    def quantile(self, p: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.quantile`."""
        return self.low + (self.high - self.low) * as_probabilities(p)


class Triangular(DistributionModel):
    """The three-point estimate of a planner: smallest, most likely, largest."""

    kind: Literal["triangular"] = "triangular"
    """Names the distribution."""
    low: float = given(unit=QUANTITY)
    """Smallest value."""
    mode: float = given(unit=QUANTITY)
    """Most likely value."""
    high: float = given(unit=QUANTITY)
    """Largest value."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.mode <= self.high or self.low == self.high:
            raise ValueError(
                f"needs low <= mode <= high, low < high; got {self.low:g}, {self.mode:g}, {self.high:g}"
            )
        return self

    def mean(self) -> float:
        """See `DistributionModel.mean`."""
        return (self.low + self.mode + self.high) / 3.0

    def variance(self) -> float:
        """See `DistributionModel.variance`."""
        a, c, b = self.low, self.mode, self.high
        return (a * a + b * b + c * c - a * b - a * c - b * c) / 18.0

    def cdf(self, x: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.cdf`."""
        a, c, b = self.low, self.mode, self.high
        x = np.clip(as_floats(x), a, b)
        with np.errstate(divide="ignore", invalid="ignore"):
            left = (x - a) ** 2 / ((b - a) * (c - a))
            right = 1.0 - (b - x) ** 2 / ((b - a) * (b - c))
        return np.where(x < c, left, np.where(x >= b, 1.0, right))

    def quantile(self, p: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.quantile`."""
        a, c, b = self.low, self.mode, self.high
        p = as_probabilities(p)
        left = a + np.sqrt(p * (b - a) * (c - a))
        right = b - np.sqrt((1.0 - p) * (b - a) * (b - c))
        return np.where(p * (b - a) < c - a, left, right)


class Exponential(DistributionModel):
    """Time between events that have no memory."""

    kind: Literal["exponential"] = "exponential"
    """Names the distribution."""
    average: float = given(unit=QUANTITY, gt=0, alias="mean")
    """Expected value."""

    def mean(self) -> float:
        """See `DistributionModel.mean`."""
        return self.average

    def variance(self) -> float:
        """See `DistributionModel.variance`."""
        return self.average**2

    def cdf(self, x: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.cdf`."""
        return cast(FloatArray, -special().expm1(-np.maximum(as_floats(x), 0.0) / self.average))

    def quantile(self, p: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.quantile`."""
        return cast(FloatArray, -self.average * special().log1p(-as_probabilities(p)))


class Gamma(DistributionModel):
    """A positive, skewed quantity, e.g. a lead time; by mean and coefficient of variation."""

    kind: Literal["gamma"] = "gamma"
    """Names the distribution."""
    average: float = given(unit=QUANTITY, gt=0, alias="mean")
    """Expected value."""
    cv: float = given(unit="ratio", gt=0)
    """Standard deviation divided by the mean; shape is 1 / cv^2."""

    def mean(self) -> float:
        """See `DistributionModel.mean`."""
        return self.average

    def variance(self) -> float:
        """See `DistributionModel.variance`."""
        return (self.cv * self.average) ** 2

    def cdf(self, x: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.cdf`."""
        scaled = np.maximum(as_floats(x), 0.0) / (self.average * self.cv**2)
        return cast(FloatArray, special().gammainc(self.cv**-2, scaled))

    def quantile(self, p: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.quantile`."""
        standard = special().gammaincinv(self.cv**-2, as_probabilities(p))
        return cast(FloatArray, standard * (self.average * self.cv**2))


class Lognormal(DistributionModel):
    """A positive quantity whose logarithm is normal; by its own mean and coefficient of variation."""

    kind: Literal["lognormal"] = "lognormal"
    """Names the distribution."""
    average: float = given(unit=QUANTITY, gt=0, alias="mean")
    """Expected value of the quantity itself, not of its logarithm."""
    cv: float = given(unit="ratio", gt=0)
    """Standard deviation divided by the mean; sigma^2 = ln(1 + cv^2)."""

    def _log_parameters(self) -> tuple[float, float]:
        variance = float(special().log1p(self.cv**2))
        return float(log(as_floats(self.average))) - variance / 2.0, variance**0.5

    def mean(self) -> float:
        """See `DistributionModel.mean`."""
        return self.average

    def variance(self) -> float:
        """See `DistributionModel.variance`."""
        return (self.cv * self.average) ** 2

    def cdf(self, x: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.cdf`."""
        location, sigma = self._log_parameters()
        return cast(FloatArray, special().ndtr((log(np.maximum(as_floats(x), 0.0)) - location) / sigma))

    def quantile(self, p: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.quantile`."""
        location, sigma = self._log_parameters()
        return exp(location + sigma * special().ndtri(as_probabilities(p)))


class Weibull(DistributionModel):
    """Time to failure with a hazard that rises (shape above 1) or falls (below 1)."""

    kind: Literal["weibull"] = "weibull"
    """Names the distribution."""
    shape: float = given(unit="ratio", gt=0)
    """Exponent of the cumulative hazard; 1 is the exponential distribution."""
    scale: float = given(unit=QUANTITY, gt=0)
    """Characteristic life: 63.2% of values lie below it."""

    def mean(self) -> float:
        """See `DistributionModel.mean`."""
        return float(self.scale * special().gamma(1.0 + 1.0 / self.shape))

    def variance(self) -> float:
        """See `DistributionModel.variance`."""
        second = float(special().gamma(1.0 + 2.0 / self.shape))
        first = float(special().gamma(1.0 + 1.0 / self.shape))
        return self.scale**2 * (second - first**2)

    def cdf(self, x: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.cdf`."""
        hazard = exp(self.shape * log(np.maximum(as_floats(x), 0.0) / self.scale))
        return cast(FloatArray, -special().expm1(-hazard))

    def quantile(self, p: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.quantile`."""
        hazard = -special().log1p(-as_probabilities(p))
        return self.scale * exp(log(hazard) / self.shape)


class Poisson(DistributionModel):
    """Counts of independent events."""

    kind: Literal["poisson"] = "poisson"
    """Names the distribution."""
    average: float = given(unit="count", ge=0, alias="mean")
    """Expected count, which is also the variance."""

    def mean(self) -> float:
        """See `DistributionModel.mean`."""
        return self.average

    def variance(self) -> float:
        """See `DistributionModel.variance`."""
        return self.average

    def cdf(self, x: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.cdf`."""
        count = np.floor(as_floats(x))
        return np.where(count < 0, 0.0, special().gammaincc(np.maximum(count, 0.0) + 1.0, self.average))

    def quantile(self, p: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.quantile`; infinity at p = 1."""
        return integer_quantile(self.cdf, as_probabilities(p), self.average)


class NegativeBinomial(DistributionModel):
    """Counts that vary more than Poisson counts; by mean and variance-to-mean ratio."""

    kind: Literal["negative_binomial"] = "negative_binomial"
    """Names the distribution."""
    average: float = given(unit="count", gt=0, alias="mean")
    """Expected count."""
    variance_to_mean: float = given(unit="ratio", gt=1)
    """Variance divided by the mean; above 1."""

    def mean(self) -> float:
        """See `DistributionModel.mean`."""
        return self.average

    def variance(self) -> float:
        """See `DistributionModel.variance`."""
        return self.average * self.variance_to_mean

    def cdf(self, x: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.cdf`."""
        count = np.floor(as_floats(x))
        size = self.average / (self.variance_to_mean - 1.0)
        success = 1.0 / self.variance_to_mean
        return np.where(count < 0, 0.0, special().betainc(size, np.maximum(count, 0.0) + 1.0, success))

    def quantile(self, p: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.quantile`; infinity at p = 1."""
        return integer_quantile(self.cdf, as_probabilities(p), self.average)


class ReadsColumn(Protocol):
    """What an empirical distribution needs from the loader: one numeric column of a table file."""

    def read_numbers(self, table: str, column: str) -> list[float]:
        """Returns the numbers of `column`; raises a pydantic custom error that carries the problems."""


class Empirical(DistributionModel):
    """Observed values, each with its weight: listed in the YAML or read from a column of a table."""

    kind: Literal["empirical"] = "empirical"
    """Names the distribution."""
    values: tuple[float, ...] = assumed((), "from `table` and `column`", unit=QUANTITY)
    """Observed values; at least one, here or in `table`."""
    weights: tuple[float, ...] | None = assumed(None, "every observation counts the same", unit="ratio")
    """One weight per value, none negative, not all zero; equal weights when absent."""
    table: str | None = assumed(None, "values are listed in the YAML")
    """CSV file or workbook with the observations, beside the scenario; needs `column`."""
    column: str | None = assumed(None, "values are listed in the YAML")
    """Column of `table` that holds the observations."""

    @model_validator(mode="before")
    @classmethod
    def _read_table(cls, data: Any, info: ValidationInfo) -> Any:
        if not isinstance(data, dict):
            return data
        # lists of YAML become tuples here, because what leaves this function counts as Python, not as YAML
        data = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
        if data.get("table") is None or "values" in data:
            return data
        reader = cast("ReadsColumn | None", (info.context or {}).get("tables"))
        if reader is None:
            raise ValueError("a table can only be read when a scenario is loaded from a file")
        if not isinstance(data["table"], str) or not isinstance(data.get("column"), str):
            raise ValueError("`table` needs `column`, both as text")
        return {**data, "values": tuple(reader.read_numbers(data["table"], data["column"]))}

    @model_validator(mode="after")
    def _weighable(self) -> Self:
        if not self.values:
            raise ValueError("needs `values`, or a `table` with at least one row and its `column`")
        if self.weights is not None:
            if len(self.weights) != len(self.values):
                raise ValueError(f"{len(self.values)} values need as many weights, not {len(self.weights)}")
            if min(self.weights) < 0 or sum(self.weights) <= 0:
                raise ValueError("weights must not be negative and must not all be zero")
        return self

    def _steps(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Sorted distinct values, their probabilities and the running sum of these."""
        values, index = np.unique(as_floats(self.values), return_inverse=True)
        shares = np.bincount(index, weights=None if self.weights is None else as_floats(self.weights))
        running = np.cumsum(shares)
        return values, shares / running[-1], running / running[-1]

    def mean(self) -> float:
        """See `DistributionModel.mean`."""
        values, shares, _ = self._steps()
        return float(np.sum(values * shares))

    def variance(self) -> float:
        """See `DistributionModel.variance`: the population variance of the listed values."""
        values, shares, _ = self._steps()
        return float(np.sum(shares * (values - np.sum(values * shares)) ** 2))

    def cdf(self, x: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.cdf`."""
        values, _, running = self._steps()
        return np.concatenate(([0.0], running))[np.searchsorted(values, as_floats(x), side="right")]

    def quantile(self, p: npt.ArrayLike) -> FloatArray:
        """See `DistributionModel.quantile`."""
        values, shares, running = self._steps()
        possible = shares > 0
        return values[possible][np.searchsorted(running[possible], as_probabilities(p), side="left")]


Distribution = Annotated[
    Constant
    | Uniform
    | Triangular
    | Exponential
    | Gamma
    | Lognormal
    | Weibull
    | Poisson
    | NegativeBinomial
    | Empirical,
    Field(discriminator="kind"),
]
"""Any of the distributions; the key `kind` says which."""
