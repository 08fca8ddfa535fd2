"""The pages of the documentation that are generated, so that they cannot go stale."""

from __future__ import annotations

import scenarios


def generated_pages() -> dict[str, str]:
    """File name in `docs/` -> text."""
    return {
        "kpis.md": scenarios.kpi_reference_markdown(),
        "scenario-reference.md": scenarios.reference_markdown(scenarios.Scenario),
        "facts-and-policy.md": scenarios.fact_policy_markdown(scenarios.Scenario),
    }
