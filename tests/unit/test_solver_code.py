"""Compiled steps of solvers are kept in a folder of their own that any edit of the package renames."""

from __future__ import annotations

import ast
from pathlib import Path

from optimize import compilation


def test_every_file_that_a_compiled_step_imports_is_hashed() -> None:
    sources = {path.resolve() for path in compilation.solver_sources()}
    root = Path(compilation.__file__).parents[1]
    users = [path for path in sources if "optimize.compilation" in path.read_text(encoding="utf-8")]
    assert len(users) > 10
    for user in users:
        for node in ast.walk(ast.parse(user.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("optimize."):
                imported = root.joinpath(*str(node.module).split(".")).with_suffix(".py")
                assert imported.resolve() in sources, f"{user.name} imports {node.module}"


def test_its_folder_is_not_that_of_the_worlds_kernels() -> None:
    from sim.kernels.compilation import CACHE_FOLDER

    @compilation.compiled
    def twice(x: int) -> int:
        return 2 * x

    kept = Path(twice.stats.cache_path).parent  # type: ignore[attr-defined]
    assert twice(21) == 42
    assert kept.name.startswith(("solvers-", "dualedge-solvers-")) and kept != CACHE_FOLDER
