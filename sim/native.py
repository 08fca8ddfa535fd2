"""Which form of the modules that work event by event is in use."""

from pathlib import Path

from sim import clock


def has_native_modules() -> bool:
    """Whether they were compiled when dualedge was installed; results are the same bit for bit, only later without."""
    return Path(clock.__file__).suffix != ".py"
