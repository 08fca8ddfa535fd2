"""Poisson pseudo-maximum likelihood with one level per series absorbed and clustered standard errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from study.fitting.censoring import CensoredMoments, censored_moments

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

MAX_ITERATIONS = 60
TOLERANCE = 1e-6
PILOT_ROWS = 200_000
DISPERSION_ROUNDS = 15
DISPERSION_TOLERANCE = 0.005


class MissingExtraError(ImportError):
    """A package that only some commands need is not installed."""


@dataclass(frozen=True, eq=False)
class RegressionFit:
    """log E[units] = level(series) + x @ coefficients."""

    coefficients: Numbers
    """Shape (k,)."""
    covariance: Numbers
    """Shape (k, k), robust to correlation within a series and within a period."""
    levels: Numbers
    """Log level per series, shape (series,)."""
    mean: Numbers
    """Fitted mean demand per observation, shape (n,)."""
    moments: CensoredMoments
    """Demand behind each observation, given the fit."""
    variance_to_mean: float
    """Pearson dispersion."""
    converged: bool

    @property
    def standard_errors(self) -> Numbers:
        """Shape (k,)."""
        return np.sqrt(np.diag(self.covariance))


def within(values: Numbers, weights: Numbers, starts: Codes, sizes: Codes) -> tuple[Numbers, Numbers]:
    """Deviations from the weighted mean of each series, and these means.

    Args:
        values: shape (n, k), rows sorted by series.
        weights: shape (n,), positive.
        starts: first row of each series.
        sizes: rows of each series.
    """
    totals = np.add.reduceat(weights, starts)
    means = np.add.reduceat(values * weights[:, None], starts, axis=0) / totals[:, None]
    return values - np.repeat(means, sizes, axis=0), means


def fit_levels_and_effects(
    units: Numbers,
    design: Numbers,
    series: Codes,
    periods: Codes,
    censored: npt.NDArray[np.bool_] | None = None,
    *,
    with_errors: bool = True,
) -> RegressionFit:
    """Fit multiplicative effects on mean demand.

    The Poisson score is unbiased whatever the distribution of demand around its mean (Gourieroux, Monfort
    and Trognon 1984; Santos Silva and Tenreyro 2006), and keeps zeros. Where the shelf ran empty, units are
    replaced by their expectation under the current fit and the weight is cut by the information lost, a
    Newton step on the censored likelihood (exact for Poisson demand). Levels are absorbed by the within
    transformation inside each weighted least squares step (Guimaraes and Portugal 2010).

    Args:
        units: units sold, shape (n,), sorted by series; every series must have sold something.
        design: regressors, shape (n, k), no intercept.
        series: series codes 0.., sorted, shape (n,).
        periods: period of each observation, shape (n,).
        censored: whether demand was at least `units`, shape (n,).
        with_errors: whether the covariance is wanted.
    """
    starts = np.flatnonzero(np.diff(series, prepend=-1))
    mask = censored if censored is not None else np.zeros(len(units), dtype=bool)
    problem = _Problem.prepare(units, design, mask, starts)
    coefficients: Numbers = np.zeros(design.shape[1])
    centred_levels = np.log(np.add.reduceat(units, starts) / problem.sizes)
    dispersion = 1.0
    if mask.any() and len(units) > PILOT_ROWS:
        # The dispersion is settled on part of the series first: full passes are dear.
        pilot = int(np.searchsorted(starts, PILOT_ROWS * 9 // 10)) or 1
        rows = slice(0, int(starts[pilot]) if pilot < len(starts) else len(units))
        part = _Problem.prepare(units[rows], design[rows], mask[rows], starts[:pilot])
        state, dispersion = _settle(part, coefficients, centred_levels[:pilot], dispersion)
        coefficients, dispersion = state.coefficients, max(dispersion, 1.0)
    state, dispersion = _settle(problem, coefficients, centred_levels, dispersion)
    covariance = np.full((design.shape[1],) * 2, np.nan)
    if with_errors and design.shape[1]:
        weights = state.mean * (1.0 - state.moments.lost_information)
        regressors, _ = within(problem.design, weights, starts, problem.sizes)
        scores = regressors * (state.moments.mean - state.mean)[:, None]
        covariance = clustered_covariance(
            scores, (regressors * weights[:, None]).T @ regressors, series, periods
        )
    levels = state.levels - problem.averages @ state.coefficients
    return RegressionFit(
        state.coefficients, covariance, levels, state.mean, state.moments, dispersion, state.converged
    )


@dataclass(frozen=True, eq=False)
class _Problem:
    """Observations of a fit, regressors centred per series to keep the normal equations well conditioned."""

    units: Numbers
    design: Numbers
    averages: Numbers
    censored: npt.NDArray[np.bool_]
    starts: Codes
    sizes: Codes

    @classmethod
    def prepare(
        cls, units: Numbers, design: Numbers, censored: npt.NDArray[np.bool_], starts: Codes
    ) -> _Problem:
        sizes = np.diff(np.append(starts, len(units)))
        centred, averages = within(design, np.ones(len(units)), starts, sizes)
        return cls(units, centred, averages, censored, starts, sizes)


@dataclass(frozen=True, eq=False)
class _State:
    coefficients: Numbers
    levels: Numbers
    mean: Numbers
    moments: CensoredMoments
    converged: bool


def _settle(
    problem: _Problem, coefficients: Numbers, levels: Numbers, dispersion: float
) -> tuple[_State, float]:
    """Alternate between the effects and, where demand is censored, the dispersion their weights rest on."""
    freedom = max(len(problem.units) - len(problem.starts) - problem.design.shape[1], 1)
    for _ in range(DISPERSION_ROUNDS):
        state = _iterate(problem, coefficients, levels, dispersion)
        coefficients, levels = state.coefficients, state.levels
        # Squares of what the shelf hid enter by their expectation (the E-step for the variance).
        squares = (state.moments.mean - state.mean) ** 2 + state.moments.variance
        pearson = float((squares / state.mean).sum()) / freedom
        settled = abs(pearson - dispersion) < DISPERSION_TOLERANCE * dispersion
        if settled or not problem.censored.any():
            break
        dispersion = max(pearson, 1.0)
    return state, pearson


def _iterate(problem: _Problem, coefficients: Numbers, levels: Numbers, dispersion: float) -> _State:
    """Weighted least squares until levels and effects stop moving."""
    eta = np.repeat(levels, problem.sizes) + problem.design @ coefficients
    converged = False
    for _ in range(MAX_ITERATIONS):
        mean = np.exp(np.clip(eta, -30.0, 30.0))
        moments = censored_moments(problem.units, problem.censored, mean, dispersion)
        weights = mean * (1.0 - moments.lost_information)
        score = moments.mean - mean + weights * eta
        # X'WX and X'Wz with the weighted series means projected out, without forming the deviations.
        weighted = problem.design * weights[:, None]
        totals = np.add.reduceat(weights, problem.starts)
        sums = np.add.reduceat(weighted, problem.starts, axis=0)
        targets = np.add.reduceat(score, problem.starts)
        left = weighted.T @ problem.design - sums.T @ (sums / totals[:, None])
        right = problem.design.T @ score - sums.T @ (targets / totals)
        coefficients = np.asarray(np.linalg.lstsq(left, right, rcond=None)[0], dtype=np.float64)
        levels = (targets - sums @ coefficients) / totals
        step = np.clip(np.repeat(levels, problem.sizes) + problem.design @ coefficients - eta, -3.0, 3.0)
        eta = eta + step
        if float(np.average(np.abs(step), weights=mean)) < TOLERANCE:
            converged = True
            break
    mean = np.exp(np.clip(eta, -30.0, 30.0))
    moments = censored_moments(problem.units, problem.censored, mean, dispersion)
    return _State(coefficients, levels, mean, moments, converged)


def clustered_covariance(scores: Numbers, information: Numbers, series: Codes, periods: Codes) -> Numbers:
    """Sandwich robust to correlation within series and within periods (Cameron, Gelbach and Miller 2011).

    Args:
        scores: regressor times weighted residual, shape (n, k).
        information: X'WX, shape (k, k).
        series: first cluster of each row.
        periods: second cluster of each row.

    Raises:
        MissingExtraError: statsmodels is not installed.
    """
    try:
        from statsmodels.stats.sandwich_covariance import S_crosssection, S_white_simple
    except ImportError as error:
        raise MissingExtraError("fitting needs statsmodels: pip install 'dualedge[fit]'") from error
    bread = np.linalg.pinv(information)

    def clustered(codes: Codes) -> Numbers:
        clusters = np.unique(codes, return_inverse=True)[1]
        count = int(clusters.max()) + 1
        correction = count / max(count - 1, 1)
        return np.asarray(correction * (bread @ S_crosssection(scores, clusters) @ bread), dtype=np.float64)

    by_period = clustered(periods)
    if series[0] == series[-1]:
        return by_period
    by_series = clustered(series)
    both = by_series + by_period - bread @ S_white_simple(scores) @ bread
    # The two-way form may fail to be positive: the larger one-way variance then stands in.
    if np.any(np.linalg.eigvalsh(both) <= 0):
        both = by_period if np.trace(by_period) >= np.trace(by_series) else by_series
    return np.asarray(both, dtype=np.float64)
