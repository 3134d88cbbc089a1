"""`python -m benchmarks [NAME]…`: run all benchmarks, or those that are named, and print their tables."""

from __future__ import annotations

import os
import platform
import sys
import time
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version

from benchmarks.report import show

NAMES = (
    "startup",
    "loading",
    "publishing",
    "planning",
    "resolution",
    "generating",
    "merging",
    "transactions",
    "shacl",
    "serving",
    "large_catalog",
)


def main(names: list[str]) -> int:
    """Run the benchmarks; the exit code is 2 for a name that is none."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    print(_machine())
    start = time.perf_counter()
    for name in names or NAMES:
        for table in import_module(f"benchmarks.{name}").run():
            show(table)
            sys.stdout.flush()
    print(f"\n{time.perf_counter() - start:.0f} s in all; load average at the end: {_load()}")
    return 0


def _machine() -> str:
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {_system()},"
        f" Python {platform.python_version()}, pyoxigraph {version('pyoxigraph')},"
        f" click {version('click')}; load average at the start: {_load()}"
    )


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.platform(terse=True)


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
