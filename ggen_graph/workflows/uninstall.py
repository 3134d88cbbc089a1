"""Taking packs away from a project, with the files they made.

With them goes what only they needed, and the files that are as they were generated. An edited file
stays, as the person's own, unless it is purged. Nothing is taken out of the home (`uninstall_home`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import (
    LockMissing,
    PackNotFound,
    StillNeeded,
    did_you_mean,
)
from ggen_graph.core.lock.check import reachable
from ggen_graph.core.lock.lockfile import LockedRoot, roots_of
from ggen_graph.core.manifest import parse_project
from ggen_graph.core.manifest.edit import add_pack, remove_pack
from ggen_graph.core.names import PackSpec
from ggen_graph.core.versions import version_key
from ggen_graph.edges.writes import ANYTHING, Write
from ggen_graph.graph import iris
from ggen_graph.workflows.baselines import baseline_removals
from ggen_graph.workflows.check import check_files
from ggen_graph.workflows.draft import state_writes
from ggen_graph.workflows.injections import carried, take_out
from ggen_graph.workflows.places import ANYHOW, hold, project_place
from ggen_graph.workflows.project import MANIFEST
from ggen_graph.workflows.transaction import Proposal, commit, follow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from ggen_graph.core.lock.lockfile import Lock, LockedRelease
    from ggen_graph.edges.config import Home
    from ggen_graph.workflows.check import CheckedFile
    from ggen_graph.workflows.places import Terms
    from ggen_graph.workflows.project import Project

COMMAND = "packs uninstall"


@dataclass(frozen=True, slots=True)
class Uninstalled:
    """What went, as "name version" and paths; `left` are files that stay, no longer managed.

    `changed` are a person's files out of which lines were taken; `kept` are edits made while it was under way, under the names they were put aside as. `broken` says
    of which releases that stay the manifests can't be read.
    """

    releases: tuple[str, ...]
    removed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    transaction: str = ""
    kept: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


def uninstall(
    project: Project,
    home: Home,
    names: Sequence[str],
    *,
    purge: bool = False,
    keep_dependencies: bool = False,
    terms: Terms = ANYHOW,
) -> Uninstalled:
    """Take packs away from a project.

    Args:
        project: the project.
        home: where its packs are installed; nothing is removed there.
        names: the packs.
        purge: remove their edited files too, but nothing else that took the place of one.
        keep_dependencies: keep what only they needed, as packs that the project asks for itself.
        terms: whom to ask and to tell.

    Raises:
        PackNotFound: the project does not have one of them.
        StillNeeded: another of its packs requires one of them.
        LockMissing: nothing is known of the project's files.
    """
    with hold(project, terms) as held:
        if held.lock is None:
            raise LockMissing(
                "this project has no ggen.lock", help="`ggen packs install` makes one"
            )
        _refuse(held.lock, names)
        going = _unneeded(held.lock, names)
        kept = _dependencies(held, going, names) if keep_dependencies else {}
        going = _unneeded(held.lock, names, kept)
        text = _manifest(held, kept, names)
        gone_specs = {one.spec for one in going}
        checked = [one for one in check_files(held) if f"{one.pack}@{one.version}" in gone_specs]
        gone = [
            one
            for one in checked
            if one.status in {"same", "no baseline"}
            or (purge and not one.displaced and one.status != "unreadable")
        ]
        stays = [one for one in checked if one not in gone and one.status != "missing"]
        left = [one.path for one in stays]
        removed = [one for one in gone if one.status != "missing"]
        staying = {one.name for one in held.lock.releases if one.spec not in gone_specs}
        lines = take_out(held.root, gone_specs, staying, [one.path for one in removed])
        left += lines.edited
        lock = _without(held, held.lock, gone_specs, kept, text)
        files, baselines = carried(held.root, lock.files, lines.writes)
        proposal = Proposal(
            COMMAND,
            (
                *(Write(one.path, None, expected=_seen(held.lock, one)) for one in removed),
                *lines.writes,
                *baseline_removals(held.root, [one.path for one in checked]),
                *baselines,
                *state_writes(held, text, replace(lock, files=files)),
            ),
            why={one.path: f"{one.pack} {one.version}" for one in checked},
            releases=_origins(held.lock, checked),
            edited=frozenset(one.path for one in removed if one.status == "edited"),
            remarks=(
                *map(_remark, stays),
                *(f"the lines in {path} were edited by hand and stay" for path in lines.edited),
            ),
            emptied=tuple(_emptied(checked)),
        )
        committed = commit(project_place(held, home), proposal, terms.consent)
        follow(held, home, terms)
    return Uninstalled(
        tuple(f"{one.name} {one.version}" for one in going),
        tuple(one.path for one in removed),
        tuple(left),
        committed.transaction.id if committed else "",
        committed.kept if committed else (),
        changed=tuple(lines.changed),
    )


def _remark(file: CheckedFile) -> str:
    what = "can't be read" if file.status == "unreadable" else "was edited by hand"
    return f"{file.path} {what} and stays"


def _refuse(lock: Lock, names: Sequence[str]) -> None:
    """Refuse what the project lacks, and what stays and requires what goes."""
    releases = {release.name: release for release in lock.releases}
    for name in names:
        if name not in releases:
            raise PackNotFound(
                f'this project has no pack "{name}"',
                help=did_you_mean(name, releases) or f"it has {', '.join(sorted(releases))}",
                details={"pack": name},
            )
        needing = [
            f"{one.name} {one.version} requires {name} {wanted}"
            for one in lock.releases
            if one.name not in names
            for required, wanted in one.requires
            if required == name
        ]
        if needing:
            raise StillNeeded(
                f"{name} is needed: {'; '.join(needing)}",
                help=f"uninstall {', '.join(sorted({text.split()[0] for text in needing}))} as well",
                details={"pack": name, "needed_by": needing},
            )


def _unneeded(
    lock: Lock, names: Collection[str], kept: Mapping[str, str] | None = None
) -> list[LockedRelease]:
    """The releases of packs, and those that nothing asks for once these are gone; `kept` (pack → version) are asked for."""
    more = (LockedRoot(name, "*", version=version) for name, version in (kept or {}).items())
    rest = replace(
        lock,
        roots=(*(root for root in lock.roots if root.name not in names), *more),
        releases=tuple(one for one in lock.releases if one.name not in names),
    )
    needed = reachable(rest)
    return [one for one in lock.releases if one.spec not in needed]


def _dependencies(
    project: Project, going: Iterable[LockedRelease], names: Collection[str]
) -> dict[str, str]:
    """The versions of packs that would go with others; of several, the newest: `ggen.toml` asks for one."""
    asked = {one.name for one in project.manifest.packs}
    by_version = sorted(going, key=lambda one: version_key(one.version))
    versions = {one.name: one.version for one in by_version}
    return {name: versions[name] for name in sorted(versions.keys() - set(names) - asked)}


def _manifest(project: Project, kept: Mapping[str, str], names: Sequence[str]) -> str:
    text = project.text
    for name, version in kept.items():
        text = add_pack(text, PackSpec(name, f"^{version}"))
    asked = {one.name for one in project.manifest.packs}
    for name in names:
        if name in asked:
            text = remove_pack(text, name)
    return text


def _without(
    project: Project, lock: Lock, gone: Collection[str], kept: Mapping[str, str], text: str
) -> Lock:
    """The lock without these releases ("pack@version"); what else `ggen.toml` asks for anew was not resolved here."""
    known = {root.asked for root in roots_of(project.manifest)}
    after = roots_of(parse_project(text, MANIFEST), kept)
    new = [root for root in after if root.asked not in known]
    releases = tuple(one for one in lock.releases if one.spec not in gone)
    staying = Counter(one.name for one in releases)
    used = {release.registry for release in releases}
    return replace(
        lock,
        roots=(*(root for root in lock.roots if root.name in staying), *new),
        registries=tuple(one for one in lock.registries if one.base in used),
        releases=releases,
        variables=tuple(
            replace(one, version=one.version if staying[one.pack] > 1 else "")
            for one in lock.variables
            if one.pack in staying and f"{one.pack}@{one.version}" not in gone
        ),
        files=tuple(one for one in lock.files if f"{one.pack}@{one.version}" not in gone),
    )


def _origins(lock: Lock, files: Iterable[CheckedFile]) -> dict[str, str]:
    registries = {release.name: release.registry for release in lock.releases}
    return {
        one.path: iris.release(registries[one.pack], one.pack, one.version)
        for one in files
        if one.pack in registries
    }


def _seen(lock: Lock, file: CheckedFile) -> str:
    """What the check found at a path; an edited file may have been edited again."""
    if file.status == "edited":
        return ANYTHING
    return next(one.checksum for one in lock.files if one.path == file.path)


def _emptied(files: Iterable[CheckedFile]) -> list[str]:
    """The folders that may be left empty, of files and of their baselines, innermost first."""
    folders: set[str] = set()
    for file in files:
        for prefix in ("", ".ggen/baseline/", ".ggen/local/baseline/"):
            parts = file.path.split("/")[:-1]
            folders |= {(prefix + "/".join(parts[:n])).rstrip("/") for n in range(len(parts) + 1)}
    folders.discard("")
    return sorted(folders, key=lambda one: (-one.count("/"), one))
