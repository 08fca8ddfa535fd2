"""How a command ends: exit codes, and what the user reads when it does not end well."""

from __future__ import annotations

import sys
import tempfile
import traceback
from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from study.cli.console import Console
from study.errors import RequestError, StudyInterrupted

if TYPE_CHECKING:
    from scenarios import ScenarioError


class ExitCode(IntEnum):
    """What the command's end means to a pipeline."""

    GOOD = 0
    BAD_ANSWER = 1
    """A gate failed."""
    BAD_INPUT = 2
    """The scenario or the request is wrong; the message says where."""
    BUG = 3
    """Ours; the traceback is in a file."""
    INTERRUPTED = 130


def ending_well(command: Callable[[], ExitCode], console: Console) -> ExitCode:
    """Carry out a command; whatever happens, end with a code and a message a user can act on.

    Args:
        command: Does the work; returns `GOOD` or `BAD_ANSWER`.
        console: Where messages go; under `--json` failures are an object on standard output, too.
    """
    try:
        return command()
    except RequestError as error:
        return _fail(console, ExitCode.BAD_INPUT, str(error))
    except StudyInterrupted as interrupt:
        return _interrupted(console, interrupt)
    except KeyboardInterrupt:
        return _fail(console, ExitCode.INTERRUPTED, "interrupted")
    except BrokenPipeError:  # the reader of our output has gone, e.g. `| head`
        sys.stderr.close()
        return ExitCode.GOOD
    except (PermissionError, NotADirectoryError) as error:
        return _fail(console, ExitCode.BAD_INPUT, f"{error.filename}: {error.strerror}")
    except Exception as error:
        from optimize import PlanningError
        from scenarios import ScenarioError

        if isinstance(error, ScenarioError):
            return _bad_scenario(console, error)
        if isinstance(error, PlanningError):
            return _fail(console, ExitCode.BAD_INPUT, str(error))
        return _bug(console, error)


def _bad_scenario(console: Console, error: ScenarioError) -> ExitCode:
    from dataclasses import asdict

    console.complain(str(error))
    console.give_json({"exit_code": 2, "problems": [asdict(problem) for problem in error.problems]})
    return ExitCode.BAD_INPUT


def _interrupted(console: Console, interrupt: StudyInterrupted) -> ExitCode:
    study, folder = interrupt.study, interrupt.folder
    count = len(study.condensed) if study else 0
    message = f"interrupted: {count} finished replication{'s' * (count != 1)} kept"
    if folder is not None:
        message += f" in {console.shown(folder)}; the same command with --out {console.shown(folder)} goes on"
    if study is not None:
        console.say(study.summary())
    return _fail(console, ExitCode.INTERRUPTED, message)


def _bug(console: Console, error: Exception) -> ExitCode:
    with tempfile.NamedTemporaryFile(
        "w", prefix="dualedge-error-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exception(error, file=log)
    kind = type(error).__name__
    message = f"a bug in dualedge, not in your input ({kind}: {error}): please report it with {log.name}"
    return _fail(console, ExitCode.BUG, message)


def _fail(console: Console, code: ExitCode, message: str) -> ExitCode:
    console.complain(message)
    content: dict[str, Any] = {"exit_code": int(code), "message": message}
    console.give_json(content)
    return code
