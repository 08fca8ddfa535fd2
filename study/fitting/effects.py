"""Price elasticity, promotion and feature effects: the demand regression of one category."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from study.fitting.design import LABELS, Design, build_design, overlaps
from study.fitting.estimate import Estimate, unidentified
from study.fitting.history import History
from study.fitting.regression import RegressionFit, fit_levels_and_effects

Numbers = npt.NDArray[np.float64]

METHOD = "Poisson pseudo-maximum likelihood with store-SKU levels, errors clustered by series and period"
OWN_EFFECTS = ("log_price", "promotion", "feature")


@dataclass(frozen=True, eq=False)
class EffectsFit:
    """The fitted regression of one category with its history, rows aligned."""

    history: History
    """Without the series that never sold anything."""
    design: Design
    regression: RegressionFit
    """Of units sold plus `lost`."""
    lost: Numbers
    """Units added back per observation: what other promotions took away; zero at first."""
    price_elasticity: Estimate
    promotion_multiplier: Estimate
    feature_multiplier: Estimate
    cross_price_elasticity: Estimate
    """Elasticity of a SKU's demand to the mean price of the other SKUs of its category."""
    notes: tuple[str, ...]

    def coefficient(self, name: str) -> float:
        """Coefficient of a regressor, 0 when the design lacks it."""
        return (
            float(self.regression.coefficients[self.design.names.index(name)])
            if name in self.design.names
            else 0.0
        )

    def own_log_effect(self) -> Numbers:
        """Log of the multiplier that price cut, promotion and feature put on demand, per observation."""
        return own_log_effect(self.design, self.coefficient)

    @property
    def mean(self) -> Numbers:
        """Mean demand per observation, after what promotions took away."""
        return np.asarray(np.maximum(self.regression.mean - self.lost, 0.02 * self.regression.mean))

    @property
    def demand(self) -> Numbers:
        """Demand per observation: units sold, or their expectation where the shelf ran empty."""
        return self.regression.moments.mean - self.lost


def own_log_effect(design: Design, coefficient: Callable[[str], float]) -> Numbers:
    """Log multiplier of the own price cut, promotion and feature; a price above the regular counts as none.

    Args:
        design: regressors of the observations.
        coefficient: name of a regressor -> its coefficient.
    """
    total = np.zeros(len(design.matrix))
    for name in OWN_EFFECTS:
        column = design.column(name)
        if column is not None:
            total += coefficient(name) * (np.minimum(column, 0.0) if name == "log_price" else column)
    return total


def fit_effects(
    history: History,
    *,
    use_stock: bool = True,
    lost: Numbers | None = None,
    cross_price: Estimate | None = None,
) -> EffectsFit:
    """Fit one category: log mean demand = level(store, SKU) + effects + trend + season + weekday.

    Price enters as log(price / regular price), so that a promotion's multiplier is what it adds at the same
    price, as in the scenario's `demand.responses`. Prices and promotions of the category's other SKUs at
    the same store are held constant where the category is small enough to have them (the specification of
    Wittink et al.'s SCAN*PRO without its week effects, which would absorb switching between SKUs).

    Args:
        history: one category.
        use_stock: whether stock-outs are treated as censoring; False takes sales for demand.
        lost: units to add back per kept observation; the other SKUs' prices then leave the regression.
        cross_price: the cross-price elasticity to hand on in that case.
    """
    frame = history.frame
    sold = frame.groupby("series")["units"].transform("sum").to_numpy() > 0
    notes = []
    # A shelf that was empty from the start tells nothing about demand.
    empty = (frame["censored"] & (frame["units"] <= 0)).to_numpy() & use_stock
    if not sold.all():
        silent = frame.loc[~sold, "series"].nunique()
        notes.append(f"{silent} store-SKU series never sold anything: left out, base rate 0")
    history = history.where(sold & ~empty)
    frame = history.frame
    design = build_design(history, cross=lost is None)
    lost = np.zeros(len(frame)) if lost is None else lost
    series = np.unique(frame["series"].to_numpy(), return_inverse=True)[1]
    regression = fit_levels_and_effects(
        frame["units"].to_numpy() + lost,
        design.matrix,
        series,
        frame["period"].to_numpy(),
        frame["censored"].to_numpy() if use_stock else None,
    )
    if not regression.converged:
        notes.append("the regression did not converge: treat its figures with caution")
    for name, reason in design.dropped.items():
        if name in LABELS and reason.startswith("it always"):
            notes.append(f"the effect of the {LABELS[name]} cannot be separated: {reason}")
    notes += [
        f"the effect of the {LABELS[name]} is weakly separated: the others explain {share:.0%} of its moves"
        for name, share in overlaps(design, frame, OWN_EFFECTS).items()
    ]
    return EffectsFit(
        history,
        design,
        regression,
        lost,
        _estimate(design, regression, "log_price", multiplier=False),
        _estimate(design, regression, "promotion", multiplier=True),
        _estimate(design, regression, "feature", multiplier=True),
        cross_price or _estimate(design, regression, "other_log_price", multiplier=False),
        tuple(notes),
    )


def _estimate(design: Design, regression: RegressionFit, name: str, *, multiplier: bool) -> Estimate:
    unit = "ratio" if multiplier else "elasticity"
    if name not in design.names:
        return unidentified(design.dropped.get(name, "not in the history"), unit)
    j = design.names.index(name)
    value, error = float(regression.coefficients[j]), float(regression.standard_errors[j])
    n = len(regression.mean)
    if multiplier:
        return Estimate(
            float(np.exp(value)), float(np.exp(value)) * error, n, f"exp of coefficient; {METHOD}", unit
        )
    return Estimate(value, error, n, METHOD, unit)


def poisson_deviance(units: Numbers, mean: Numbers) -> float:
    """Poisson deviance of units around their fitted means."""
    positive = units > 0
    logs = np.zeros_like(units)
    logs[positive] = units[positive] * np.log(units[positive] / mean[positive])
    return float(2.0 * (logs - units + mean).sum())
