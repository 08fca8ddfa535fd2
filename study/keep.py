"""Of which replications event tables are kept; apart, so that the command line starts fast."""

from __future__ import annotations

from enum import StrEnum


class Keep(StrEnum):
    """Of which replications the event tables and panels are kept."""

    ALL = "all"
    FIRST = "first"
    NONE = "none"

    def wants(self, replication: int) -> bool:
        """Whether those of this replication are kept."""
        return self is Keep.ALL or (self is Keep.FIRST and replication == 0)
