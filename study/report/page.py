"""A page that opens with the network off: a template with style, charts and just the characters it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from study.report.embedding import font_faces

if TYPE_CHECKING:
    from jinja2 import Template

_SHARED = Path(__file__).parent


def render_page(template: Path, values: Mapping[str, Any], charts: Sequence[Any]) -> str:
    """The page as text.

    Args:
        template: it may include `head.html`, which brings in style and fonts.
        values: what it shows.
        charts: embedded pictures, as the template takes them.
    """
    page = template_of(template)
    bare = page.render(values, charts=[], fonts=[], style="")
    style = (_SHARED / "report.css").read_text(encoding="utf-8")
    return page.render(values, charts=charts, fonts=font_faces(bare), style=style)


@cache
def template_of(template: Path) -> Template:
    """A template, compiled."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader([template.parent, _SHARED]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template.name)
