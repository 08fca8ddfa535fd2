"""Files a scenario may name: those inside its own folder, and no others."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath


class OutsideFolderError(ValueError):
    """A path that would leave the scenario's folder; the message says how."""


def inside(folder: Path, written: str) -> Path:
    """The file a scenario names, checked to lie in the scenario's folder.

    Args:
        folder: folder of the scenario.
        written: path as written in the scenario, with forward slashes.

    Raises:
        OutsideFolderError: the path is absolute, climbs with `..`, or is a link that leads outside.
    """
    if (
        PurePosixPath(written).is_absolute()
        or PureWindowsPath(written).drive
        or written.startswith(("~", "\\"))
    ):
        raise OutsideFolderError("must be relative to the scenario's folder")
    if ".." in PurePosixPath(written.replace("\\", "/")).parts:
        raise OutsideFolderError("must stay in the scenario's folder, without `..`")
    path = folder / written
    if not path.resolve().is_relative_to(folder.resolve()):
        raise OutsideFolderError("is a link that leads out of the scenario's folder")
    return path


def beside(file: str, written: str) -> str:
    """A path written in `file`, made relative to the scenario's folder.

    Args:
        file: file that names the path, relative to the scenario's folder.
        written: the path as written, relative to that file; absolute paths are left as they are.
    """
    if PurePosixPath(written).is_absolute() or PureWindowsPath(written).drive:
        return written
    return str(PurePosixPath(file).parent / written)
