"""Records: what a run wrote, what a resolution chose or why it failed, as JSON files under `.ggen/records`.

What happened stays on record. A resolution that failed changed nothing: the same failure is not
recorded twice in a row, and only the latest is worth keeping (`clean`). They are lifted like any other source (`graph.lift.project`); nothing of them is only in the graph.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ggen_graph import __version__
from ggen_graph.core.diagnostics import UsageError
from ggen_graph.edges.files import read_bytes
from ggen_graph.edges.writes import Write
from ggen_graph.workflows.project import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ggen_graph.core.diagnostics import DependencyCycle, VersionConflict
    from ggen_graph.core.lock.lockfile import LockedRelease
    from ggen_graph.core.names import PackSpec
    from ggen_graph.workflows.resolve import Plan

SCHEMA = 1


def clock() -> str:
    """The time, ISO 8601 in UTC; SOURCE_DATE_EPOCH sets it, as reproducible-builds.org specifies.

    Raises:
        UsageError: it is set to what is no time; then a build must not go on with another one.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return _text(_moment(epoch)) if epoch else real_time()


def real_time() -> str:
    """The time, ISO 8601 in UTC, whatever SOURCE_DATE_EPOCH says: of what happened, not of what was built."""
    return _text(datetime.now(UTC))


def _text(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _moment(epoch: str) -> datetime:
    with suppress(ValueError, OverflowError, OSError):  # among them a year that is not one
        if re.fullmatch(r"[0-9]+", epoch):
            return datetime.fromtimestamp(int(epoch), UTC)
    raise UsageError(
        f"SOURCE_DATE_EPOCH={epoch[:40]} is no time in seconds since 1970",
        help="such as SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)",
    )


def run_record(
    run: str, command: str, at: str, releases: Iterable[LockedRelease], files: Sequence[str]
) -> Write:
    """That a run of `command` wrote `files` from `releases`."""
    return write_record(
        {
            "kind": "run",
            "id": run,
            "at": at,
            "command": command,
            "releases": [_release(one.name, one.version, one.registry) for one in releases],
            "files": list(files),
        }
    )


def resolution_record(plan: Plan, at: str) -> Write:
    """That a resolution of `plan.roots` chose `plan.releases`, and how it came to that."""
    return write_record(
        {
            "kind": "resolution",
            "id": str(uuid.uuid4()),
            "at": at,
            "outcome": "solved",
            "roots": [{"name": name, "range": text} for name, text, _ in plan.roots],
            "releases": [_release(one.name, one.version, one.registry) for one in plan.releases],
            "strategy": plan.how.preferences.strategy,
            "decisions": [
                {"pack": one.pack, "version": one.version, "ruled_out": list(one.ruled_out)}
                for one in plan.decisions
            ],
            "choices": [one._asdict() for one in plan.choices],
            "overridden": [one._asdict() for one in plan.overridden],
        }
    )


def failed_resolution_record(
    wanted: Iterable[PackSpec], error: VersionConflict | DependencyCycle
) -> Write:
    """That a resolution of `wanted` failed: what was said, and the proof (`Failure.to_record`) or the cycle.

    Its time is the real one, to the microsecond, so that the last failure is known among those of a second.
    """
    return write_record(
        {
            "kind": "resolution",
            "id": str(uuid.uuid4()),
            "at": datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "outcome": "failed",
            "error": error.name,
            "message": "\n".join(filter(None, (error.message, error.help))),
            "roots": [{"name": spec.name, "range": spec.range} for spec in wanted],
            **{key: error.details[key] for key in ("derivation", "cycle") if key in error.details},
        }
    )


def failed_resolutions(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    """The records of resolutions that failed in a folder of records, the oldest first."""
    found = []
    for path in folder.glob("resolution-*.json"):
        with suppress(ValueError, FileNotFoundError):  # no record, which a sync of the graph says
            record = json.loads(read_bytes(path))
            if isinstance(record, dict) and record.get("outcome") == "failed":
                found.append((path, record))
    return sorted(found, key=lambda one: str(one[1].get("at")))


def is_latest_failure(folder: Path, record: Write) -> bool:
    """Whether the latest failure on record says the same of the same requirements."""
    latest = [one for _, one in failed_resolutions(folder)][-1:]
    new = json.loads(record.data or b"null")
    return any(all(old.get(key) == new[key] for key in ("message", "roots")) for old in latest)


def _release(name: str, version: str, registry: str) -> dict[str, str]:
    return {"name": name, "version": version, "registry": registry}


def write_record(record: dict[str, Any], private: str = f"{PRIVATE}/") -> Write:
    """A record as a file; `private` is the folder that is ggen's own, with a `/` behind it."""
    document = {"schema": SCHEMA, "ggen": __version__, **record}
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:  # a file name that is no UTF-8
        data = (json.dumps(document, indent=1) + "\n").encode("ascii")
    return Write(f"{private}records/{record['kind']}-{record['id']}.json", data, expected=None)
