import os
import time

import pytest

from optimize import machine_code


def test_digest_changes_with_content_name_and_number_of_files(tmp_path):
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text("x = 1\n")
    other.write_text("y = 1\n")
    before = machine_code.source_digest([one, other])
    assert before == machine_code.source_digest([one, other])
    seen = {before, machine_code.source_digest([one])}
    one.write_text("x = 2\n")
    seen.add(machine_code.source_digest([one, other]))
    seen.add(machine_code.source_digest([one.rename(tmp_path / "renamed.py"), other]))
    assert len(seen) == 4


def test_cache_folder_is_private_to_the_user(tmp_path, monkeypatch):
    monkeypatch.setattr(machine_code, "user_cache_folder", lambda: tmp_path)
    folder = machine_code.cache_folder("kernels-abc")
    assert folder == tmp_path / "dualedge" / "kernels-abc"
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="POSIX permissions")
def test_a_folder_that_others_may_write_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(machine_code, "user_cache_folder", lambda: tmp_path / "home")
    monkeypatch.setattr(machine_code.tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    shared = tmp_path / "home" / "dualedge"
    shared.mkdir(parents=True)
    shared.chmod(0o777)
    folder = machine_code.cache_folder("kernels-abc")
    assert folder == tmp_path / "tmp" / f"dualedge-{os.getuid()}" / "kernels-abc"


def test_without_any_usable_folder_a_new_temporary_one_is_made(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setattr(machine_code, "user_cache_folder", lambda: blocked)
    monkeypatch.setattr(machine_code.tempfile, "gettempdir", lambda: str(blocked))
    monkeypatch.setattr(machine_code.tempfile, "mkdtemp", lambda prefix: str(tmp_path / prefix))
    assert machine_code.cache_folder("kernels-abc") == tmp_path / "dualedge-"


def test_only_old_kernel_folders_are_removed(tmp_path):
    current, old, recent, foreign = (
        tmp_path / name for name in ("kernels-now", "kernels-old", "kernels-recent", "results-old")
    )
    for folder in (current, old, recent, foreign):
        folder.mkdir()
    long_ago = time.time() - 31 * 86_400
    for folder in (current, old, foreign):
        os.utime(folder, (long_ago, long_ago))
    machine_code.remove_old_folders(current, "kernels-")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "kernels-now",
        "kernels-recent",
        "results-old",
    ]
