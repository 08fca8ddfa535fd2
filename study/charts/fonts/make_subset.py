"""Makes the two subset fonts beside it out of Noto Sans CJK; see README.md in this folder for the command."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

SIMPLIFIED_CHINESE_FACE = 2
"""Index of `Noto Sans CJK SC` in the collection."""
DROPPED_TABLES = ("GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG")
"""Layout and vertical-writing tables: charts set horizontal text without features."""


def gb2312(first_row: int, last_row: int) -> list[int]:
    """Code points of the GB 2312-80 rows `first_row` to `last_row`, both included.

    Rows 16-55 are level 1 (3,755 common characters), rows 56-87 level 2 (3,008 more, many in place names).
    """
    codes = []
    for row in range(first_row, last_row + 1):
        for cell in range(1, 95):
            try:
                codes.append(ord(bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return codes


def latin_and_punctuation() -> list[int]:
    """Latin with the accents of European names, punctuation, Greek, signs of a chart, full-width forms."""
    ranges = (
        (0x20, 0x7E),
        (0xA0, 0x17F),
        (0x391, 0x3C9),
        (0x2010, 0x2027),
        (0x2030, 0x203A),
        (0x3000, 0x301F),
    )
    signs = "₀₁₂₃⁰⁴⁵⁶⁷⁸⁹€№™←↑→↓∂∆∏∑−√∞∫≈≠≤≥■□▲△▼▽◆◇○●★☆✓"
    codes = [code for first, last in ranges for code in range(first, last + 1)]
    return codes + [ord(sign) for sign in signs] + list(range(0xFF01, 0xFF5F)) + [0xFFE5]


def write_subset(collection: Path, target: Path, codes: Iterable[int], family: str) -> None:
    """Write the glyphs of `codes` as an OpenType font named `family` (the original name is not kept)."""
    font = TTFont(collection, fontNumber=SIMPLIFIED_CHINESE_FACE)
    options = subset.Options()
    options.hinting = False
    options.desubroutinize = False
    options.layout_features = []
    options.drop_tables += list(DROPPED_TABLES)
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    options.notdef_outline = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(set(codes)))
    subsetter.subset(font)
    postscript_name = family.replace(" ", "") + "-Regular"
    for name_id, text in ((1, family), (2, "Regular"), (4, family), (6, postscript_name)):
        font["name"].setName(text, name_id, 3, 1, 0x409)
    top_dict = font["CFF "].cff.topDictIndex[0]
    font["CFF "].cff.fontNames = [postscript_name]
    top_dict.FullName, top_dict.FamilyName = family, family
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(target)


def main(collection: Path) -> None:
    """Write both fonts into this folder."""
    folder = Path(__file__).parent
    common = latin_and_punctuation() + gb2312(16, 55)
    write_subset(collection, folder / "dualedge-sans-sc-1.otf", common, "Dualedge Sans SC 1")
    write_subset(collection, folder / "dualedge-sans-sc-2.otf", gb2312(56, 87), "Dualedge Sans SC 2")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
