import ast
import os
import subprocess
import sys
import time
from pathlib import Path

import numba
import pytest

from sim.kernels import compilation


def test_every_module_of_sim_that_a_kernel_imports_is_hashed():
    sources = {path.resolve() for path in compilation.kernel_sources()}
    root = Path(compilation.__file__).parents[2]
    for source in Path(compilation.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sim."):
                imported = root.joinpath(*str(node.module).split(".")).with_suffix(".py")
                assert imported.resolve() in sources, f"{source.name} imports {node.module}"


def test_digest_changes_with_content_name_and_number_of_files(tmp_path):
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text("x = 1\n")
    other.write_text("y = 1\n")
    before = compilation.source_digest([one, other])
    assert before == compilation.source_digest([one, other])
    seen = {before, compilation.source_digest([one])}
    one.write_text("x = 2\n")
    seen.add(compilation.source_digest([one, other]))
    seen.add(compilation.source_digest([one.rename(tmp_path / "renamed.py"), other]))
    assert len(seen) == 4


def test_cache_folder_is_private_to_the_user(tmp_path, monkeypatch):
    monkeypatch.setattr(compilation, "user_cache_folder", lambda: tmp_path)
    folder = compilation.cache_folder("abc")
    assert folder == tmp_path / "dualedge" / "kernels-abc"
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="POSIX permissions")
def test_a_folder_that_others_may_write_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(compilation, "user_cache_folder", lambda: tmp_path / "home")
    monkeypatch.setattr(compilation.tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    shared = tmp_path / "home" / "dualedge"
    shared.mkdir(parents=True)
    shared.chmod(0o777)
    folder = compilation.cache_folder("abc")
    assert folder == tmp_path / "tmp" / f"dualedge-{os.getuid()}" / "kernels-abc"


def test_without_any_usable_folder_a_new_temporary_one_is_made(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setattr(compilation, "user_cache_folder", lambda: blocked)
    monkeypatch.setattr(compilation.tempfile, "gettempdir", lambda: str(blocked))
    monkeypatch.setattr(compilation.tempfile, "mkdtemp", lambda prefix: str(tmp_path / prefix))
    assert compilation.cache_folder("abc") == tmp_path / "dualedge-"


def test_only_old_kernel_folders_are_removed(tmp_path):
    current, old, recent, foreign = (
        tmp_path / name for name in ("kernels-now", "kernels-old", "kernels-recent", "results-old")
    )
    for folder in (current, old, recent, foreign):
        folder.mkdir()
    long_ago = time.time() - 31 * 86_400
    for folder in (current, old, foreign):
        os.utime(folder, (long_ago, long_ago))
    compilation.remove_old_folders(current)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "kernels-now",
        "kernels-recent",
        "results-old",
    ]


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
