"""The scored review of partners, which moves their shares (mechanism L7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scenarios import Partner, PartnerReview

_PPM: Final = 1_000_000
_FULL: Final = 10_000
"""A hundred points in hundredths."""
_SHARPNESS: Final = 4
"""Power of the scores to which the suggested shares are proportional."""
_AUDITED: Final = ("communication", "flexibility", "systems", "added_value", "growth")


@dataclass(eq=False, slots=True)
class Standing:
    """What is known of a partner, and its share of the jobs."""

    facts: Partner
    share: float
    jobs: int = 0
    """Jobs done in the period."""
    at_once: int = 0
    """Of these, at the first visit."""
    on_time: int = 0
    """Of these, within the completion promise."""
    quality: float = 1.0
    """As of the last review; nothing bad is supposed of who has not worked yet."""
    punctuality: float = 1.0

    def note(self, *, visits: int, is_on_time: bool) -> None:
        """Take note of a job that is done."""
        self.jobs += 1
        self.at_once += visits == 1
        self.on_time += is_on_time


def review(standings: list[Standing], rules: PartnerReview) -> list[tuple[int, int, int, int, int, int]]:
    """Score the period and move shares towards what the scores suggest.

    Returns:
        For each partner the last columns of its row in `partner_reviews`.
    """
    scores = [_score(standing, rules) for standing in standings]
    powers = [score**_SHARPNESS for score in scores]
    suggested = [power / sum(powers) if sum(powers) > 0 else 1 / len(powers) for power in powers]
    moved = [
        max(rules.least_share, standing.share + rules.step * (share - standing.share))
        for standing, share in zip(standings, suggested, strict=True)
    ]
    rows = []
    for standing, score, share in zip(standings, scores, moved, strict=True):
        before, standing.share = standing.share, share / sum(moved) if sum(moved) > 0 else standing.share
        rows.append(
            (
                standing.jobs, round(standing.quality * _PPM), round(standing.punctuality * _PPM),
                round(score * _FULL), round(before * _PPM), round(standing.share * _PPM),
            )
        )  # fmt: skip
        standing.jobs = standing.at_once = standing.on_time = 0
    return rows


def _score(standing: Standing, rules: PartnerReview) -> float:
    """Weighted mean of quality, punctuality and audit, between 0 and 1."""
    if standing.jobs:
        standing.quality = standing.at_once / standing.jobs
        standing.punctuality = standing.on_time / standing.jobs
    audit = sum(getattr(standing.facts, name) for name in _AUDITED) / (100 * len(_AUDITED))
    total = rules.quality_weight + rules.on_time_weight + rules.audit_weight
    weighted = (
        rules.quality_weight * standing.quality
        + rules.on_time_weight * standing.punctuality
        + rules.audit_weight * audit
    )
    return weighted / total if total > 0 else 1.0
