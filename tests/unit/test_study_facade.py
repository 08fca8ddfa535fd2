import subprocess
import sys
from pathlib import Path

import pytest

import study
from study import backtesting


def test_every_public_name_is_there():
    assert all(callable(getattr(study, name)) for name in study.__all__)


def test_back_tests_are_public_like_runs_and_comparisons():
    for name in ("backtest", "Backtest", "read_actuals", "Actuals", "OrderSource"):
        assert name in study.__all__
        assert getattr(study, name) is getattr(backtesting, name)


def test_an_unknown_name_is_refused():
    with pytest.raises(AttributeError, match="replicat"):
        _ = study.replicat


def test_the_facade_itself_loads_nothing():
    script = "import sys; import study; sys.exit(sum(name.startswith('study.') for name in sys.modules))"
    root = Path(study.__file__).parents[1]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, check=False).returncode == 0
