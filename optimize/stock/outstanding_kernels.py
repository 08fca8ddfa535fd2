"""Compiled distribution of units outstanding, as multi-echelon models know it: by its first two moments."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from optimize.compilation import compiled

FloatArray = npt.NDArray[np.float64]

_LEAST_EXPONENT = -600.0
"""Exponents below it are nothing at all to a computer."""
_SAME = 1e-9
"""Variance over mean less 1 below which a number is taken to be Poisson."""


@compiled
def two_moments(mean: float, variance: float, pmf: FloatArray, tail: float) -> int:
    """Probabilities of 0, 1, ... of a negative binomial number, Poisson if the variance is not above the mean.

    Args:
        mean: of the number.
        variance: of it.
        pmf: room; what is beyond its end is left out.
        tail: probability of all larger numbers below which they do not matter.

    Returns:
        How many of them matter; the rest of `pmf` is not touched.
    """
    is_poisson = variance <= mean * (1.0 + _SAME)
    shape = 0.0 if is_poisson else mean * mean / (variance - mean)
    ratio = mean if is_poisson else (variance - mean) / variance
    exponent = -mean if is_poisson else shape * math.log(mean / variance)
    start = 0
    while exponent < _LEAST_EXPONENT and start < len(pmf):
        pmf[start] = 0.0
        exponent += math.log((shape + start) * ratio / (start + 1) if not is_poisson else ratio / (start + 1))
        start += 1
    chance, left = math.exp(exponent), 1.0
    for units in range(start, len(pmf)):
        pmf[units] = chance
        left -= chance
        if left < tail and units >= mean:
            return units + 1
        chance *= ratio / (units + 1) if is_poisson else (shape + units) / (units + 1) * ratio
    return len(pmf)


__all__ = ["two_moments"]
