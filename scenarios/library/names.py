"""Chinese names of places and things: from GeoNames' alternate names, and numerals for counting stores."""

from __future__ import annotations

from collections.abc import Sequence

_ENDINGS = ("新区", "街道", "市", "区", "县", "镇", "乡", "村")
_NUMERALS = "零一二三四五六七八九"

MISSING_NAMES = {
    7283386: "常熟",
    12277239: "云龙",
    1809412: "古丽",
    13308620: "宝安",
    13405906: "罗湖",
    7602670: "诸城",
    2035513: "盘山",
    1806096: "胶州",
    12492662: "绵竹",
    13527052: "城关",
    1794794: "寿光",
    1792260: "瓦房店",
    2038365: "北安",
    1810458: "高密",
    7304020: "凤凰",
    1817990: "安丘",
    1798900: "彭泽",
    1813206: "大冶",
    1785716: "邳州",
    1794479: "莱西",
    1803364: "临朐",
    1786783: "冶源",
    1809849: "官湖",
    1813755: "稻田",
    1789691: "夏庄",
}
"""Chinese names that the extract lacks, by GeoNames id."""


def chinese_name(geoname_id: int, latin: str, alternates: Sequence[str]) -> str:
    """The simplified Chinese name of a place, without "city", "district" and the like.

    A name that says "city" is preferred, then "district", "county", then any; the shorter one of equals.

    Args:
        geoname_id: GeoNames id, for names that the extract lacks.
        latin: returned when there is no Chinese name.
        alternates: alternate names in any language.
    """
    if geoname_id in MISSING_NAMES:
        return MISSING_NAMES[geoname_id]
    candidates = sorted(
        (name for name in alternates if len(name) > 1 and _is_simplified(name)),
        key=lambda name: (_rank(name), len(name), name),
    )
    return _bare(candidates[0]) if candidates else latin


def _is_simplified(name: str) -> bool:
    """Whether all characters are Chinese and simplified: GB 2312 holds those and no traditional forms."""
    if not all("\u4e00" <= character <= "\u9fff" for character in name):
        return False
    try:
        name.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _rank(name: str) -> int:
    for rank, ending in enumerate(("市", "区", "县")):
        if name.endswith(ending):
            return rank
    return len(_ENDINGS)


def _bare(name: str) -> str:
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name.removesuffix(ending)
    return name


def chinese_numeral(number: int) -> str:
    """A whole number from 1 to 99 in Chinese numerals.

    Raises:
        ValueError: the number is outside that range.
    """
    if not 1 <= number <= 99:
        raise ValueError(f"{number} is not between 1 and 99")
    tens, units = divmod(number, 10)
    words = ("" if tens == 0 else "十" if tens == 1 else _NUMERALS[tens] + "十") + (
        _NUMERALS[units] if units else ""
    )
    return words
