"""The report: complete, self-contained, safe against names, the same for the same input."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from scenarios import MEASURES
from study.charts import gallery
from study.comparison import compare
from study.evidence import Comparison, Study
from study.report import contents, write_report
from study.report.writing import render
from tests.invented import invented_study, without_kpis
from tests.invented_operations import InventedOperations

SMALL: dict[str, Any] = {"stores": 4, "skus": 12, "days": 28, "warm_up_days": 7}
MIN_MAX = {"kind": "min_max", "reorder_point": {"units": 15}, "order_up_to": {"units": 30}}
ROOT = Path(__file__).parents[2]
HOSTILE = "<script>alert('x')</script> & \"Co\""


class Page(HTMLParser):
    """Text, tags and addresses of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.tags, self.addresses = "", [], []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data")]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module", autouse=True)
def no_drawing() -> Any:
    """The page is tested here, the charts elsewhere: each stands in as an empty picture."""
    patch = pytest.MonkeyPatch()
    patch.setattr("study.report.embedding.picture", lambda chart: f"<svg>{chart.key}</svg>".encode())
    yield
    patch.undo()


@pytest.fixture(scope="module")
def studies() -> list[Study]:
    second = {"policy": {"replenishment": [{"mode": MIN_MAX}]}}
    return [
        invented_study("cost_first", title="Cost first", **SMALL),
        invented_study("service_first", title="Service first", lift=1.0, changes=second, **SMALL),
    ]


@pytest.fixture(scope="module")
def comparison(studies: list[Study]) -> Comparison:
    return compare(*studies)


@pytest.fixture(scope="module")
def html(studies: list[Study], comparison: Comparison) -> str:
    return render(studies, comparison)


def test_every_kpi_stands_there_with_its_definition(html: str) -> None:
    text = Page(html).text
    for measure in MEASURES.values():
        assert measure.title in text
        assert measure.name in text
        assert measure.definition in text


def test_nothing_is_loaded_from_elsewhere(html: str) -> None:
    page = Page(html)
    assert all(address.startswith("data:") for address in page.addresses)
    assert not set(page.tags) & {"script", "link", "iframe", "object", "base"}
    assert not re.search(r"url\((?!data:)|@import", html)
    assert "default-src 'none'" in html


def test_every_chart_is_in_the_page(html: str, studies: list[Study], comparison: Comparison) -> None:
    embedded = [base64.b64decode(address.split(",")[1]).decode() for address in Page(html).addresses]
    assert embedded == [f"<svg>{chart.key}</svg>" for chart in gallery(studies, comparison)]


def test_charts_that_are_written_already_are_taken_as_they_are(studies: list[Study], tmp_path: Path) -> None:
    (tmp_path / "cost_stack.svg").write_text("<svg>from the folder</svg>", encoding="utf-8")
    page = Page(render(studies[:1], charts=tmp_path))
    assert (
        sum(b"from the folder" in base64.b64decode(address.split(",")[1]) for address in page.addresses) == 1
    )


def test_names_cannot_break_out_of_their_place() -> None:
    study = invented_study("odd", title=HOSTILE, changes={"description": HOSTILE}, **SMALL)
    page = Page(render([study]))
    assert HOSTILE in page.text
    assert "script" not in page.tags


def test_verdicts_are_told_in_words(html: str) -> None:
    text = Page(html).text
    assert "Cost first is the baseline" in text
    better, worse = text.index("▲ Better"), text.index("▼ Worse")
    assert better < text.index("Fill rate (units):") < worse < text.index("Inventory days:")
    assert "share the same facts" in text


def test_what_differs_is_listed_by_path(html: str) -> None:
    row = re.search(r"<tr>.*order_up_to\.units.*</tr>", html)
    assert row is not None
    assert re.findall(r'<td class="text">(\d+)</td>', row[0]) == ["20", "30"]
    assert "<td>policy</td>" in row[0]


def test_other_facts_are_a_warning(studies: list[Study]) -> None:
    costlier = invented_study("costlier", changes={"costs": {"disposal_per_wasted_unit": 2.0}}, **SMALL)
    page = Page(render([studies[0], costlier], compare(studies[0], costlier)))
    assert page.text.index("Read this first") < page.text.index("do NOT share the same facts")


def test_overrides_assumptions_and_provenance_are_there(html: str, studies: list[Study]) -> None:
    text = Page(html).text
    assert "horizon.days" in text
    assert "assumption: before opening" in text
    for study in studies:
        assert study.scenario.digest in text
        assert study.plan_digest in text
    assert "delta.yaml" in text
    assert "numpy 2.4.6" in text


def test_one_study_has_no_differences() -> None:
    page = Page(render([invented_study("alone", **SMALL)]))
    assert "Differences" not in page.text
    assert "What differs" not in page.text
    assert "Read this first" not in page.text


def test_few_replications_and_interruptions_are_warned_about() -> None:
    once = Page(render([invented_study("once", replications=1, **SMALL)])).text
    assert "one replication, so no intervals" in once
    few = replace(invented_study("few", replications=4, **SMALL), complete=False)
    text = Page(render([few])).text
    assert "only 4 replications; intervals are wide" in text
    assert "interrupted" in text


def test_kpis_defined_in_some_replications_only_are_warned_about() -> None:
    study = invented_study("part", **SMALL)
    interval = replace(study.intervals["waste_share"], count=7)
    partly = replace(study, intervals={**study.intervals, "waste_share": interval})
    assert "Waste is defined in only 7 of 30 replications" in Page(render([partly])).text


def test_undefined_kpis_are_dashes_and_no_nan_reaches_the_page() -> None:
    studies = [invented_study(name, extreme="undefined", **SMALL) for name in ("one", "other")]
    text = Page(render(studies, compare(*studies))).text
    assert "–" in text
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)


def test_kpis_with_nothing_to_count_are_named_once_and_make_no_rows() -> None:
    studies = [invented_study(name, **SMALL) for name in ("one", "other")]
    without = [
        replace(
            study,
            intervals={**study.intervals, "truck_fill": replace(study.intervals["truck_fill"], count=0)},
        )
        for study in studies
    ]
    definition = MEASURES["truck_fill"].definition
    assert definition in Page(render(studies)).text
    text = Page(render(without)).text
    assert definition not in text
    assert f"Nothing to count here: {MEASURES['truck_fill'].title}." in text


def test_after_sales_service_leads_a_report_only_where_there_is_some() -> None:
    of_service = [name for name, measure in MEASURES.items() if measure.group.value == "after-sales service"]
    study = invented_study("one", **SMALL)
    assert {"First-time fix", "Completion promise kept"} <= {
        row.title for row in contents.headline_rows([study])
    }
    without = without_kpis(study, *of_service)
    titles = [row.title for row in contents.headline_rows([without])]
    assert titles == [m.title for m in MEASURES.values() if m.headline and m.name not in of_service]
    text = Page(render([without])).text
    assert "Nothing to count here: all of “After-sales service”." in text
    assert "First-time fix" not in text
    assert all("not defined" not in sentence for sentence in contents.single_summary(without))


def test_chinese_text_brings_its_font_along(html: str) -> None:
    assert "@font-face" not in html
    assert render([invented_study("cn", title="长三角", **SMALL)]).count("@font-face") == 1


def test_the_same_input_gives_the_same_page(
    html: str, studies: list[Study], comparison: Comparison, tmp_path: Path
) -> None:
    path = write_report(tmp_path / "new", studies=studies, comparison=comparison)
    assert path.name == "report.html"
    assert path.read_text(encoding="utf-8") == html


def test_matplotlib_is_imported_only_to_draw() -> None:
    code = "import sys, study.charts, study.report; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_a_report_needs_a_study(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one study"):
        write_report(tmp_path, studies=[])


def test_operations_have_a_section_only_where_there_are_some() -> None:
    without = render([invented_study("plain", **SMALL)])
    assert 'id="operations"' not in without
    study = invented_study("busy", operations=InventedOperations(), **{**SMALL, "days": 91})
    page = render([study])
    section = page[page.index('id="operations"') :]
    section = section[: section.index("</section>")]
    shown = [base64.b64decode(address.split(",")[1]).decode() for address in Page(section).addresses]
    assert shown == [f"<svg>{chart.key}</svg>" for chart in gallery([study]) if chart.is_operations]
    for chart in gallery([study]):
        assert (chart.caption in Page(section).text) == chart.is_operations
