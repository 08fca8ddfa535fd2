"""How hard generated scenarios are tried: the same ones every time on a build server, new ones at a desk.

Making a failing scenario smaller takes minutes, so it is left to the desk.
"""

import os

from hypothesis import HealthCheck, Phase, settings

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile("desk", deadline=None, max_examples=20, suppress_health_check=_SLOW)
settings.register_profile(
    "ci",
    settings.get_profile("desk"),
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    print_blob=True,
)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
