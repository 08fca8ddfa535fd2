"""Evidence that a run reproduces a closed form: an interval that covers it, and would not after a small bug."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim import RunResult
from sim.books import MINOR_PER_MAJOR, Account
from sim.records import Centre, Day
from study.statistics import mean_interval

FloatArray = npt.NDArray[np.float64]

CONFIDENCE = 0.999
WIDEST = 0.0075
"""Half width over truth: an interval wider than this would forgive a bug of two per cent too easily."""


def assert_covers(truth: float, sound: FloatArray, widest: float = WIDEST) -> None:
    """The interval of a mean is narrow and holds the truth.

    Args:
        truth: closed form.
        sound: independent, equally distributed observations of it.
        widest: greatest half width, as a share of the truth.
    """
    interval = mean_interval(sound, CONFIDENCE)
    said = f"{interval.low:.6g} .. {interval.high:.6g}"
    assert interval.low <= truth <= interval.high, f"{truth:.6g} is outside {said}"
    assert interval.half_width <= widest * abs(truth), f"{said} is too wide for {truth:.6g}"


def assert_proves(truth: float, sound: FloatArray, planted: FloatArray, widest: float = WIDEST) -> None:
    """The sound world gives the truth, and the same comparison fails for the world with a planted 2% bug.

    Args:
        truth: closed form of the sound world.
        sound: independent, equally distributed observations of it.
        planted: the same of a world where one input is 2% off while the truth stays.
        widest: greatest half width of the sound interval, as a share of the truth.
    """
    assert_covers(truth, sound, widest)
    bug = mean_interval(planted, CONFIDENCE)
    assert not bug.low <= truth <= bug.high, (
        f"the bug goes unseen: {truth:.6g} in {bug.low:.6g} .. {bug.high:.6g}"
    )


@dataclass(frozen=True)
class Observed:
    """A run seen class by class: classes hold equally many SKUs of one kind, and each is one observation."""

    result: RunResult

    @property
    def days(self) -> int:
        """Days after the warm-up."""
        return len(self.result.panels.day) - self.result.labels.warm_up_days

    @property
    def skus(self) -> FloatArray:
        """(classes,) SKUs in each."""
        return np.bincount(self.result.labels.sku_class).astype(np.float64)

    def rate(self, *measures: Day) -> FloatArray:
        """(classes,) sum of some measures per day, store and SKU."""
        panel = self.result.panels.day[self.result.labels.warm_up_days :]
        total = panel[..., list(measures)].sum(axis=(0, 1, 3))
        return np.asarray(total / (self.days * panel.shape[1] * self.skus))

    def centre_rate(self, *measures: Centre) -> FloatArray:
        """(classes,) sum of some measures of the centre per day and SKU."""
        panel = self.result.panels.centre[self.result.labels.warm_up_days :]
        return np.asarray(panel[..., list(measures)].sum(axis=(0, 1, 3)) / (self.days * self.skus))

    def cost_rate(self, *accounts: Account) -> FloatArray:
        """(classes,) balance of some accounts of the ledger per day and SKU, all places together, in money."""
        ledger = self.result.ledger[self.result.labels.warm_up_days :, :, :-1]
        total = ledger[..., [int(account) for account in accounts]].sum(axis=(0, 1, 3))
        return np.asarray(total / (MINOR_PER_MAJOR * self.days * self.skus))
