"""Compiles what a run does event by event with mypyc, where a C compiler is there.

Results are bit for bit those of the plain Python modules, which are installed beside the compiled ones and are used
where nothing compiles, in editable installs, and with ``DUALEDGE_COMPILE=0``. ``DUALEDGE_COMPILE=1`` wants compiled
modules: an editable install has them, too, and it is an error when they cannot be had.
"""

import os
import sys
from itertools import chain
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

COMPILED_PACKAGES = (
    "sim/aftersales", "sim/contact", "sim/field", "sim/installed_base", "sim/partners", "sim/parts", "sim/workforce",
)  # fmt: skip
COMPILED_MODULES = (
    "sim/arrivals.py", "sim/books/charges.py", "sim/clock.py", "sim/durations.py", "sim/recorder.py", "sim/shifts.py",
    "sim/station_arrays.py", "sim/stations.py", "sim/streams.py", "sim/working_days.py",
)  # fmt: skip
"""Typed Python that runs event by event; mypyc cannot read kernels of numba. Depot and fleet would gain nothing: their
work is done by kernels."""

MYPY_OPTIONS = ("--config-file=", "--ignore-missing-imports", "--follow-imports=silent")
"""Of other packages only the types of numpy are known here: a build installs nothing else."""

COMPILER_OPTIONS = () if os.name == "nt" else ("-ffp-contract=off",)
"""Products are rounded before they are added, as Python does."""

WISH = os.environ.get("DUALEDGE_COMPILE", "")


def extensions() -> list[Extension]:
    """The compiled modules; none where they are not wanted or the compiler's front end refuses."""
    builds = {"bdist_wheel", "build", "build_ext", "install"} & set(sys.argv)
    if WISH == "0" or not (builds or (WISH == "1" and "editable_wheel" in sys.argv)):
        return []
    packages = (sorted(Path(package).glob("*.py")) for package in COMPILED_PACKAGES)
    sources = [path.as_posix() for path in (*chain.from_iterable(packages), *map(Path, COMPILED_MODULES))]
    try:
        from mypyc.build import mypycify

        compiled = mypycify([*MYPY_OPTIONS, *sources], opt_level="2", debug_level="0")
    except (Exception, SystemExit) as reason:  # mypyc leaves with SystemExit where it finds an error
        if WISH == "1":
            raise
        print(f"dualedge stays plain Python, and slower: mypyc refused ({reason})", file=sys.stderr)
        return []
    for extension in compiled:
        extension.extra_compile_args.extend(COMPILER_OPTIONS)
    return compiled


class BuildAllOrNothing(build_ext):
    """Compiled modules need each other: where one fails, none is installed."""

    def initialize_options(self) -> None:
        """Compile on all cores."""
        super().initialize_options()
        self.parallel = os.cpu_count()

    def run(self) -> None:
        """Compile; leave nothing behind where that fails."""
        try:
            super().run()
        except Exception as reason:  # what compilers and setuptools raise has no common class but this
            if WISH == "1":
                raise
            print(f"dualedge stays plain Python, and slower: {reason}", file=sys.stderr)
            for output in map(Path, self.get_outputs()):
                output.unlink(missing_ok=True)
            self.extensions.clear()


setup(ext_modules=extensions(), cmdclass={"build_ext": BuildAllOrNothing})
