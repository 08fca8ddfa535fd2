"""Warnings about spare parts that have no effect; errors stand in `broken_service_parts`."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios import check
from tests.part_worlds import parts_world
from tests.service_worlds import constant

PART = {"part_id": "pump"}
KEPT = {"rules": [{"echelon": "van", "reorder_point_units": 0, "order_up_to_units": 1}]}
BAD = {"quality": {"defects_per_million": 1000}}


def said(policy: dict[str, Any], **world: Any) -> list[tuple[str, str]]:
    """Codes and paths of what is said about parts."""
    problems = check(parts_world(days=5, parts=[PART], policy=policy, **world))
    return [(problem.code, problem.path) for problem in problems if "parts" in problem.path]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({}, ("W601", "policy.service.parts")),
        ({**KEPT, "lateral_transfers": True}, ("W602", "policy.service.parts.lateral_transfers")),
        ({**KEPT, "quality_feedback": True}, ("W602", "policy.service.parts.quality_feedback")),
        ({**KEPT, "inspected_units": 3}, ("W602", "policy.service.parts.inspected_units")),
    ],
)
def test_what_has_no_effect_is_said(policy: dict[str, Any], expected: tuple[str, str]) -> None:
    assert said(policy) == [expected]


def test_a_sample_that_cannot_fail_is_said() -> None:
    policy = {**KEPT, "inspected_units": 2, "accepted_defects": 2}
    assert said(policy, supplier=BAD) == [("W602", "policy.service.parts.accepted_defects")]


def test_a_repair_shop_without_work_is_said() -> None:
    shop = {"repair_shop": {"turnaround_days": constant(3)}}
    assert said(KEPT, supply=shop) == [("W602", "service.parts.repair_shop")]
    assert not said(KEPT)


def test_a_name_of_two_places_is_refused() -> None:
    levels = [{"place_id": "DC", "part_id": "pump", "reorder_point_units": 0, "order_up_to_units": 1}]
    assert not said({"levels": levels})
    twice = parts_world(
        days=5, parts=[PART], policy={"levels": levels}, network={"distribution_centres": [{"id": "ST0"}]}
    )
    codes = [problem.code for problem in check(twice) if problem.path.startswith("policy.service.parts")]
    assert codes == ["E501"], "DC is no longer a place"
    levels = [{**levels[0], "place_id": "ST0"}]
    twice = parts_world(
        days=5, parts=[PART], policy={"levels": levels}, network={"distribution_centres": [{"id": "ST0"}]}
    )
    assert [p.code for p in check(twice) if p.path.startswith("policy.service.parts")] == ["E502"]


def test_parts_that_are_not_modelled_need_no_levels() -> None:
    scenario = parts_world(days=5, parts=[PART], policy=KEPT)
    assert scenario.service is not None
    without = scenario.model_copy(update={"service": scenario.service.model_copy(update={"parts": None})})
    assert [p.code for p in check(without) if "parts" in p.path] == ["W602"]
