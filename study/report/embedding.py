"""What makes the page self-contained: charts and, for Chinese text, a font of just its characters."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from study.charts import Chart, gallery
from study.evidence import Comparison, Study


@dataclass(frozen=True)
class EmbeddedChart:
    """One chart of the page."""

    title: str
    caption: str
    source: str
    """Data URI of an SVG."""
    is_operations: bool = False
    """Whether it belongs to the section on operations."""
    is_after_sales: bool = False
    """Whether it belongs to the section on after-sales service."""


def embedded_charts(
    studies: Sequence[Study], comparison: Comparison | None, folder: Path | None
) -> list[EmbeddedChart]:
    """The charts as data URIs; those found in `folder` as .svg are taken from there, the others drawn."""
    embedded = []
    for chart in gallery(studies, comparison):
        written = folder / f"{chart.key}.svg" if folder else None
        content = written.read_bytes() if written and written.exists() else picture(chart)
        source = data_uri("image/svg+xml", content)
        embedded.append(
            EmbeddedChart(chart.title, chart.caption, source, chart.is_operations, chart.is_after_sales)
        )
    return embedded


def picture(chart: Chart) -> bytes:
    """The chart as SVG."""
    from study.charts.style import save

    with TemporaryDirectory() as scratch:
        path = Path(scratch) / "chart.svg"
        save(chart.draw(), path)
        return path.read_bytes()


def data_uri(media_type: str, content: bytes) -> str:
    """Bytes as a URI that loads nothing."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"


def font_faces(text: str) -> list[str]:
    """Data URIs of WOFF fonts with the non-Latin characters of `text`; empty when it has none.

    A page may be read, or printed by a server, where no Chinese font is installed.
    """
    wide = {ord(sign) for sign in text if ord(sign) >= 0x2E80}
    if not wide:
        return []
    from fontTools import subset
    from fontTools.ttLib import TTFont

    from study.charts.typefaces import SHIPPED_FILES

    faces = []
    for path in SHIPPED_FILES:
        font = TTFont(path, recalcTimestamp=False)
        present = sorted(wide & set(font.getBestCmap()))
        if present:
            options = subset.Options(flavor="woff", notdef_outline=False)
            subsetter = subset.Subsetter(options)
            subsetter.populate(unicodes=present)
            subsetter.subset(font)
            font.flavor = "woff"
            written = BytesIO()
            font.save(written)
            faces.append(data_uri("font/woff", written.getvalue()))
    return faces
