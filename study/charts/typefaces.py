"""Fonts that set Latin and Chinese labels alike on every machine, and what they cannot set."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

FONT_FOLDER = Path(__file__).parent / "fonts"

SHIPPED_FILES: tuple[Path, ...] = (
    FONT_FOLDER / "dualedge-sans-sc-1.otf",
    FONT_FOLDER / "dualedge-sans-sc-2.otf",
)
"""Latin and the 6,763 characters of GB 2312; see the README of the folder."""

_BUNDLED_FAMILY = "DejaVu Sans"
"""Comes with Matplotlib: Cyrillic, Arabic and most signs."""

_INSTALLED_FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "SimSun",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans CJK TC",
    "Noto Sans CJK JP",
    "Noto Sans CJK KR",
)
"""Used for rare characters where the machine happens to have one of them."""


class MissingGlyphWarning(UserWarning):
    """Some characters can be set by none of the fonts and appear as boxes."""


@cache
def font_families() -> tuple[str, ...]:
    """Families to set text in, in order of preference; the shipped fonts are registered on the first call."""
    shipped = []
    for path in SHIPPED_FILES:
        font_manager.fontManager.addfont(path)
        shipped.append(FT2Font(str(path)).family_name)
    present = {entry.name for entry in font_manager.fontManager.ttflist}
    installed = [family for family in _INSTALLED_FAMILIES if family in present]
    return (*shipped, _BUNDLED_FAMILY, *installed)


@cache
def _covered_codes() -> frozenset[int]:
    wanted = set(font_families())
    files = {entry.fname for entry in font_manager.fontManager.ttflist if entry.name in wanted}
    return frozenset(code for file in sorted(files) for code in FT2Font(file).get_charmap())


def missing_glyphs(text: str) -> str:
    """Characters of `text` that none of the fonts has, each once, in order of appearance."""
    covered = _covered_codes()
    return "".join(dict.fromkeys(sign for sign in text if sign.isprintable() and ord(sign) not in covered))


def warn_about_missing_glyphs(texts: Iterable[str]) -> None:
    """Warn once, naming the characters, when some of `texts` cannot be set in full."""
    missing = missing_glyphs("".join(texts))
    if missing:
        codes = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in missing)
        message = (
            f"no font for {codes}: shown as boxes in charts; install a font that has them, e.g. Noto Sans CJK"
        )
        warnings.warn(message, MissingGlyphWarning, stacklevel=2)
