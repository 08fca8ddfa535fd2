"""A plan held against the runs: what it promised, what was delivered, and why they differ."""

from study.auditing.evidence import Audit, Contribution, Kept, PromiseAudit
from study.auditing.premises import CANNOT_BE_MADE_TRUE, made_true
from study.auditing.running import Deliver, audit

__all__ = [
    "CANNOT_BE_MADE_TRUE",
    "Audit",
    "Contribution",
    "Deliver",
    "Kept",
    "PromiseAudit",
    "audit",
    "made_true",
]
