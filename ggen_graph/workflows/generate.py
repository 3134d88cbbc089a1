"""Generation: render everything, look at what is there, write it all in one change, record it.

A person's edit is never written over: a managed file that was edited stays, and what the pack would
make of it now is put beside it. A file that ggen did not make is never replaced; a template that may
`overwrite` keeps the old one beside.
"""

from __future__ import annotations

import os
import uuid
from collections import Counter
from dataclasses import dataclass, replace
from itertools import chain, count, takewhile
from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import FileExists, LockOutdated
from ggen_graph.core.lock.lockfile import LockedFile, LockedVariable
from ggen_graph.core.manifest import parse_project
from ggen_graph.core.manifest.edit import set_variable
from ggen_graph.edges.files import permissions, read_bytes
from ggen_graph.edges.writes import Write, checksum
from ggen_graph.graph import iris
from ggen_graph.graph.sync import error_of
from ggen_graph.workflows.baselines import baseline_removals, baseline_writes
from ggen_graph.workflows.draft import state_writes
from ggen_graph.workflows.injections import carried, put_lines
from ggen_graph.workflows.project import MANIFEST, sync_project
from ggen_graph.workflows.records import clock, run_record
from ggen_graph.workflows.render import render
from ggen_graph.workflows.transaction import Proposal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from ggen_graph.core.lock.lockfile import Lock
    from ggen_graph.edges.config import Home
    from ggen_graph.graph.sync import SyncReport
    from ggen_graph.workflows.project import Project
    from ggen_graph.workflows.render import RenderedFile, Rendering
    from ggen_graph.workflows.transaction import Committed
    from ggen_graph.workflows.values import Values

BESIDE = ".ggen-new"
KEPT = ".ggen-old"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a generation did, as paths.

    `beside` are new versions put next to edited files; `kept` edits made while it was under way, put
    aside. `local` are those that git ignores and whose baseline is kept out of it from now on. `run` is
    the id of its record, "" if nothing was written.
    """

    created: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]
    edited: tuple[str, ...]
    beside: tuple[str, ...]
    orphaned: tuple[str, ...]
    run: str
    local: tuple[str, ...] = ()
    transaction: str = ""
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A generation that is ready to be written, and what it will have done."""

    proposal: Proposal
    outcome: Outcome

    def done(self, committed: Committed | None) -> Outcome:
        """What it did, once it was written."""
        if committed is None:
            return self.outcome
        return replace(self.outcome, transaction=committed.transaction.id, kept=committed.kept)


def prepare(
    project: Project,
    home: Home,
    values: Values,
    *,
    command: str,
    packs: Sequence[str] = (),
    destination: Path | None = None,
) -> Prepared:
    """Render the project's locked packs, and say what is to be written.

    Values that were given by flag or file are kept in `ggen.toml`, so that the next run has them.

    Args:
        project: a project with a lock, held under its lock; or a draft of one.
        home: where its releases are installed.
        values: what variables are given.
        command: what the run's record calls it.
        packs: only these packs' files; all if empty. All are rendered: whose a file is, is known
            only then.
        destination: where the project will be, if it is still being built elsewhere.

    Raises:
        FileExists: files stand in the way that ggen did not make.
        and whatever `render` raises.
    """
    if project.lock is None:
        raise LockOutdated("this project has no ggen.lock", help="`ggen packs install` makes one")
    refuse_incomplete(sync_project(project, home))
    with project.graph.read() as generation:
        rendering = render(project, home, generation, values)
    wanted = [
        file
        for file in rendering.files
        if not packs or file.pack in packs or not file.injectors.isdisjoint(packs)
    ]
    survey = _survey(project, project.lock, wanted)
    lines = put_lines(project.root, rendering.lines, packs)
    orphans = _orphans(project.lock, rendering, packs)
    gone = {path for path in orphans if not (project.root / path).exists()}
    run = str(uuid.uuid4())
    lock = _new_lock(project.lock, rendering, survey, values, packs, gone)
    files, with_lines = carried(project.root, lock.files, lines.writes)
    lock = replace(lock, files=files)
    written = [*survey.created, *survey.replaced]
    baselines, local = baseline_writes(project.root, survey.managed, destination or project.root)
    writes = _last([*survey.writes, *lines.writes, *baselines, *with_lines])
    writes += baseline_removals(project.root, sorted(gone))
    writes += state_writes(project, _with_values(project, rendering), lock)
    if written:
        writes.append(run_record(run, command, clock(), lock.releases, written))
    outcome = Outcome(
        created=tuple(survey.created),
        replaced=(*survey.replaced, *lines.changed),
        unchanged=tuple(
            path
            for path in dict.fromkeys([*survey.unchanged, *lines.unchanged])
            if path not in lines.changed
        ),
        edited=(*survey.edited, *lines.edited),
        beside=tuple(survey.beside),
        orphaned=(*(path for path in orphans if path not in gone), *lines.orphaned),
        run=run if written else "",
        local=tuple(local),
    )
    made = [*(one.file for one in rendering.lines), *wanted]
    why = {file.path: f"{file.pack} {file.version}, {file.template}" for file in made}
    registries = {release.name: release.registry for release in lock.releases}
    releases = {
        file.path: iris.release(registries[file.pack], file.pack, file.version) for file in made
    }
    proposal = Proposal(
        command,
        tuple(writes),
        why,
        releases,
        edited=frozenset(survey.overwritten),
        run=outcome.run,
    )
    return Prepared(proposal, outcome)


def refuse_incomplete(report: SyncReport) -> None:
    """Refuse to generate from a part of the model or of the packs: files would go missing.

    Raises:
        GgenError: the first fault that the sync went around.
    """
    for problem in report.problems:
        if problem["source"] == "model" or problem["source"].startswith("pack "):
            error = error_of(problem)
            error.details = {"problems": report.problems}
            raise error


def _last(writes: Iterable[Write]) -> list[Write]:
    """Each file once, as it is written last."""
    return list({write.path: write for write in writes}.values())


class _Survey:
    """What is at each rendered path, and so what is to be written there."""

    def __init__(self) -> None:
        self.writes: list[Write] = []
        self.created: list[str] = []
        self.replaced: list[str] = []
        self.unchanged: list[str] = []
        self.edited: list[str] = []
        self.beside: list[str] = []
        self.foreign: list[str] = []
        self.overwritten: list[str] = []  # a person's own, which are kept beside
        self.managed: list[RenderedFile] = []  # what the lock is to say from now on


def _survey(project: Project, lock: Lock, files: Sequence[RenderedFile]) -> _Survey:
    locked = {file.path: file for file in lock.files}
    survey = _Survey()
    for file in files:
        target = project.root / file.path
        if target.is_dir():
            survey.foreign.append(file.path)
            continue
        there = read_bytes(target) if target.exists() else None
        _look(survey, project.root, file, there, locked.get(file.path))
    if survey.foreign:
        raise FileExists(
            f"{_and(survey.foreign)} would be written over, and ggen did not make "
            f"{'it' if len(survey.foreign) == 1 else 'them'}",
            help="move what is there out of the way, then generate again",
            details={"paths": survey.foreign},
        )
    return survey


def _look(
    survey: _Survey,
    root: Path,
    file: RenderedFile,
    there: bytes | None,
    locked: LockedFile | None,
) -> None:
    seen = None if there is None else checksum(there)
    write = Write(file.path, file.data, _mode(root, file, locked), seen)
    if there is None:
        survey.created.append(file.path)
        survey.writes.append(write)
    elif there == file.data:
        _look_beyond_bytes(survey, root, file, write, locked)
    elif file.unless_exists:
        survey.unchanged.append(file.path)
        return
    elif locked is not None and seen == locked.checksum:
        survey.replaced.append(file.path)
        survey.writes.append(write)
    elif locked is not None:
        survey.edited.append(file.path)
        if checksum(file.data) == locked.checksum:
            survey.beside += _unresolved(root, file.path)
            return
        # The new version is offered beside the edit, once: it is what the next edit is measured by.
        beside = _beside(root, file)
        survey.beside.append(beside)
        survey.writes.append(Write(beside, file.data, file.mode))
    elif file.overwrite:
        survey.replaced.append(file.path)
        survey.overwritten.append(file.path)
        old = _free(root, file.path + KEPT)
        survey.writes += [Write(old, there, permissions(root / file.path), None), write]
    else:
        survey.foreign.append(file.path)
        return
    survey.managed.append(file)


def _look_beyond_bytes(
    survey: _Survey, root: Path, file: RenderedFile, write: Write, locked: LockedFile | None
) -> None:
    """What becomes of a file whose bytes are as they are to be: its mode may not be, or it is a link."""
    now = permissions(root / file.path) or 0
    if locked is not None and (root / file.path).is_symlink():
        survey.edited.append(file.path)
        return  # the mode of what it leads to is none of ours
    if write.mode is None:
        kept = (now ^ file.mode) & 0o100  # as `check` sees it: the rest is the umask's
        (survey.edited if kept else survey.unchanged).append(file.path)
    else:
        (survey.unchanged if write.mode == now else survey.replaced).append(file.path)
    survey.writes.append(write)


def _mode(root: Path, file: RenderedFile, locked: LockedFile | None) -> int | None:
    """The mode to set; None to leave the one that a person gave the file."""
    there = permissions(root / file.path)
    if there is None or locked is None or f"{there:o}" == locked.mode:
        return file.mode
    return None


def _beside(root: Path, file: RenderedFile) -> str:
    """Where the new version of an edited file goes: what stands there may be a merge under way."""
    path = file.path + BESIDE
    there = root / path
    same = there.is_file() and read_bytes(there) == file.data
    return path if same else _free(root, path)


def _unresolved(root: Path, path: str) -> list[str]:
    """The new versions of an edited file that were put beside it, and still lie there."""
    names = (path + BESIDE + ("" if number == 1 else f"-{number}") for number in count(1))
    return list(takewhile(lambda name: os.path.lexists(root / name), names))


def _free(root: Path, path: str) -> str:
    """A path at which nothing is yet: this one, or it with a number."""
    numbered = (f"{path}-{number}" for number in count(2))
    return next(one for one in chain([path], numbered) if not os.path.lexists(root / one))


def _new_lock(
    lock: Lock,
    rendering: Rendering,
    survey: _Survey,
    values: Values,
    packs: Sequence[str],
    gone: Collection[str],
) -> Lock:
    managed = {
        file.path: LockedFile(
            path=file.path,
            pack=file.pack,
            version=file.version,
            template=file.template,
            row=file.row,
            checksum=checksum(file.data),
            mode=f"{file.mode:o}",
        )
        for file in survey.managed
    }
    names = Counter(release.name for release in lock.releases)
    used = [
        LockedVariable(
            release.name,
            name,
            resolved.value,
            _kept_as(resolved.source),
            release.version if names[release.name] > 1 else "",
        )
        for release, named in rendering.variables.items()
        if not packs or release.name in packs
        for name, resolved in named.items()
    ]
    others = [variable for variable in lock.variables if packs and variable.pack not in packs]
    files = {file.path: file for file in lock.files if file.path not in gone} | managed
    return replace(lock, now=values.now, variables=(*others, *used), files=tuple(files.values()))


def _kept_as(source: str) -> str:
    """Where a value comes from the next time: what was given to this run is in the manifest then."""
    return "project" if source in {"flag", "file"} else source


def _with_values(project: Project, rendering: Rendering) -> str:
    """The text of the manifest with the values that this run was given."""
    text = project.text
    for release, named in rendering.variables.items():
        pack = release.name
        own = project.manifest.pack_variables.get(pack, {})  # they win over those for every pack
        for name, resolved in named.items():
            if resolved.source in {"flag", "file"}:
                text = set_variable(text, name, resolved.value, pack if name in own else None)
    if text != project.text:
        parse_project(text, MANIFEST)  # or the project could not be read any more
    return text


def _orphans(lock: Lock, rendering: Rendering, packs: Sequence[str]) -> list[str]:
    """Managed files that no template makes any more; they stay where they are."""
    made = {file.path for file in rendering.files}
    return [
        file.path
        for file in lock.files
        if file.path not in made and (not packs or file.pack in packs)
    ]


def _and(paths: Sequence[str]) -> str:
    shown = ", ".join(paths[:5])
    return shown if len(paths) <= 5 else f"{shown} and {len(paths) - 5} more"
