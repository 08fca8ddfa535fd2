"""Numbers as planners write them: percent, thousands separators, currency, no digits beyond what is known."""

from __future__ import annotations

import math
from dataclasses import dataclass

NOT_DEFINED = "–"
_SIGNIFICANT_DIGITS = 4
"""Of a value whose uncertainty is not known."""
_MOST_DECIMALS = 4
_SCALES = ((1e7, 1e-6, "million"), (2e4, 1e-3, "thousand"))


@dataclass(frozen=True)
class Scale:
    """How the values of one unit are drawn on an axis."""

    factor: float
    """Values are multiplied by it."""
    label: str
    """Unit of the result, e.g. "%" or "thousand CNY per day"."""


def spoken_unit(unit: str, currency: str) -> str:
    """The unit with "money" replaced by the currency, and "%" for a share."""
    return "%" if unit == "share" else unit.replace("money", currency)


def axis_scale(unit: str, currency: str, largest: float) -> Scale:
    """A scale under which values up to `largest` in size have short tick labels."""
    if unit == "share":
        return Scale(100.0, "%")
    spoken = spoken_unit(unit, currency)
    if unit.split()[0] in ("money", "units", "lines", "orders") and math.isfinite(largest):
        for threshold, factor, word in _SCALES:
            if abs(largest) >= threshold:
                return Scale(factor, f"{word} {spoken}")
    return Scale(1.0, spoken)


def _decimals(value: float, half_width: float) -> int:
    """Decimal places that show the first digit of the half-width, or four significant digits of the value."""
    if math.isfinite(half_width) and half_width > 0:
        return min(-math.floor(math.log10(half_width)), _MOST_DECIMALS)
    if value == 0 or not math.isfinite(value):
        return 0
    places = _SIGNIFICANT_DIGITS - 1 - math.floor(math.log10(abs(value)))
    return max(0, min(places, _MOST_DECIMALS))


def plain(value: float, half_width: float = math.nan, *, signed: bool = False) -> str:
    """A bare number with thousands separators, rounded to its resolution.

    Args:
        value: the number; an en dash stands for NaN.
        half_width: half the width of its interval; NaN when unknown.
        signed: whether a plus sign is written.
    """
    if math.isnan(value):
        return NOT_DEFINED
    decimals = _decimals(value, half_width)
    rounded = round(value, decimals) + 0.0
    text = f"{rounded:{'+' if signed and rounded else ''},.{max(decimals, 0)}f}"
    if not (math.isfinite(half_width) and half_width > 0) and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")


def with_unit(
    value: float, unit: str, currency: str, half_width: float = math.nan, *, signed: bool = False
) -> str:
    """A number with its unit: "96.4%", "CNY 12,300 per day", "21.3 days"; a difference of shares in points.

    Args:
        value: the number, in `unit`.
        unit: unit as in `scenarios.MEASURES`.
        currency: what "money" stands for.
        half_width: half the width of its interval, in `unit`; NaN when unknown.
        signed: whether it is a difference: written with its sign, of shares in percentage points.
    """
    if math.isnan(value):
        return NOT_DEFINED
    if unit == "share":
        suffix = " points" if signed else "%"
        return plain(100 * value, 100 * half_width, signed=signed) + suffix
    number = plain(value, half_width, signed=signed)
    if unit.startswith("money"):
        return f"{currency} {number}{unit.removeprefix('money')}"
    return f"{number} {unit}"
