"""The analytic shadow: how gaps are judged, which regimes a law keeps out of, and where the verdicts are shown."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import optimize
import sim
from scenarios import Scenario
from study.evidence import Study
from study.replication import replicate
from study.report.closed_forms import shade_rows
from study.report.contents import warnings
from study.report.writing import render
from study.shadow import Expected, Shade, Verdict, judge, shadow
from study.shadow.base import cumulative
from study.shadow.people import absent_share
from study.shadow.settling import has_settled, relaxation_days
from study.shadow.studying import with_shadow
from study.shadow.wording import as_records, summary_lines
from tests.contact_worlds import call_centre, calls
from tests.factory import tiny_scenario
from tests.fakes import fake_simulate
from tests.invented import invented_study
from tests.service_worlds import constant, installed, mode, product, service_world
from tests.theory import queues, shadow_worlds, worlds

VALUES = np.array([9.8, 10.1, 10.4, 9.9, 10.2, 9.7, 10.0, 10.3])
"""Mean 10.05, standard error 0.087."""


def one(value: float, values: Any = VALUES, **terms: Any) -> Shade:
    (shade,) = judge(
        [Expected("demand_units", value, "a law", "a regime", **terms)], {"demand_units": values}
    )
    return shade


class TestJudging:
    def test_covered_and_not(self) -> None:
        assert one(10.0).verdict is Verdict.COVERED
        assert one(11.0).verdict is Verdict.GAP
        assert one(9.0).is_flagged

    def test_the_interval_is_student_at_the_level_of_the_family(self) -> None:
        quantile = 5.4079  # t(0.9995, 7), from tables
        half = quantile * VALUES.std(ddof=1) / math.sqrt(8)
        assert one(10.0).high == pytest.approx(10.05 + half, rel=1e-4)
        expected = [Expected(kpi, 10.0, "", "") for kpi in ("demand_units", "sold_units", "order_lines")]
        family = judge(expected, dict.fromkeys(("demand_units", "sold_units", "order_lines"), VALUES))
        assert all(shade.high > one(10.0).high for shade in family)

    def test_a_known_tolerance_explains_a_gap(self) -> None:
        gap = one(11.0).expected.value - one(11.0).high
        assert one(11.0, tolerance=1.01 * gap).verdict is Verdict.COVERED
        assert one(11.0, tolerance=0.99 * gap).verdict is Verdict.GAP

    def test_resolution_is_what_would_be_seen(self) -> None:
        shade = one(10.0, tolerance=0.5)
        assert shade.resolution == pytest.approx(((shade.high - shade.low) / 2 + 0.5) / 10.0)

    def test_too_few_replications_say_nothing(self) -> None:
        assert one(99.0, VALUES[:4]).verdict is Verdict.OPEN
        assert one(99.0, np.append(VALUES, np.nan)).verdict is Verdict.OPEN
        assert one(99.0, np.full(8, np.nan)).verdict is Verdict.OPEN

    def test_rare_events_say_nothing(self) -> None:
        """Seven times nothing and once one: the interval of such counts is too narrow."""
        assert one(6.0, np.array([0.0] * 7 + [1.0])).verdict is Verdict.OPEN

    def test_what_is_certain_is_judged_by_its_value_alone(self) -> None:
        assert one(3.0, np.array([3.0]), is_certain=True).verdict is Verdict.COVERED
        assert one(3.0, np.array([3.1]), is_certain=True).verdict is Verdict.GAP
        assert one(10.0, is_certain=True).verdict is Verdict.GAP

    def test_kpis_that_are_not_there_are_left_out(self) -> None:
        assert judge([Expected("demand_units", 1.0, "", "")], {"sold_units": VALUES}) == ()


def expected(scenario: Scenario) -> dict[str, float]:
    plan = optimize.plan(scenario)
    return {each.kpi: each.value for each in shadow(scenario, plan, sim.outlook(scenario))}


def changed(scenario: Scenario, path: str, **fields: Any) -> Scenario:
    """The scenario with fields of a block replaced, the block given by its dotted path."""
    blocks = [scenario]
    for name in path.split("."):
        blocks.append(getattr(blocks[-1], name))
    block = blocks.pop().model_copy(update=fields)
    for outer, name in zip(reversed(blocks), reversed(path.split(".")), strict=True):
        block = outer.model_copy(update={name: block})
    return block


STOCK_KPIS = {"fill_rate", "store_stock_units", "backorder_units", "order_lines", "store_orders"}


def stock_world(**terms: Any) -> Scenario:
    return shadow_worlds.stores(
        worlds.base_stock(5), **{"skus": 4, "classes": 2, "lead_time_days": 2, **terms}
    )


class TestStockLaw:
    def test_values_of_base_stock(self) -> None:
        """Net stock is 5 less Poisson demand of two days with mean 4."""
        found = expected(stock_world())
        pmf = [math.exp(-4.0) * 4.0**k / math.factorial(k) for k in range(60)]
        left = sum(p * max(5 - k, 0) for k, p in enumerate(pmf))
        assert found["store_stock_units"] == pytest.approx(4 * left)
        assert found["backorder_units"] == pytest.approx(4 * (left - 1.0))
        assert found["order_lines"] == pytest.approx(4 * (1 - math.exp(-2.0)))
        assert found["store_orders"] == pytest.approx(1 - math.exp(-8.0))
        assert "cycle_service_level" not in found, "orders overlap: a cycle may begin with units owed"

    def test_newsvendor(self) -> None:
        goods = {"shelf_life_days": 1}
        found = expected(
            shadow_worlds.stores(worlds.base_stock(3), skus=2, classes=2, unmet="lost", sku_terms=goods)
        )
        pmf = [math.exp(-2.0) * 2.0**k / math.factorial(k) for k in range(60)]
        left = sum(p * max(3 - k, 0) for k, p in enumerate(pmf))
        assert found["fill_rate"] == pytest.approx((3 - left) / 2)
        assert found["waste_share"] == pytest.approx(left / 3)
        assert found["cycle_service_level"] == pytest.approx(sum(pmf[:4]))

    @pytest.mark.parametrize(
        "terms",
        [
            {"demand": {"shock": {"standard_deviation": 0.2}}},
            {"demand": {"patterns": [{"weekday_factors": (1, 1, 1, 1, 1, 2, 2)}]}},
            {"demand": {"process": {"kind": "constant"}}},
            {"warm_up_days": 3},
            {"network": {"distribution_centres": [{"id": "DC"}]}},
            {"class_terms": {"substitution": {"acceptance": 0.5}}},
            {"class_terms": {"customer_returns": {"probability": 0.1}}},
            {"policy": {"minimum_order": {"units": 5}}},
            {"policy": {"transport": {"delivery_hour": 20.0}}},
            {"policy": {"emergency_orders": [{"trigger": {"units": 1}, "cover": {"units": 4}}]}},
            {"unmet": "lost"},
            {"sku_terms": {"shelf_life_days": 5}},
            {"mode": {"kind": "days_of_cover", "cover_days": 3}},
            {"initial": {"store_days_of_demand": 200.0}},
        ],
    )
    def test_outside_its_regime_it_says_nothing(self, terms: dict[str, Any]) -> None:
        assert expected(stock_world()).keys() >= STOCK_KPIS
        mode = terms.pop("mode", worlds.base_stock(5))
        scenario = shadow_worlds.stores(mode, **{"skus": 4, "classes": 2, "lead_time_days": 2, **terms})
        assert not expected(scenario).keys() & STOCK_KPIS


class TestQueueLaws:
    def world(self, work: dict[str, Any] | None = None, people: int = 3, **terms: Any) -> Scenario:
        stream = queues.stream("web", 0.7, work or queues.exponential(2.5), **terms.pop("stream", {}))
        return queues.queue_world([stream], people, 30, **terms)

    def test_a_row_of_the_books(self) -> None:
        found = expected(self.world())
        assert found["picker_utilisation"] == pytest.approx(1.75 / 3)
        assert found["stream_wait_minutes"] == pytest.approx(queues.mmc_wait(3, 0.7, 2.5))
        assert found["stream_orders"] == pytest.approx(1008.0)

    @pytest.mark.parametrize(
        ("terms", "kept"),
        [
            ({"work": {"kind": "gamma", "mean": 2.5, "cv": 0.5}}, {"stream_orders", "picker_utilisation"}),
            ({"shift": {"start_hour": 8, "hours": 8}}, {"stream_orders"}),
            ({"shift": {"start_hour": 0, "hours": 24, "break_minutes": 30}}, {"stream_orders"}),
            ({"stream": {"hourly_profile": (0.0,) * 12 + (2.0,) * 12}}, {"stream_orders"}),
            ({"people": 1}, {"stream_orders"}),
        ],
        ids=["work", "shift", "break", "profile", "overload"],
    )
    def test_outside_its_regime_it_says_less(self, terms: dict[str, Any], kept: set[str]) -> None:
        laws = {"stream_orders", "picker_utilisation", "stream_wait_minutes"}
        assert expected(self.world(**terms)).keys() & laws == kept

    def test_without_a_warm_up_queues_are_not_in_their_steady_state(self) -> None:
        found = expected(changed(self.world(), "horizon", warm_up_days=0)).keys()
        assert "stream_orders" in found and not found & {"stream_wait_minutes", "picker_utilisation"}

    def test_relaxation(self) -> None:
        """1 / (mu (1 - sqrt(rho))^2) minutes for one server with rho = 1/4: four times the work."""
        assert relaxation_days(10.0, 1.0, 1, 0.25) == pytest.approx(40.0 / 1440.0)
        assert relaxation_days(10.0, 1.0, 2, 2.0) == math.inf
        assert has_settled(5, 1.0) and not has_settled(4, 1.0)


class TestContactLaws:
    def world(self, patience: float = 0.0, **terms: Any) -> Scenario:
        return call_centre(
            [calls("all", 1.0, 4.0, patience)], 6, 30, **{"horizon": {"warm_up_days": 2}, **terms}
        )

    def test_patient_callers(self) -> None:
        found = expected(self.world())
        assert found["answer_seconds"] == pytest.approx(60.0 * queues.mmc_wait(6, 1.0, 4.0))
        assert found["agent_utilisation"] == pytest.approx(4.0 / 6.0)
        drain = 6 / 4.0 - 1.0
        level = 1.0 - queues.erlang_c(6, 4.0) * math.exp(-drain * 20.5 / 60.0)
        assert found["answer_level"] == pytest.approx(level)

    def test_waits_of_those_who_are_answered(self) -> None:
        """With as much patience as work callers present are a Poisson number, as in M/M/infinity.

        Who finds k waiting before him goes through k + 1 exponential stages; in each somebody before him leaves, or he
        gives up. How long a stage takes does not depend on how it ends.
        """
        found = expected(self.world(patience=4.0))
        present = [math.exp(-4.0) * 4.0**k / math.factorial(k) for k in range(80)]
        queue = sum(max(k - 6, 0) * p for k, p in enumerate(present))
        assert found["abandonment_share"] == pytest.approx(queue / 4.0)
        assert found["agent_utilisation"] == pytest.approx((4.0 - queue) / 6.0)
        waits = 0.0
        for ahead in range(60):
            stages = [(6 + number) / 4.0 for number in range(ahead + 1)]
            answered = math.prod(rate / (rate + 0.25) for rate in stages)
            waits += present[6 + ahead] * answered * sum(1 / (rate + 0.25) for rate in stages)
        assert found["answer_seconds"] == pytest.approx(60.0 * waits / (1.0 - queue / 4.0), rel=1e-6)

    @pytest.mark.parametrize(
        "terms",
        [
            {"shift": {"start_hour": 8, "hours": 10}},
            {"centre": {"call_streams": [calls("a", 1.0, 4.0, hourly_profile=(2.0,) * 12 + (0.0,) * 12)]}},
        ],
    )
    def test_outside_its_regime_it_only_counts_calls(self, terms: dict[str, Any]) -> None:
        found = expected(self.world(**terms)).keys()
        assert "contacts_per_day" in found
        assert not found & {"answer_seconds", "answer_level", "agent_utilisation"}


class TestPeopleAndBase:
    def test_absence(self) -> None:
        """Illnesses of three days that begin on a fifth of days: absent unless none began on three days."""
        scenario = service_world(
            days=28, service={"people": {"absence": {"episodes_per_year": 73.0, "length_days": constant(3)}}}
        )
        assert scenario.service is not None
        assert absent_share(scenario.service.people.absence) == pytest.approx(1 - 0.8**3)
        assert expected(scenario)["absence_share"] == pytest.approx(1 - 0.8**3)

    def test_hazards_add_up(self) -> None:
        kinds = {
            "weibull": ({"kind": "weibull", "shape": 2.0, "scale_years": 2.0}, 0.25),
            "constant": ({"kind": "constant", "per_year": 0.3}, 0.3),
            "bathtub": (
                {"kind": "bathtub", "early_per_year": 1.2, "early_months": 12.0, "chance_per_year": 0.1,
                 "wear_out_shape": 3.0, "wear_out_scale_years": 10.0},
                1.2 * (1 - math.exp(-1.0)) + 0.1 + 0.001,
            ),
        }  # fmt: skip
        for terms, after_a_year in kinds.values():
            world = service_world(days=10, products=[product(hazard=terms)], modes=[mode()])
            assert world.service is not None
            assert cumulative(world.service.products[0].hazard, 365.0) == pytest.approx(after_a_year)

    def test_constant_hazard_is_its_own_rate(self) -> None:
        world = service_world(
            days=10, products=[product(per_year=0.7)], modes=[mode()], base=[installed(100)]
        )
        assert expected(world)["failure_rate_per_year"] == pytest.approx(0.7)

    def test_scrappage_changes_the_mix_of_ages(self) -> None:
        terms = {
            "hazard": {"kind": "weibull", "shape": 2.0, "scale_years": 2.0},
            "scrappage": {"kind": "constant", "per_year": 0.1},
        }
        world = service_world(days=10, products=[product(**terms)], modes=[mode()], base=[installed(100)])
        assert "failure_rate_per_year" not in expected(world)


class TestSupplierLaws:
    def test_stated_terms(self) -> None:
        found = expected(shadow_worlds.inspection())
        assert found["supplier_defects_ppm"] == 3e4
        assert found["inspection_rejected_share"] == pytest.approx(1 - 0.97**20)
        assert "supplier_lead_time_days" not in found, "what is sent again takes longer"
        assert expected(shadow_worlds.purchases())["supplier_lead_time_days"] == pytest.approx(4.0, rel=0.02)

    @pytest.mark.parametrize(
        "sourcing",
        [
            {"inspection": [{"sample_units": 200, "accept_at_most": 0}]},
            {"inspection": [{"sample_units": 20, "accept_at_most": 1}]},
        ],
    )
    def test_lots_below_the_sample_have_no_closed_form(self, sourcing: dict[str, Any]) -> None:
        assert "inspection_rejected_share" not in expected(shadow_worlds.purchases(**sourcing))

    def test_suppliers_who_learn(self) -> None:
        assert "supplier_defects_ppm" not in expected(shadow_worlds.purchases(quality_feedback=True))


@pytest.mark.parametrize(
    "change",
    [
        lambda s: changed(s, "policy.service.parts", continuous_review=False),
        lambda s: changed(s, "policy.service.parts", courier=True),
        lambda s: changed(s, "service.parts", shrinkage_per_year=0.1),
        lambda s: changed(s, "horizon", warm_up_days=10),
    ],
)
def test_parts_outside_their_regime(change: Callable[[Scenario], Scenario]) -> None:
    world = shadow_worlds.spare_parts()
    assert "part_fill_station" in expected(world)
    assert "part_fill_station" not in expected(change(world))


def test_a_study_gets_its_shadow() -> None:
    """The stand-in engine draws 50 units per store and class and day, which no scenario asked for."""
    scenario = tiny_scenario(horizon={"days": 28})
    plan = optimize.plan(scenario)
    found = with_shadow(replicate(scenario, plan, replications=6, jobs=1, simulate=fake_simulate), plan)
    demand = next(shade for shade in found.shadow if shade.expected.kpi == "demand_units")
    assert demand.is_flagged and demand.expected.value == pytest.approx(36.0)
    assert demand.mean == pytest.approx(found.intervals["demand_units"].mean)


class TestFieldLaws:
    LAWS = frozenset({"service_requests", "response_hours", "service_backlog"})

    def test_littles_law_on_the_backlog(self) -> None:
        """A job every four minutes that takes five, two technicians: Erlang C, and rate x time for who is there."""
        found = expected(shadow_worlds.jobs_at_the_door())
        wait = queues.mmc_wait(2, 0.25, 5.0)
        assert found["response_hours"] == pytest.approx(wait / 60.0)
        assert found["service_backlog"] == pytest.approx(0.25 * (wait + 5.0))

    @pytest.mark.parametrize(
        ("path", "fields"),
        [
            ("loops", {"morale": True}),
            ("policy.service.dispatch", {"overtime_minutes": 60.0}),
            ("policy.service.dispatch", {"area": "pooled"}),
            ("policy.service.workforce", {"training_days_per_year": 5.0}),
            ("service.repair", {"absent_share": 0.1}),
            ("horizon", {"warm_up_days": 0}),
        ],
    )
    def test_outside_its_regime_it_only_counts_jobs(self, path: str, fields: dict[str, Any]) -> None:
        found = expected(changed(shadow_worlds.jobs_at_the_door(), path, **fields))
        assert found.keys() & self.LAWS == {"service_requests"}


@pytest.fixture(scope="module")
def study() -> Study:
    made = invented_study("shaded", stores=2, skus=4, days=28, warm_up_days=7)
    values = {kpi: made.values(kpi) for kpi in ("demand_units", "fill_rate")}
    laws = [
        Expected("demand_units", float(values["demand_units"].mean()), "sum of means", "always"),
        Expected("fill_rate", 0.5, "a law of stock", "never"),
    ]
    return replace(made, shadow=judge(laws, values))


class TestShown:
    def test_summary_counts_what_is_covered_and_names_what_is_not(self, study: Study) -> None:
        first, second = summary_lines(study)
        assert first.strip() == "1 of 2 closed forms covered, 1 of them to within 10%"
        assert "Fill rate" in second and "50.00%" in second and "a law of stock" in second
        assert "1 of 2 closed forms covered" in study.summary()
        assert summary_lines(replace(study, shadow=())) == []

    def test_rows_of_the_report(self, study: Study) -> None:
        demand, fill = shade_rows(study)
        assert (demand.verdict, demand.is_flagged) == ("covered", False)
        assert (fill.verdict, fill.is_flagged, fill.expected, fill.unit) == ("gap", True, "50.00", "%")
        assert " to " in fill.interval and fill.resolution.endswith("%")

    def test_the_page_shows_them_and_warns(self, study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("study.report.embedding.picture", lambda chart: b"<svg></svg>")
        page = render([study])
        assert "Closed forms beside the simulation" in page and "a law of stock" in page
        assert any("unexplained gap: Fill rate" in text for text in warnings([study], None))
        assert "Closed forms beside the simulation" not in render([replace(study, shadow=())])

    def test_records_for_machines(self, study: Study) -> None:
        demand, fill = as_records(study.shadow)
        assert fill["verdict"] == "gap" and fill["expected"] == 0.5
        assert demand["low"] < demand["expected"] < demand["high"]


def test_demand_that_mark_downs_raise_has_no_closed_form() -> None:
    responses = [{"near_expiry_uplift": 0.5}]
    marks = [{"remaining_days": 1, "discount": 0.3}]
    kpis = {
        (bool(uplift), bool(policy)): set(
            expected(tiny_scenario(demand={"responses": uplift}, policy={"mark_downs": policy}))
        )
        for uplift in ([], responses)
        for policy in ([], marks)
    }
    assert "demand_units" not in kpis[True, True]
    assert all("demand_units" in found for case, found in kpis.items() if case != (True, True))
