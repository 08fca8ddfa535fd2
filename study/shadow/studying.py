"""The shadow of a study: closed forms of its scenario beside the KPIs of its replications."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from study.shadow.collecting import shadow
from study.shadow.judging import judge

if TYPE_CHECKING:
    from scenarios import Plan
    from study.evidence import Study


def with_shadow(study: Study, plan: Plan) -> Study:
    """The study with every closed form that holds in its scenario.

    Args:
        study: finished or interrupted.
        plan: that it was run under.
    """
    import sim

    # No law asks what is expected of after-sales service and centres, which takes longest to work out.
    goods_alone = study.scenario.model_copy(update={"service": None, "depot": None})
    expected = shadow(study.scenario, plan, sim.outlook(goods_alone))
    values = {each.kpi: study.values(each.kpi) for each in expected if each.kpi in study.intervals}
    return replace(study, shadow=judge(expected, values))


__all__ = ["with_shadow"]
