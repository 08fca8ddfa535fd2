"""A plan as a page: what was decided and how well, what more or less would have bought, where stations serve whom."""

from study.plan_page.writing import write_plan_page

__all__ = ["write_plan_page"]
