"""A pack's own tests: each case is generated twice, and compared with the files it expects.

Keeps true: a case that can't be generated fails and hides no other; nothing is written but by
`update`, which makes `expected/` of a case what came out, all of it or nothing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ggen_graph.core.diagnostics import CaseInvalid, CaseNotFound, GgenError, Location, did_you_mean
from ggen_graph.core.manifest.case import EXPECTED, MANIFEST, TESTS
from ggen_graph.edges.files import TEMPORARY_PREFIX, explained, printable, read_bytes
from ggen_graph.edges.journal import recover
from ggen_graph.edges.staging import delete_tree
from ggen_graph.edges.trees import is_noise
from ggen_graph.edges.writes import Write, carry_out, survey
from ggen_graph.workflows.places import hold_home
from ggen_graph.workflows.transaction import Proposal, plan_of
from ggen_graph.workflows.workbench import MadeFile, case_names, read_case, workbench

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ggen_graph.edges.config import Home
    from ggen_graph.edges.registry import Registry
    from ggen_graph.workflows.places import Terms
    from ggen_graph.workflows.workbench import Workbench

_JOURNAL = f"{TEMPORARY_PREFIX}tests"  # in the pack's folder, of which no tree has it
MAX_EXPECTED = 100_000_000  # bytes of one expected file; none that a template makes comes near

Kind = Literal["missing", "unexpected", "changed", "mode", "undetermined"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is not as a case expects it.

    `kind`: "missing" was not made; "unexpected" was made and is not in `expected/`; "changed" has
    other bytes; "mode" is a program on one side only; "undetermined" came out otherwise the second
    time. `before` and `after` are bytes: expected and made, or made first and second.
    """

    path: str
    kind: Kind
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How a case went: it passed if there is neither a difference nor an error.

    A case without `expected/` is compared as if it were complete: it would otherwise always pass.
    `compared` counts expected files. `unlisted` are files of the pack that a case which is not
    `complete` does not look at. `made` are the files as they came out, by path.
    """

    name: str
    description: str
    compared: int = 0
    differences: tuple[Difference, ...] = ()
    unlisted: tuple[str, ...] = ()
    error: GgenError | None = None
    made: Mapping[str, MadeFile] | None = None

    @property
    def passed(self) -> bool:
        """Whether all is as expected."""
        return self.error is None and not self.differences


def pack_tests(
    folder: Path,
    registries: Sequence[Registry] = (),
    names: Sequence[str] = (),
    *,
    twice: bool = True,
) -> Iterator[CaseResult]:
    """Run the cases of the pack in `folder`, each result as soon as it is there.

    Args:
        folder: of the pack.
        registries: where what it depends on comes from.
        names: the cases to run; all if empty.
        twice: whether each is made a second time, to see that it comes out the same.

    Raises:
        CaseNotFound: the pack has no cases, or none of a name.
        ManifestMissing, ManifestInvalid, PathRefused: the folder is no pack, or a wrong one.
    """
    with workbench(folder, registries) as bench:
        for name in _chosen(folder, names):
            yield _run(bench, folder, name, twice=twice)


def _chosen(folder: Path, names: Sequence[str]) -> list[str]:
    known = case_names(folder)
    if not known:
        raise CaseNotFound(
            f"the pack in {printable(folder)} has no tests",
            help=f"a test is a folder {TESTS}/NAME with a {MANIFEST}, which may be empty;"
            " `ggen packs test --update` then writes what it expects",
        )
    for name in names:
        if name not in known:
            raise CaseNotFound(
                f"the pack has no case {name}",
                help=did_you_mean(name, known) or f"its cases are: {', '.join(known)}",
            )
    return [name for name in known if not names or name in names]


def _run(bench: Workbench, folder: Path, name: str, *, twice: bool) -> CaseResult:
    result = CaseResult(name, "")
    try:
        case, model = read_case(folder, name)
        result = replace(result, description=case.description)
        expected = expected_files(folder, name)
        made = bench.make(case, model).files
        again = bench.make(case, model).files if twice else made
    except GgenError as error:
        return replace(result, error=error)
    own = [path for path, file in made.items() if file.pack == bench.record.name]
    unlisted = [path for path in own if path not in expected]
    differences = [*_undetermined(made, again), *_differences(expected, made)]
    whole = case.complete or not expected  # a case that expected nothing could not fail
    if whole:
        differences += [Difference(path, "unexpected", None, made[path].data) for path in unlisted]
    return replace(
        result,
        compared=len(expected),
        differences=tuple(sorted(differences, key=lambda one: (one.path, one.kind))),
        unlisted=() if whole else tuple(unlisted),
        made=made,
    )


def _undetermined(
    made: Mapping[str, MadeFile], again: Mapping[str, MadeFile]
) -> Iterator[Difference]:
    for path in sorted({*made, *again}):
        first, second = made.get(path), again.get(path)
        if first != second:
            yield Difference(
                path, "undetermined", first.data if first else None, second.data if second else None
            )


def _differences(
    expected: Mapping[str, tuple[bytes, bool]], made: Mapping[str, MadeFile]
) -> Iterator[Difference]:
    for path, (data, program) in expected.items():
        file = made.get(path)
        if file is None:
            yield Difference(path, "missing", data, None)
        elif file.data != data:
            yield Difference(path, "changed", data, file.data)
        elif file.program != program:
            yield Difference(path, "mode", data, file.data)


def expected_files(folder: Path, name: str) -> dict[str, tuple[bytes, bool]]:
    """The files that a case expects, by path: bytes, and whether it is a program.

    Raises:
        CaseInvalid: a link, a device, or a file of a size that no template makes is among them.
    """
    root = folder / TESTS / name / EXPECTED
    found: dict[str, tuple[bytes, bool]] = {}
    if not root.is_dir():
        return found
    with explained("read", root):
        unseen = [root]
        while unseen:
            with os.scandir(unseen.pop()) as entries:
                for entry in entries:
                    if is_noise(entry.name):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        unseen.append(Path(entry))
                        continue
                    path = Path(entry).relative_to(root).as_posix()
                    _refuse_odd(entry, f"{TESTS}/{name}/{EXPECTED}/{path}")
                    program = bool(entry.stat(follow_symlinks=False).st_mode & 0o100)
                    found[path] = read_bytes(Path(entry)), program
    return dict(sorted(found.items()))


def _refuse_odd(entry: os.DirEntry[str], shown: str) -> None:
    where = Location(printable(shown))
    if not entry.is_file(follow_symlinks=False):
        raise CaseInvalid(
            "an expected file is a plain file, and this is none: templates make no links",
            help="put the content itself there",
            where=where,
        )
    if entry.stat(follow_symlinks=False).st_size > MAX_EXPECTED:
        raise CaseInvalid(
            f"an expected file has at most {MAX_EXPECTED:,} bytes", help="delete it", where=where
        )


def finish_update(folder: Path, home: Home, terms: Terms) -> None:
    """Finish an update that was cut off, or take it back, and say so; do nothing if there is none.

    Raises:
        OperationInterrupted: neither can be done.
    """
    journal = folder / _JOURNAL
    if not journal.is_dir():
        return
    with hold_home(home, terms):
        recovery = recover(folder, journal)
        if recovery is not None and terms.note is not None:
            terms.note(recovery.told())
        _tidy(journal)


def _tidy(journal: Path) -> None:
    if journal.is_dir() and not any(journal.iterdir()):
        delete_tree(journal)


def update(folder: Path, results: Sequence[CaseResult], home: Home, terms: Terms) -> list[str]:
    """Make `expected/` of each case what came out, all of it or nothing; the paths that change.

    A case that expects nothing yet, or is complete, gets all files of its pack; another one those
    that it lists. Cases with an error are left as they are.

    Args:
        folder: of the pack.
        results: of these cases.
        home: held meanwhile, so that one of two does it.
        terms: shown the plan first.

    Raises:
        whatever the consent of `terms` raises; NotPermitted, InstallFailed: the system refused, and
        nothing is changed.
    """
    journal = folder / _JOURNAL
    finish_update(folder, home, terms)
    with hold_home(home, terms):
        writes = [write for one in results for write in _expected(one)]
        try:
            changing = survey(folder, writes, journal)
            proposal = Proposal("packs test", tuple(writes))
            contents = {one.write.path: (one.before, one.write.data) for one in changing}
            terms.consent(plan_of(proposal, changing), contents)
            carry_out(folder, changing, journal, what="ggen packs test --update")
        finally:
            _tidy(journal)
    return [one.write.path for one in changing]


def _expected(result: CaseResult) -> Iterator[Write]:
    if result.made is None:
        return
    within = f"{TESTS}/{result.name}/{EXPECTED}"
    for one in result.differences:
        if one.kind in {"missing", "unexpected", "changed", "mode"}:
            file = result.made.get(one.path)
            mode = (0o755 if file.program else 0o644) if file else None
            yield Write(f"{within}/{one.path}", one.after, mode)
