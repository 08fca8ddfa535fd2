"""Suppliers, carriers and partners of a scenario: what is planned, written, read back, edited and checked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optimize
from optimize import FieldOutlook, Outlook, PlanningError, check_plan
from optimize.sourcing.carrier_planning import shares_given
from optimize.sourcing.carriers import CarrierTerms
from optimize.sourcing.supplier_facts import expected_scores, lead_time, list_prices
from scenarios import (
    Basis,
    HiredCarrier,
    PartnersUsed,
    Plan,
    Scenario,
    ScenarioError,
    SingleSource,
    SolveStatus,
    SourcingRule,
    SplitSources,
    SupplierShare,
    load_plan,
)
from study.plan_files import write_plan
from tests.factory import merged, tiny_scenario
from tests.planned_worlds import flat_outlook
from tests.service_worlds import STATION, job_stream, service_world

ONE = "policy.optimised.sourcing"
NEAR: dict[str, Any] = {"id": "NEAR", "lead_time_days": {"kind": "constant", "value": 2}}
FAR: dict[str, Any] = {"id": "FAR", "lead_time_days": {"kind": "gamma", "mean": 5, "cv": 0.4}}
SKUS = [
    {"sku_id": name, "class_id": "FOOD", "price": 10.0, "purchase_cost": 6.0, "supplier_id": "NEAR"}
    for name in "ABC"
]


def buying(*changes: dict[str, Any], suppliers: dict[str, Any] | None = None) -> Scenario:
    """NEAR sells A, B and C at 6, FAR sells A and B at 5; 10 units of each a day at each of two stores."""
    base: dict[str, Any] = {
        "network": {
            "suppliers": [NEAR, FAR],
            "supply": [{"sku_id": name, "supplier_id": "FAR", "purchase_cost": 5.0} for name in "AB"],
            "stores": [{"store_id": "S1"}, {"store_id": "S2"}],
        },
        "assortment": {"classes": [{"id": "FOOD"}], "skus": SKUS},
        "demand": {"mean_units_per_day": 10.0},
        "policy": {"optimised": {"sourcing": {"suppliers": suppliers or {}}}},
    }
    for change in changes:
        base = merged(base, change)
    return tiny_scenario(**base)


def planned(scenario: Scenario, outlook: Outlook | None = None) -> Plan:
    """The plan; the independent check has passed it."""
    return optimize.plan(scenario, outlook=outlook or flat_outlook(scenario))


def shares(plan: Plan) -> dict[str, dict[str, float]]:
    """Shares of suppliers by SKU that a rule names."""
    found: dict[str, dict[str, float]] = {}
    for rule in plan.decisions.sourcing_rules or ():
        for sku in rule.scope.skus or ("*",):
            if isinstance(rule.mode, SingleSource):
                found[sku] = {rule.mode.supplier: 1.0}
            elif isinstance(rule.mode, SplitSources):
                found[sku] = {share.supplier: share.share for share in rule.mode.shares}
    return found


class TestSuppliers:
    def test_each_sku_comes_from_the_cheaper_and_the_others_from_their_own(self) -> None:
        plan = planned(buying())
        assert shares(plan) == {"A": {"FAR": 1.0}, "B": {"FAR": 1.0}}
        (part,) = [part for part in plan.parts if part.basis is Basis.OPTIMISED]
        assert part.path == f"{ONE}.suppliers"
        assert part.report is not None and part.report.status is SolveStatus.OPTIMAL
        # 20 units a day of three SKUs for 28 days.
        assert part.report.objective == pytest.approx(20 * 28 * (5 + 5 + 6))
        forecasts = {promise.measure: promise.forecast for promise in part.promises}
        assert forecasts["purchase_price_index"] == pytest.approx(16 / 18)
        # A gamma variable in whole days has nearly the mean that it has.
        assert forecasts["supplier_lead_time_days"] == pytest.approx((5 + 5 + 2) / 3, rel=0.01)

    def test_capacity_and_a_second_source(self) -> None:
        two = planned(buying(suppliers={"least_sources": 2, "minimum_share": 0.3}))
        assert shares(two)["A"] == {"NEAR": 0.3, "FAR": 0.7}
        limited = buying({"network": {"suppliers": [NEAR, {**FAR, "capacity_units_per_day": 25}]}})
        found = shares(planned(limited))
        assert found.get("A", {}).get("FAR", 0) + found.get("B", {}).get("FAR", 0) == pytest.approx(1.25)

    def test_volume_discounts_count(self) -> None:
        # All of NEAR's 60 a day reach the step; C and one other do not.
        steps = [{"units": 60 * 28, "discount_share": 0.2}]
        assert (
            shares(planned(buying({"network": {"suppliers": [{**NEAR, "volume_discounts": steps}, FAR]}})))
            == {}
        )
        steps = [{"units": 60 * 28 + 1, "discount_share": 0.2}]
        missed = buying({"network": {"suppliers": [{**NEAR, "volume_discounts": steps}, FAR]}})
        assert shares(planned(missed)) == {"A": {"FAR": 1.0}, "B": {"FAR": 1.0}}

    def test_a_supplier_that_scores_too_little_is_left_out(self) -> None:
        poor = {**FAR, "technology_score": 0.0, "global_support_score": 0.0}
        scenario = buying({"network": {"suppliers": [NEAR, poor]}})
        score = expected_scores(scenario, list_prices(scenario))[1]
        for floor, names in ((score - 1, {"A", "B"}), (score + 1, set())):
            asked = buying({"network": {"suppliers": [NEAR, poor]}}, suppliers={"score_floor": float(floor)})
            assert set(shares(planned(asked))) == names

    def test_defects_cost_what_the_unit_costs_unless_given(self) -> None:
        bad = {"network": {"suppliers": [NEAR, {**FAR, "quality": {"defects_per_million": 150_000}}]}}
        # A seventh of FAR's units are worth less than nothing; at 15 % x 6 = 0.9 it is cheaper still.
        assert set(shares(planned(buying(bad)))) == {"A", "B"}
        assert shares(planned(buying(bad, suppliers={"cost_per_defect": 7.0}))) == {}
        limited = planned(buying(bad, suppliers={"defects_per_million": 50_000}))
        bought = sum(of.get("FAR", 0) for of in shares(limited).values()) * 20
        assert bought * 150_000 / 60 == pytest.approx(50_000, rel=1e-3)
        assert limited.promises[1].measure == "supplier_defects_ppm"

    def test_what_cannot_be_stays_with_its_own_supplier_and_is_told(self) -> None:
        plan = planned(buying(suppliers={"score_floor": 99.0}))
        assert shares(plan) == {}
        part = next(part for part in plan.parts if part.path == f"{ONE}.suppliers")
        assert part.report is not None and part.report.status is SolveStatus.INFEASIBLE
        assert [told.item for told in part.report.unserved] == ["SKU A", "SKU B", "SKU C"]

    def test_the_order_of_suppliers_and_skus_changes_nothing(self) -> None:
        turned = buying({"network": {"suppliers": [FAR, NEAR]}, "assortment": {"skus": SKUS[::-1]}})
        here, there = planned(buying()), planned(turned)
        assert shares(here) == shares(there)
        assert here.promises == there.promises

    def test_rules_take_the_place_of_those_of_the_policy(self) -> None:
        given = {"rules": [{"mode": {"kind": "split", "shares": [{"supplier": "NEAR", "share": 1.0}]}}]}
        scenario = buying({"policy": {"sourcing": given}})
        assert planned(scenario).decided(scenario).policy.sourcing.rules[0].scope.skus == ("A", "B")

    def test_nobody_to_choose_among(self) -> None:
        with pytest.raises(PlanningError, match="nobody to choose among"):
            planned(buying({"network": {"supply": None}}))

    @pytest.mark.parametrize("per_year", [2.0, 30.0])
    def test_disruptions_lengthen_the_lead_time_by_the_wait_for_a_gap(self, per_year: float) -> None:
        [plain, _] = buying().network.suppliers
        stopped = {"per_year": per_year, "length_days": {"kind": "constant", "value": 8}}
        [often, _] = buying(
            {"network": {"suppliers": [{**NEAR, "disruptions": stopped}, FAR]}}
        ).network.suppliers
        draw = np.random.default_rng(1)
        begins = np.cumsum(draw.exponential(365 / per_year, 400_000))
        moments = draw.uniform(begins[10], begins[-100], 400_000)
        # Goods leave once none has begun for eight days: after the first gap that follows the last one that has.
        gap = np.flatnonzero(np.diff(begins) > 8)
        before = np.searchsorted(begins, moments) - 1
        leaves = begins[gap[np.searchsorted(gap, before)]] + 8
        waiting = np.where(moments - begins[before] < 8, np.maximum(leaves - moments, 0), 0.0)
        assert lead_time(often).mean - lead_time(plain).mean == pytest.approx(waiting.mean(), rel=0.03)
        assert lead_time(often).variance == pytest.approx(waiting.var(), rel=0.03)


def with_part(plan: Plan, **decided: Any) -> Plan:
    """A plan in which something that was solved is decided otherwise."""
    return replace(plan, decisions=plan.decisions.model_copy(update=decided))


def rule(*of_each: tuple[str, float], skus: tuple[str, ...] = ("A", "B")) -> tuple[SourcingRule, ...]:
    """One rule with shares."""
    split = SplitSources(
        kind="split", shares=tuple(SupplierShare(supplier=name, share=share) for name, share in of_each)
    )
    return (SourcingRule.model_validate({"scope": {"skus": skus}, "mode": split}),)


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        (rule(("FAR", 1.0), ("NEAR", 0.02)), "a share of 0.01961 is less than asked for"),
        (rule(("FAR", 0.5), ("NEAR", 0.3), ("POOR", 0.2)), "scores 47.1, less than 50"),
        (rule(("FAR", 1.0)), "1 suppliers are fewer than asked for"),
        (rule(("FAR", 0.9), ("NEAR", 0.1)), "36 units a day are more than it can ship"),
        (rule(("FAR", 0.5), ("NEAR", 0.3), ("OTHER", 0.2)), "3 suppliers are more than asked for"),
        (rule(("FAR", 0.2), ("OTHER", 0.8)), "defects per million exceed 5000"),
        (rule(("FAR", 0.5), ("NEAR", 0.5), skus=("A", "B", "C")), "supplier FAR: does not sell it"),
    ],
)
def test_the_check_finds_shares_that_were_not_asked_for(rules: tuple[SourcingRule, ...], says: str) -> None:
    poor = {"id": "POOR", "technology_score": 0, "global_support_score": 0, "disruptions": {"per_year": 99}}
    other = {"id": "OTHER", "quality": {"defects_per_million": 9_900}, "technology_score": 100}
    rows = [
        {"sku_id": sku, "supplier_id": name, "purchase_cost": 5.0}
        for sku in "AB"
        for name in ("FAR", "POOR", "OTHER")
    ]
    rows.append({"sku_id": "C", "supplier_id": "OTHER", "purchase_cost": 5.0})
    scenario = buying(
        {
            "network": {
                "suppliers": [NEAR, {**FAR, "capacity_units_per_day": 30}, poor, other],
                "supply": rows,
            }
        },
        suppliers={
            "least_sources": 2, "most_sources": 2, "minimum_share": 0.1, "score_floor": 50,
            "defects_per_million": 5_000,
        },
    )  # fmt: skip
    sound, outlook = planned(scenario), flat_outlook(scenario)
    assert check_plan(scenario, sound, outlook) == []
    found = check_plan(scenario, with_part(sound, sourcing_rules=rules), outlook)
    assert any(says in str(finding) for finding in found), [str(finding) for finding in found]


CARRIERS = [
    {"id": "good", "on_time_share": 0.98, "cost_per_drop": 30.0, "cost_per_km": 0.1},
    {"id": "poor", "on_time_share": 0.5, "cost_per_drop": 20.0},
    {"id": "north", "regions": ["N"], "on_time_share": 0.9, "cost_per_drop": 25.0},
]


def hauling(**asked: Any) -> Scenario:
    """Two stores in each of two regions, brought to by three carriers, one of which goes north alone."""
    stores = [
        {"store_id": f"S{number}", "region": "NS"[number % 2], "latitude": 0.1 * number, "longitude": 0.0}
        for number in range(4)
    ]
    return tiny_scenario(
        network={"stores": stores},
        fleet={"carriers": CARRIERS},
        policy={
            "transport": {
                "mode": "fleet",
                "hire": {"carriers": [{"carrier_id": "poor"}], "share_of_drops": 0.5},
            },
            "optimised": {"sourcing": {"carriers": asked}},
        },
    )


class TestCarriers:
    def test_the_cheapest_good_enough_get_the_drops(self) -> None:
        cheap = planned(hauling()).decisions.carriers
        assert cheap == (HiredCarrier(carrier_id="poor", share=1.0),)
        better = planned(hauling(on_time_share=0.8))
        assert {used.carrier_id for used in better.decisions.carriers or ()} == {"good", "north"}

    def test_what_the_policy_cannot_say_is_a_bound_and_no_promise_of_cost(self) -> None:
        plan = planned(hauling(on_time_share=0.8))
        report = plan.parts[-1].report
        assert report is not None and report.objective is not None and report.bound is not None
        # Shares are the same in both regions, so that some of the north goes by the dear one.
        assert report.status is SolveStatus.FEASIBLE
        assert report.bound < report.objective < 1.1 * report.bound

    def test_on_time_is_promised_where_stores_take_goods_at_any_hour(self) -> None:
        (promise,) = planned(hauling()).promises
        assert (promise.measure, promise.forecast) == ("carrier_on_time_share", 0.5)

    def test_one_weight_per_carrier_is_shared_out_among_those_who_go_there(self) -> None:
        terms = CarrierTerms(drops_per_day=[1.0, 1.0], cost_per_drop=[[1.0, 1.0], [1.0, np.inf]])
        given = shares_given(terms, np.array([0.2, 0.6]))
        assert given == pytest.approx(np.array([[0.25, 1.0], [0.75, 0.0]]))

    def test_the_check_finds_carriers_that_were_not_asked_for(self) -> None:
        scenario = hauling(on_time_share=0.8, most_carriers=2)
        plan = planned(scenario)
        late = with_part(plan, carriers=(HiredCarrier(carrier_id="poor"),))
        assert "less often than asked for" in str(check_plan(scenario, late)[0])
        many = with_part(plan, carriers=tuple(HiredCarrier(carrier_id=c) for c in ("good", "north", "poor")))
        assert any("more than asked for" in str(finding) for finding in check_plan(scenario, many))


PARTNERS = [
    {"id": "able", "price_per_job": 90.0, "success_share": 0.9},
    {"id": "cheap", "price_per_job": 60.0, "success_share": 0.7, "minimum_jobs_per_month": 40},
]


def repairing(technicians: int = 1, jobs_per_day: float = 12.0, **asked: Any) -> tuple[Scenario, Outlook]:
    """Jobs of one hour each at one station, and what is to be expected of them."""
    scenario = service_world(
        days=28,
        streams=[job_stream("jobs", jobs_per_day, 60.0)],
        technicians=technicians,
        shift={"start_hour": 8, "hours": 10},
        service={"partners": PARTNERS},
        policy={"optimised": {"sourcing": {"partners": {"own_utilisation": 0.8, **asked}}}},
    )
    one = np.ones(1)
    field = FieldOutlook(
        visits_per_day=np.array([[jobs_per_day]]), on_site_minutes=60 * one, on_site_scv=one,
        travel_minutes=0 * one, level_needed=np.zeros(0, np.int64), part_use_per_day=np.zeros((1, 0)),
    )  # fmt: skip
    return scenario, replace(flat_outlook(scenario), field=field)


class TestPartners:
    def test_partners_get_what_own_technicians_have_no_time_for(self) -> None:
        # 8 of 12 jobs a day fit into 80 % of ten hours; the cheap one is given its minimum by far.
        plan = planned(*repairing())
        assert plan.decisions.partners == PartnersUsed(partner_ids=("cheap",), share_of_jobs=round(4 / 12, 4))
        better = planned(*repairing(success_share=0.8))
        assert better.decisions.partners is not None
        assert better.decisions.partners.partner_ids == ("able",)

    def test_who_asks_for_no_minimum_stays_on_call(self) -> None:
        plan = planned(*repairing(technicians=2))
        assert plan.decisions.partners == PartnersUsed(partner_ids=("able",), share_of_jobs=0.0)

    def test_the_run_works_with_those_of_the_plan(self) -> None:
        scenario, outlook = repairing()
        outsourcing = planned(scenario, outlook).decided(scenario).policy.service.outsourcing
        assert (outsourcing.partner_ids, outsourcing.share_of_jobs) == (("cheap",), 0.3333)

    def test_the_check_finds_partners_that_were_not_asked_for(self) -> None:
        scenario, outlook = repairing(success_share=0.8, most_partners=1)
        plan = planned(scenario, outlook)
        both = with_part(plan, partners=PartnersUsed(partner_ids=("able", "cheap")))
        found = [str(finding) for finding in check_plan(scenario, both)]
        assert any("fewer jobs at the first visit" in told for told in found)
        assert any("more than asked for" in told for told in found)


class TestPlanFiles:
    def test_a_plan_reads_as_it_was_written(self, tmp_path: Path) -> None:
        scenario = buying(suppliers={"least_sources": 2, "minimum_share": 0.3})
        made = planned(scenario)
        (file,) = write_plan(made.decisions, tmp_path / "plan.yaml")
        again = optimize.plan(scenario, decisions=load_plan(file, scenario))
        assert (again.digest, again.parts) == (made.digest, made.parts)

    def test_one_edit_takes_the_promises_of_its_own_part_alone(self, tmp_path: Path) -> None:
        scenario = buying(
            {"fleet": {"carriers": CARRIERS[:2]}, "policy": {"transport": {"mode": "fleet"}}},
        )
        made = planned(scenario)
        assert {promise.measure for promise in made.promises} > {
            "carrier_on_time_share",
            "purchase_price_index",
        }
        (file,) = write_plan(made.decisions, tmp_path / "plan.yaml")
        file.write_text(file.read_text().replace("supplier: FAR", "supplier: NEAR"))
        edited = optimize.plan(scenario, decisions=load_plan(file, scenario))
        assert [promise.measure for promise in edited.promises] == ["carrier_on_time_share"]
        kinds = {part.path: part.kind for part in edited.parts}
        assert kinds[f"{ONE}.suppliers"] == "supplier split, edited by hand"
        assert kinds[f"{ONE}.carriers"] == "carrier mix"

    @pytest.mark.parametrize(
        ("text", "place", "says"),
        [
            ("sourcing_rules:\n  - mode: {kind: single, supplier: FRA}", "3:26", "did you mean `FAR`?"),
            ("sourcing_rules:\n  - mode: {kind: dual}", "3:12", "dual"),
            (
                "sourcing_rules:\n  - scope: {skus: [A, X]}\n    mode: {kind: single, supplier: FAR}",
                "3:23",
                "there is no SKU",
            ),
            (
                "sourcing_rules:\n  - mode: {kind: split, shares: [{supplier: FAR, share: -1}]}",
                "3:50",
                "must be more than 0",
            ),
            (
                "sourcing_rules:\n  - mode: {kind: split, shares: [{supplier: FAR, share: 1}]}",
                "3:25",
                "none of these suppliers sells",
            ),
            ("carriers:\n  - {carrier_id: swift}", "3:6", "there is no carrier"),
            ("partners: {partner_ids: [p]}", "2:1", "there is no `service`"),
            ("partners: {share_of_jobs: 0.5}", "2:1", "partner_ids"),
        ],
    )
    def test_mistakes_are_told_with_their_place(
        self, tmp_path: Path, text: str, place: str, says: str
    ) -> None:
        (tmp_path / "plan.yaml").write_text(f"format: 1\n{text}\n")
        with pytest.raises(ScenarioError) as told:
            load_plan(tmp_path / "plan.yaml", buying())
        assert any(f"plan.yaml:{place}" in str(p) and says in str(p) for p in told.value.problems), told.value

    def test_partners_that_there_are_not(self, tmp_path: Path) -> None:
        (tmp_path / "plan.yaml").write_text(f"format: 1\npartners: {{partner_ids: [{STATION}]}}\n")
        with pytest.raises(ScenarioError, match="there is no partner"):
            load_plan(tmp_path / "plan.yaml", repairing()[0])
