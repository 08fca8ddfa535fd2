"""One call draws what a call for each draw would."""

from __future__ import annotations

import numpy as np
import pytest

from sim.kernels.visit_draws import visit_draws
from sim.streams import Purpose, stream_key, uniform, uniform_fraction

PURPOSES = (Purpose.APPOINTMENTS, Purpose.VISITS, Purpose.QUOTES, Purpose.VISIT_TRAVEL)


@pytest.mark.parametrize("entity", [0, 5, 2**32 + 1, 2**63 + 17, 2**64 - 1])
@pytest.mark.parametrize("visit", [0, 1, 2, 3, 4, 11])
def test_draws_are_those_of_their_streams(entity: int, visit: int) -> None:
    appointments, visits, quotes, travel = keys = [stream_key(7, 2, purpose) for purpose in PURPOSES]
    assert visit_draws(np.uint64(entity), np.uint64(visit), np.array(keys, np.uint64)) == (
        uniform_fraction(appointments, entity, visit),
        uniform_fraction(visits, entity, 0, visit),
        uniform_fraction(visits, entity, 1, visit),
        uniform_fraction(quotes, entity, 0),
        uniform(travel, entity, 0, visit),
        uniform(travel, entity, 1, visit),
    )
