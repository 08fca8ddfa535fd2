"""Skill matrices: each rule where it bites and where it does not, and what is said when nobody qualifies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optimize.routing.tours.skills import NobodyReason, Qualification, SkillDemands, Staff, qualify

LEVELS = [[3, 0], [2, 1], [1, 2]]
"""Three people, electrics and gas."""


def answer(levels: Any = LEVELS, factor: Any = None, **demands: Any) -> Qualification:
    names = ("electrics", "gas")
    staff = Staff(levels, np.ones(len(levels)) if factor is None else factor, names)
    given = {"work_seconds": [3_600], "required": [[0, 0]]} | demands
    return qualify(staff, SkillDemands(**given))


class TestWhoMay:
    def test_everybody_where_nothing_is_asked_for(self) -> None:
        assert answer().allowed.all()
        assert answer().unqualified == ()

    @pytest.mark.parametrize(("level", "able"), [(1, [1, 1, 1]), (2, [1, 1, 0]), (3, [1, 0, 0])])
    def test_a_level_is_asked_for(self, level: int, able: list[int]) -> None:
        assert answer(required=[[level, 0]]).allowed[:, 0].tolist() == [bool(one) for one in able]

    def test_two_skills_together(self) -> None:
        assert answer(required=[[2, 1]]).allowed[:, 0].tolist() == [False, True, False]

    def test_excluded_by_a_skill_from_a_level_on(self) -> None:
        found = answer(excluded_from_level=[[2, 0]])
        assert found.allowed[:, 0].tolist() == [False, False, True]

    def test_excluded_by_name(self) -> None:
        found = answer(excluded_people=np.array([[True, False, False]]))
        assert found.allowed[:, 0].tolist() == [False, True, True]

    def test_people_in_another_order_give_the_same_rows_in_that_order(self) -> None:
        order = [2, 0, 1]
        demands = {"required": [[2, 0]], "preferred": [[3, 1]], "cost_below_preferred": [[5.0, 2.0]]}
        plain, turned = answer(**demands), answer([LEVELS[row] for row in order], **demands)
        assert (plain.allowed[order] == turned.allowed).all()
        assert (plain.extra_cost[order] == turned.extra_cost).all()


class TestCostAndTime:
    def test_missing_levels_are_paid_for(self) -> None:
        found = answer(preferred=[[3, 1]], cost_below_preferred=[[10.0, 4.0]])
        assert found.extra_cost[:, 0].tolist() == [4.0, 10.0, 20.0]

    def test_more_than_preferred_costs_nothing(self) -> None:
        assert not answer(preferred=[[1, 0]], cost_below_preferred=[[10.0, 10.0]]).extra_cost.any()

    def test_own_speed(self) -> None:
        found = answer(factor=[1.0, 0.5, 2.0])
        assert found.service_seconds[:, 0].tolist() == [3_600, 1_800, 7_200]


class TestNobody:
    def test_a_level_that_nobody_has(self) -> None:
        found = answer([[2, 0], [1, 0]], required=[[3, 0]]).unqualified[0]
        assert found.reason is NobodyReason.LEVEL
        assert found.relaxation == "level 3 in electrics: one technician has 2"

    def test_skills_that_nobody_has_together(self) -> None:
        found = answer(required=[[3, 2]]).unqualified[0]
        assert found.reason is NobodyReason.COMBINATION
        # the second lacks levels in both skills; the first and the third two levels in one; the first goes first
        assert found.relaxation == "level 2 in gas: one technician has none"

    def test_all_who_could_are_excluded(self) -> None:
        found = answer(required=[[3, 0]], excluded_people=np.array([[True, False, False]])).unqualified[0]
        assert found.reason is NobodyReason.EXCLUDED
        # letting him come gives up no level
        assert found.relaxation == "excluded by name: one technician is"

    def test_several_are_as_near(self) -> None:
        found = answer([[2, 0], [2, 0]], required=[[3, 0]]).unqualified[0]
        assert found.relaxation == "level 3 in electrics: 2 technicians have 2"

    def test_only_an_exclusion_is_in_the_way(self) -> None:
        found = answer([[3, 0]], excluded_from_level=[[2, 0]]).unqualified[0]
        assert found.reason is NobodyReason.EXCLUDED
        assert found.relaxation == "excluded from level 2 in electrics: one technician has 3"

    def test_no_staff(self) -> None:
        found = answer(np.zeros((0, 2))).unqualified[0]
        assert found.reason is NobodyReason.NO_STAFF

    def test_the_relaxation_is_enough(self) -> None:
        """Giving up what it names lets somebody come, and one level less does not."""
        assert answer([[2, 0]], required=[[2, 0]]).allowed.any()
        assert not answer([[2, 0]], required=[[3, 0]]).allowed.any()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"required": [[-1, 0]]}, "required holds -1"),
        ({"required": [[float("nan"), 0]]}, "required holds nan"),
        ({"required": [[1.5, 0]]}, r"required holds 1\.5"),
        ({"required": [[1]]}, r"required has shape \(1, 1\), not \(any, 2\)"),
        ({"work_seconds": [float("inf")]}, "work_seconds holds inf"),
        ({"work_seconds": [1, 2]}, r"work_seconds has shape \(2,\)"),
        ({"cost_below_preferred": [[float("nan"), 0]]}, "cost_below_preferred holds nan"),
        ({"cost_below_preferred": [[-1.0, 0]]}, "cost_below_preferred holds -1"),
        ({"excluded_people": np.array([[1, 0, 0]])}, "excluded_people holds int64"),
        ({"factor": [1.0, 0.0, 1.0]}, "time_factor holds 0"),
    ],
)
def test_what_is_wrong_is_named(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        answer(**wrong)
