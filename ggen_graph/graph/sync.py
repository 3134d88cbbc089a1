"""Incremental sync: each source has a named graph, and only changed sources' graphs are replaced.

A generation's `state` records what it was made from: for every source its graph and each file's
size, time of change and SHA-256. A sync compares: size and time first, the digest only where those
differ or the file is so young that its time can't be trusted (the "racy git" case). If nothing
changed, nothing is opened for writing.

After a change the store's rules run, which derive from the lifted graphs what queries are to find
ready (whatever in `queries/` has a `graph` in its header). Rules and lifting belong to the fingerprint:
a new version of either makes every source stale.

This module knows no vocabulary; workflows say what the sources are.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pyoxigraph import NamedNode

from ggen_graph.core.diagnostics import GgenError, StoreCorrupt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from pyoxigraph import Store

    from ggen_graph.graph.store import GraphStore

# A file changed this shortly before a sync may change again within one tick of the clock that
# stamps it (4 ms on Linux at 250 Hz; some file systems keep only 10 ms).
_RACY_NS = 50_000_000

Stat = list[Any]  # [size, mtime_ns, sha256]


class Rules(Protocol):
    """What is derived whenever sources change."""

    def before(self, store: Store, changed: Sequence[str]) -> None:
        """Run on the draft before the changed graphs are replaced."""

    def after(self, store: Store, changed: Sequence[str]) -> None:
        """Run on the draft once the changed graphs are in."""


class NoRules:
    """Nothing is derived."""

    def before(self, store: Store, changed: Sequence[str]) -> None:
        """Do nothing."""

    def after(self, store: Store, changed: Sequence[str]) -> None:
        """Do nothing."""


class Source(NamedTuple):
    """Files and the named graph that is made from them.

    Args:
        key: a stable name, unique in its store.
        graph: the named graph's IRI.
        files: what the graph depends on; a missing file counts as absent, not as a fault.
        load: fills the (empty) graph of a draft; returns the faults it went around.
        salt: anything beside the files' bytes that the graph depends on.
    """

    key: str
    graph: str
    files: tuple[Path, ...]
    load: Callable[[Store, str], Sequence[GgenError]]
    salt: str = ""


class SyncReport(NamedTuple):
    """What a sync did. `changed` and `removed` are source keys; `generation` is None if none is there."""

    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    problems: tuple[dict[str, str], ...] = ()
    published: bool = False
    rebuilt: bool = False


def sync(
    graph: GraphStore,
    sources: Sequence[Source],
    *,
    salt: str,
    rules: Rules | None = None,
    rebuild: bool = False,
    anchor: Path | None = None,
) -> SyncReport:
    """Bring `graph` up to date with `sources` and say what changed.

    Args:
        graph: the store.
        sources: all of its sources; a graph whose source is not among them is dropped.
        salt: the version of lifting and rules.
        rules: what to derive.
        rebuild: take every source as changed and start from an empty store.
        anchor: a folder that may be moved together with the store; files in it are remembered
            relative to it.

    Raises:
        whatever a source's `load` raises: then nothing is published.
    """
    job = _Job(sources, salt, rules or NoRules(), anchor)
    if not rebuild:
        report = _look(graph, job)
        if report is not None:
            return report
    if not rebuild:
        # RuntimeError is what Oxigraph raises for a block that is damaged. If it was something else,
        # it comes again.
        with suppress(StoreCorrupt, RuntimeError):
            return _write(graph, job, fresh=False)
    return _write(graph, job, fresh=True)


def status(
    graph: GraphStore, sources: Sequence[Source], *, salt: str, anchor: Path | None = None
) -> tuple[list[str], list[str]]:
    """The keys of the sources that a sync would replace, and of those it would drop."""
    with graph.peek() as text:
        state = _State.read(text)
    return state.changes(_Job(sources, salt, NoRules(), anchor))[:2]


def problems_of(state: str) -> list[dict[str, str]]:
    """The faults that the sync behind a generation went around."""
    return _State.read(state).problems


def graphs_of(state: str) -> dict[str, str]:
    """The sources of a generation with their graphs, by key."""
    return {key: source["graph"] for key, source in _State.read(state).sources.items()}


def error_of(problem: Mapping[str, str]) -> GgenError:
    """A fault that a sync went around as the error that it was, for who can't go around it."""
    kinds = {kind.name: kind for kind in GgenError.__subclasses__()}
    where = f"{problem['where']}: " if problem["where"] else ""
    return kinds.get(problem["name"], GgenError)(
        f"{where}{problem['message']}", help=problem["help"]
    )


class _Job(NamedTuple):
    sources: Sequence[Source]
    salt: str
    rules: Rules
    anchor: Path | None

    def name(self, path: Path) -> str:
        """How a file is remembered."""
        if self.anchor is not None and path.is_relative_to(self.anchor):
            return str(path.relative_to(self.anchor))
        return str(path)


def _look(graph: GraphStore, job: _Job) -> SyncReport | None:
    """The report of a sync that has nothing to do, or None."""
    try:
        with graph.peek() as text:
            if text is None:
                return None
            state = _State.read(text)
            changed, removed, _ = state.changes(job)
            if not changed and not removed:
                return SyncReport(problems=tuple(state.problems))
    except StoreCorrupt:
        pass
    return None


def _write(graph: GraphStore, job: _Job, *, fresh: bool) -> SyncReport:
    with graph.write(fresh=fresh) as draft:
        now = time.time_ns()  # before the files are looked at: what changes meanwhile is younger
        state = _State.read("" if fresh else draft.state)
        if state.salt != job.salt:
            draft.store.clear()  # nothing says what is in it, or other rules made it
        changed, removed, stats = state.changes(job)
        stale = {*changed, *removed}
        if not stale and draft.state:
            draft.abandoned = True  # somebody else did the work while we waited for the lock
            return SyncReport(problems=tuple(state.problems))
        replaced = [source for source in job.sources if source.key in stale]
        graphs = [source.graph for source in replaced]
        dropped = [state.sources[key]["graph"] for key in stale if key in state.sources]
        job.rules.before(draft.store, dropped)
        for name in dict.fromkeys((*dropped, *graphs)):
            draft.store.remove_graph(NamedNode(name))
        problems = [one for one in state.problems if one["source"] not in stale]
        for source in replaced:
            faults = source.load(draft.store, source.graph)
            problems += [_problem(source.key, fault) for fault in faults]
        job.rules.after(draft.store, graphs)
        draft.state = _State.write(job, stats, problems, now)
        return SyncReport(
            tuple(changed), tuple(removed), tuple(problems), published=True, rebuilt=fresh
        )


def _problem(key: str, fault: GgenError) -> dict[str, str]:
    return {
        "source": key,
        "name": fault.name,
        "where": str(fault.where or ""),
        "message": fault.message,
        "help": fault.help,
    }


class _State:
    """The recorded fingerprints of a generation."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.salt: str = document.get("salt", "")
        self.at: int = document.get("at", 0)
        self.sources: dict[str, dict[str, Any]] = document.get("sources", {})
        self.problems: list[dict[str, str]] = document.get("problems", [])

    @classmethod
    def read(cls, text: str | None) -> _State:
        try:
            return cls(json.loads(text or "{}"))
        except (ValueError, AttributeError):  # not JSON, or not an object
            return cls({})

    @staticmethod
    def write(
        job: _Job, stats: dict[str, dict[str, Stat]], problems: list[dict[str, str]], now: int
    ) -> str:
        recorded = {
            source.key: {"graph": source.graph, "salt": source.salt, "files": stats[source.key]}
            for source in job.sources
        }
        return json.dumps({"salt": job.salt, "at": now, "problems": problems, "sources": recorded})

    def changes(self, job: _Job) -> tuple[list[str], list[str], dict[str, dict[str, Stat]]]:
        """Keys of changed sources, keys of vanished ones, and every source's files as they are now."""
        changed = []
        stats = {}
        for source in job.sources:
            recorded = self.sources.get(source.key, {})
            files = recorded.get("files", {})
            stats[source.key] = now = self._stats(job, source.files, files)
            same = (
                job.salt == self.salt
                and recorded.get("graph") == source.graph
                and recorded.get("salt") == source.salt
                and _digests(now) == _digests(files)
            )
            if not same:
                changed.append(source.key)
        keys = {source.key for source in job.sources}
        return changed, [key for key in self.sources if key not in keys], stats

    def _stats(
        self, job: _Job, paths: Iterable[Path], recorded: dict[str, Stat]
    ) -> dict[str, Stat]:
        stats: dict[str, Stat] = {}
        for path in paths:
            name = job.name(path)
            try:
                found = path.stat()
            except (FileNotFoundError, NotADirectoryError):
                continue
            old = recorded.get(name)
            trusted = (
                old is not None
                and old[:2] == [found.st_size, found.st_mtime_ns]
                and found.st_mtime_ns < self.at - _RACY_NS
            )
            digest = old[2] if old is not None and trusted and old[2] else _sha256(path)
            stats[name] = [found.st_size, found.st_mtime_ns, digest]
        return stats


def _digests(files: dict[str, Stat]) -> dict[str, str]:
    return {name: stat[2] for name, stat in files.items()}


def _sha256(path: Path) -> str:
    """The digest of a file; "" if it can't be read, which its source's `load` will say."""
    import hashlib  # noqa: PLC0415 - loading OpenSSL takes 3 ms, and most often nothing has changed

    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
