"""Locks of two branches, merged by ggen and, side by side, by git as text: how many come out right."""

from __future__ import annotations

import subprocess
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from benchmarks.report import Table
from ggen_graph.core.diagnostics import LockCorrupt
from ggen_graph.core.lock.check import inconsistencies
from ggen_graph.core.lock.choice import choose
from ggen_graph.core.lock.lockfile import (
    Lock,
    LockedRegistry,
    LockedRelease,
    LockedRoot,
    dump_lock,
    parse_lock,
    sorted_lock,
)
from ggen_graph.core.lock.merge import merge_locks
from ggen_graph.core.solver import Failure
from ggen_graph.core.versions import version_key

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

PAIRS = 1_000
SEED = 7
BASE = "urn:ggen:registry:ggen/"
NAMES = tuple(f"p{number:02}" for number in range(30))
VERSIONS = ("1.0.0", "1.1.0", "1.2.0", "1.3.0", "2.0.0")
RANGES = ("^1", "^1", "^1.1", "*", ">=1.1")
RIGHT, WRONG, CONFLICT = "right", "wrong, without a word", "a conflict"


def run() -> list[Table]:
    """Pairs of branches, each of which added a pack, removed one, or updated three."""
    random = Random(SEED)
    by_git, by_ggen = (
        dict.fromkeys((RIGHT, WRONG, CONFLICT), 0),
        dict.fromkeys((RIGHT, WRONG, CONFLICT), 0),
    )
    seconds = 0.0
    for _ in range(PAIRS):
        base, ours, theirs = _branches(random)
        by_git[_git(base, ours, theirs)] += 1
        start = time.perf_counter()
        lock = merge_locks(base, ours, theirs).lock
        seconds += time.perf_counter() - start
        by_ggen[CONFLICT if lock is None else _judged(lock)] += 1
    table = Table(f"Merging the locks of {PAIRS:,} pairs of branches", ("", *by_git))
    table.row("git merge-file", *map(str, by_git.values()))
    table.row("ggen lock merge", *map(str, by_ggen.values()))
    table.note(f"a merge by ggen took {seconds / PAIRS * 1000:.1f} ms on average; seed {SEED}")
    return [table]


def _branches(random: Random) -> tuple[Lock, Lock, Lock]:
    """A lock, and what two branches made of it, each in its way; all three hold together."""
    while True:
        known = _registry(random)
        roots = {name: random.choice(("^1", "*")) for name in random.sample(NAMES, 6)}
        base = _resolved(roots, [one for one in known if random.random() < 0.6])
        if base is None:
            continue
        sides = [_branch(random, roots, known, base) for _ in range(2)]
        ours, theirs = sides
        if ours and theirs and len({dump_lock(lock) for lock in (base, ours, theirs)}) == 3:
            return base, ours, theirs


def _registry(random: Random) -> list[LockedRelease]:
    """Releases that require only packs of later names, so that there is no circle."""
    found = []
    for place, name in enumerate(NAMES):
        for version in random.sample(VERSIONS, random.randint(2, 5)):
            later = NAMES[place + 1 :]
            names = random.sample(later, min(random.randint(0, 3), len(later)))
            requires = tuple((each, random.choice(RANGES)) for each in sorted(names))
            checksum = f"sha256:{sha256(f'{name}@{version}'.encode()).hexdigest()}"
            found.append(LockedRelease(name, version, BASE, name, checksum, requires))
    return found


def _branch(
    random: Random, roots: Mapping[str, str], known: Sequence[LockedRelease], base: Lock
) -> Lock | None:
    wanted = dict(roots)
    kept = {one.spec for one in base.releases}
    what = random.choice(("add", "remove", "update"))
    if what == "add":
        wanted[random.choice([name for name in NAMES if name not in roots])] = "*"
    elif what == "remove":
        del wanted[random.choice(list(roots))]
    else:
        kept -= set(random.sample(sorted(kept), min(3, len(kept))))
    return _resolved(wanted, known, kept)


def _resolved(
    roots: Mapping[str, str], known: Sequence[LockedRelease], kept: Collection[str] = ()
) -> Lock | None:
    """A lock for these roots, with what is to be kept where it fits, else the newest."""
    asked = tuple(LockedRoot(name, text) for name, text in sorted(roots.items()))
    newest = sorted(known, key=lambda one: version_key(one.version), reverse=True)
    by_name: dict[str, list[LockedRelease]] = {}
    for one in sorted(newest, key=lambda one: one.spec not in kept):
        by_name.setdefault(one.name, []).append(one)
    chosen = choose(asked, by_name)
    if isinstance(chosen, Failure):
        return None
    return sorted_lock(
        Lock(
            roots=chosen.roots,
            registries=(LockedRegistry("ggen", BASE),),
            releases=chosen.releases,
        )
    )


def _git(*locks: Lock) -> str:
    with tempfile.TemporaryDirectory() as folder:
        for name, lock in zip(("base", "ours", "theirs"), locks, strict=True):
            (Path(folder) / name).write_text(dump_lock(lock), "utf-8")
        command = ["git", "merge-file", "-p", "ours", "base", "theirs"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        return CONFLICT
    try:
        return _judged(parse_lock(done.stdout, "ggen.lock"))
    except LockCorrupt:
        return WRONG


def _judged(lock: Lock) -> str:
    return WRONG if any(inconsistencies(lock)) else RIGHT
