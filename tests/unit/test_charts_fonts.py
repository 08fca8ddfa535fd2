"""Chinese labels on a machine without Chinese fonts."""

from __future__ import annotations

from pathlib import Path

import pytest

from study.charts import write_charts
from study.charts.fonts.make_subset import gb2312
from study.charts.typefaces import (
    FONT_FOLDER,
    SHIPPED_FILES,
    MissingGlyphWarning,
    missing_glyphs,
    warn_about_missing_glyphs,
)
from tests.invented import invented_study

HIEROGLYPH = "\N{EGYPTIAN HIEROGLYPH A001}"


def test_gb2312_has_the_standard_number_of_characters() -> None:
    assert len(gb2312(16, 55)) == 3_755
    assert len(gb2312(56, 87)) == 3_008


def test_shipped_fonts_cover_simplified_chinese_and_latin() -> None:
    characters = "".join(map(chr, gb2312(16, 87)))
    assert missing_glyphs(characters + "Straße Łódź – 95 % ± 1 → ▲▼●、。《》") == ""


def test_each_missing_character_is_named_once() -> None:
    assert missing_glyphs(f"店{HIEROGLYPH}店{HIEROGLYPH}\n") == HIEROGLYPH
    with pytest.warns(MissingGlyphWarning, match=r"U\+13000"):
        warn_about_missing_glyphs(["上海浦东店", HIEROGLYPH])


def test_writing_charts_warns_about_names_that_no_font_can_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("study.charts.writing.gallery", lambda *_: [])
    study = invented_study("odd", title=f"Scenario {HIEROGLYPH}", stores=3, skus=5, days=14, replications=2)
    with pytest.warns(MissingGlyphWarning, match="U"):
        write_charts(tmp_path, [study])


def test_font_files_are_small_and_carry_their_licence() -> None:
    assert all(path.stat().st_size < 1_000_000 for path in SHIPPED_FILES)
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONT_FOLDER / "OFL.txt").read_text(encoding="utf-8")
