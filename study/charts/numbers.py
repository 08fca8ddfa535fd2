"""Numbers as planners write them: percent, thousands separators, currency, no digits beyond what is known."""

from __future__ import annotations

import math
from dataclasses import dataclass

NOT_DEFINED = "–"
_USUAL_DIGITS, _MOST_DIGITS = 4, 5
"""Significant digits of a value whose uncertainty is not known, and of one known very well."""
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
    """Decimal places that show two digits of the half-width and at most five of the value."""
    size = math.floor(math.log10(abs(value))) if value and math.isfinite(value) else 0
    if math.isfinite(half_width) and half_width > 0:
        uncertain = math.floor(math.log10(half_width))
        return 1 - uncertain if size <= uncertain else min(1 - uncertain, _MOST_DIGITS - 1 - size)
    return _USUAL_DIGITS - 1 - size


def plain(value: float, half_width: float = math.nan, *, signed: bool = False, most_decimals: int = 4) -> str:
    """A bare number with thousands separators, rounded to its resolution.

    Args:
        value: the number; an en dash stands for NaN.
        half_width: half the width of its interval; NaN when unknown, then four significant digits are shown.
        signed: whether a plus sign is written.
        most_decimals: upper limit of decimal places.
    """
    if math.isnan(value):
        return NOT_DEFINED
    decimals = min(_decimals(value, half_width), most_decimals)
    rounded = round(value, decimals) + 0.0
    text = f"{rounded:{'+' if signed and rounded else ''},.{max(decimals, 0)}f}"
    if not half_width > 0 and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")


def in_unit(value: float, unit: str, half_width: float = math.nan, *, signed: bool = False) -> str:
    """A number in the unit it is printed in, without the unit: shares in percent, to two decimals at most."""
    if unit == "share":
        return plain(100 * value, 100 * half_width, signed=signed, most_decimals=2)
    return plain(value, half_width, signed=signed)


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
        return in_unit(value, unit, half_width, signed=signed) + suffix
    number = in_unit(value, unit, half_width, signed=signed)
    if unit.startswith("money") and not signed:
        return f"{currency} {number}{unit.removeprefix('money')}"
    return f"{number} {spoken_unit(unit, currency)}"
