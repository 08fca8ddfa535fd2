import ast
import os
import subprocess
import sys
from pathlib import Path

import numba

from sim.kernels import compilation


def test_every_module_of_sim_that_a_kernel_imports_is_hashed():
    sources = {path.resolve() for path in compilation.kernel_sources()}
    root = Path(compilation.__file__).parents[2]
    for source in Path(compilation.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sim."):
                imported = root.joinpath(*str(node.module).split(".")).with_suffix(".py")
                assert imported.resolve() in sources, f"{source.name} imports {node.module}"


def test_marker_tells_whether_kernels_are_compiled(tmp_path, monkeypatch):
    monkeypatch.setattr(compilation, "CACHE_FOLDER", tmp_path / "kernels-abc")
    assert not compilation.is_compiled()
    compilation.mark_compiled()
    assert compilation.is_compiled()


def test_a_marker_that_cannot_be_written_is_no_error(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setattr(compilation, "CACHE_FOLDER", blocked / "inside")
    compilation.mark_compiled()
    assert not compilation.is_compiled()


def test_decorating_leaves_the_settings_of_numba_alone():
    settings = numba.config
    before = settings.CACHE_DIR

    @compilation.kernel
    def twice(x: int) -> int:
        return 2 * x

    assert before == settings.CACHE_DIR
    assert twice(21) == 42
    assert Path(twice.stats.cache_path).parent == compilation.CACHE_FOLDER


def test_a_folder_given_by_the_user_is_respected(tmp_path):
    program = (
        "import numpy as np; from sim.kernels.philox import philox4x32; from sim.kernels import compilation;"
        "print(philox4x32(*[np.uint32(0)] * 6)[0], compilation.CACHE_FOLDER)"
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(compilation.__file__).parents[2],
    )
    word, folder = ran.stdout.split()
    assert int(word) == 0x6627E8D5
    assert Path(folder).parent == tmp_path
    assert list(Path(folder).rglob("*.nbi")), "nothing was kept on disk"


def test_kernels_that_python_calls_are_called_with_no_plain_number_by_others():
    """A constant in a call of a kernel is a type of its own, for which it would be compiled once more."""
    folder = Path(compilation.__file__).parent
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in folder.parent.rglob("*.py")}
    calls = [
        (path, node)
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    bound = {ast.unparse(call.args[0]) for _, call in calls if call.func.id == "bound"}
    assert "run_stores" in bound
    for path, call in calls:
        if path.parent == folder and call.func.id in bound:
            plain = [ast.unparse(argument) for argument in call.args if isinstance(argument, ast.Constant)]
            assert not plain, f"{path.name}:{call.lineno} calls {call.func.id} with {plain}"
