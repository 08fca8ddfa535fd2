"""Whether visits were driven by whom the rota names: column `rank` of the table `rota_visits`."""

from __future__ import annotations

SOMEBODY_ELSE = -1
"""Somebody was named, and somebody else went."""
NOBODY_NAMED = -2
