"""Facts of the people who do the work: what skill does, how they learn, how they feel, why they leave (section S)."""

from __future__ import annotations

from scenarios.language.base import Model, assumed
from scenarios.language.distributions import Constant, Distribution

LEVELS = 5
"""Levels of a skill."""


class SkillEffects(Model):
    """What a level of skill does at the customer's."""

    minutes_factors: tuple[float, ...] = assumed(
        (1.0,) * LEVELS,
        "level has no effect on time unless given",
        unit="ratio by level",
        min_length=5,
        max_length=5,
    )
    """Time of diagnosis and repair over the average, by level."""
    success_shares: tuple[float, ...] = assumed(
        (1.0,) * LEVELS, "nothing fails unless given", unit="share by level", min_length=5, max_length=5
    )
    """Repairs that hold when the technician leaves, by level; the others need another visit."""
    relapse_factors: tuple[float, ...] = assumed(
        (1.0,) * LEVELS, "level has no effect unless given", unit="ratio by level", min_length=5, max_length=5
    )
    """Repairs that fail again within the guarantee, over `repair.relapse_share`, by level."""


class Learning(Model):
    """Learning by doing, with `loops.skill` (Wright 1936: time falls by the same share with each doubling)."""

    progress_ratio: float = assumed(
        0.9, "assumption: a tenth less time with each doubling", unit="ratio", gt=0.5, le=1
    )
    """Time after a doubling of experience over the time before."""
    reference_jobs: float = assumed(500.0, "assumption: half a year", unit="jobs", gt=0)
    """Experience at which times are as `minutes_factors` say."""
    least_factor: float = assumed(0.8, "assumption", unit="ratio", gt=0, le=1)
    """Times do not fall below this by experience."""
    jobs_per_level: float = assumed(1_000.0, "assumption: a year", unit="jobs", gt=0)
    """Jobs of a skill after which its level rises by one; a day of training counts as some in the weakest skill."""
    jobs_per_training_day: float = assumed(25.0, "assumption: a week's work", unit="jobs", ge=0)
    """Experience that a day of training is worth."""


class Absence(Model):
    """Days on which people are ill: unforeseen, and paid."""

    episodes_per_year: float = assumed(
        0.0, "never ill unless given", unit="episodes per person and year", ge=0
    )
    """Illnesses; one begins on any day with the same probability."""
    length_days: Distribution = assumed(
        Constant(kind="constant", value=3), "assumption: three days", unit="days"
    )
    """How long one lasts, whole days, at most 120."""


class Morale(Model):
    """Morale between 0 and 1, with `loops.morale`: it moves every week towards what people find (mechanism T14)."""

    starts_at: float = assumed(0.7, "assumption", unit="share", ge=0, le=1)
    """On the first day, and of recruits; without the loop, always. Morale is how customers are treated."""
    weeks: float = assumed(8.0, "assumption: two months", unit="weeks", gt=0, le=520)
    """Time in which a difference falls to 37 %."""
    neutral: float = assumed(0.7, "assumption", unit="share", ge=0, le=1)
    """Where it moves when nothing is out of the ordinary."""
    utilisation_bearable: float = assumed(0.85, "assumption", unit="share", ge=0, le=1)
    """Driving and work over shift time above which it suffers."""
    per_utilisation: float = assumed(1.0, "assumption", unit="per unit of utilisation above", ge=0, le=20)
    """Loss for each unit of utilisation above that."""
    per_overtime: float = assumed(1.5, "assumption", unit="per unit of overtime share", ge=0, le=20)
    """Loss for each unit of overtime over shift time."""
    per_pay: float = assumed(0.5, "assumption", unit="per unit of pay factor above 1", ge=0, le=20)
    """Gain for each unit of `policy.service.workforce.pay_factor` above 1, loss below."""
    per_incentive: float = assumed(0.1, "assumption", unit="per unit of incentive share", ge=0, le=20)
    """Gain for incentives, by their share of the wage."""
    per_security: float = assumed(0.1, "assumption", ge=0, le=20)
    """Gain at full job security."""
    per_training: float = assumed(0.01, "assumption", unit="per training day a year", ge=0, le=1)
    """Gain for each day of training a year."""
    minutes_at_zero: float = assumed(1.2, "assumption: a fifth slower", unit="ratio", ge=1, le=5)
    """Time of work at morale 0 over that at `neutral`; straight between, and beyond."""
    success_at_zero: float = assumed(0.9, "assumption", unit="ratio", gt=0, le=1)
    """Success share at morale 0 over that at `neutral`."""


class Attrition(Model):
    """People who leave, with `loops.attrition`."""

    per_year: float = assumed(0.1, "assumption", unit="per person and year", ge=0, le=10)
    """Hazard of giving notice at neutral morale."""
    morale_sensitivity: float = assumed(3.0, "assumption", ge=0, le=50)
    """The hazard is multiplied by exp(sensitivity x (neutral - morale))."""
    notice_days: int = assumed(30, "assumption: a month", unit="days", ge=0, le=365)
    """From notice to the last day."""
    hiring_days: Distribution = assumed(
        Constant(kind="constant", value=45), "assumption: six weeks", unit="days"
    )
    """From notice to the first day of the one who follows."""
    recruit_jobs: float = assumed(50.0, "assumption", unit="jobs", ge=0)
    """Experience of a recruit."""
    recruit_level_loss: int = assumed(1, "assumption: one level below", ge=0, le=4)
    """Levels by which a recruit is below the one who left."""
    cost_per_hire: float = assumed(0.0, "free unless given", unit="money per hire", ge=0)
    """Finding and taking on somebody."""


class People(Model):
    """How technicians work, learn, feel and leave."""

    skill: SkillEffects = assumed(SkillEffects(), "see its fields")
    """What skill does."""
    learning: Learning = assumed(Learning(), "see its fields")
    """Learning by doing; needs `loops.skill`."""
    absence: Absence = assumed(Absence(), "see its fields")
    """Illness."""
    morale: Morale = assumed(Morale(), "see its fields")
    """Morale; needs `loops.morale`."""
    attrition: Attrition = assumed(Attrition(), "see its fields")
    """Leaving; needs `loops.attrition`."""


class Loops(Model):
    """Feedback loops that can be switched on one by one (mechanism T7); off, people stay as they are."""

    skill: bool = assumed(False, "off")
    """Experience makes technicians faster and better."""
    morale: bool = assumed(False, "off")
    """Workload and conditions move morale, morale moves speed, success and manner."""
    attrition: bool = assumed(False, "off")
    """People leave, the more the lower their morale, and are replaced."""


__all__ = [
    "LEVELS", "Absence", "Attrition", "Learning", "Loops", "Morale", "People", "SkillEffects",
]  # fmt: skip
