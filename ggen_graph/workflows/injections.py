"""Lines that templates put into a person's files, and what is known of them afterwards.

The file stays the person's: it is in no lock and has no baseline. What was put in is kept in
`.ggen/injected.json`, committed with the project, so that a new version of the lines takes the place
of the old one, and uninstalling a pack takes its lines out again.

Keeps true: only lines that stand as they were put in are exchanged or taken out; those that a person
changed or removed are left alone, and said. A second run changes nothing.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from ggen_graph.core.diagnostics import Location, RecordInvalid, TemplateFailed
from ggen_graph.core.template.injection import exchange, holds
from ggen_graph.core.versions import version_key
from ggen_graph.edges.files import read_bytes, read_text
from ggen_graph.edges.writes import Write, checksum
from ggen_graph.workflows.baselines import find_baseline
from ggen_graph.workflows.project import PRIVATE
from ggen_graph.workflows.render import text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from ggen_graph.core.lock.lockfile import LockedFile
    from ggen_graph.workflows.render import RenderedLines

INJECTED = f"{PRIVATE}/injected.json"


@dataclass(frozen=True, slots=True)
class Injected:
    """Lines that were put into a person's file; `row` is "" for a template without `for_each`."""

    path: str
    pack: str
    version: str
    template: str
    row: str
    text: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What names them for ever, whatever they say."""
        return self.path, self.pack, self.template, self.row


class Survey(NamedTuple):
    """What is to be written so that files have their lines, and how their paths fare."""

    writes: list[Write]
    changed: list[str]
    unchanged: list[str]
    edited: list[str]
    orphaned: list[str]


def read_injected(root: Path) -> list[Injected]:
    """What was put into files of a project, by path.

    Raises:
        RecordInvalid: the file that says so is damaged.
    """
    path = root / INJECTED
    try:
        found = [_entry(one) for one in json.loads(read_text(path, RecordInvalid))["injected"]]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise RecordInvalid(
            f"this does not say what was put into files: {error}",
            help="take it from version control; without it, the lines are taken for your own",
            where=Location(INJECTED),
        ) from error
    return sorted(found, key=lambda one: one.key)


def _entry(values: dict[str, str]) -> Injected:
    found = Injected(**values)
    if not all(isinstance(value, str) for value in values.values()):
        raise TypeError("a value is no text")
    return found


def put_lines(root: Path, lines: Sequence[RenderedLines], packs: Collection[str]) -> Survey:
    """Say what is to be written so that a person's files have their lines.

    Args:
        root: the project's folder.
        lines: all that templates put into such files.
        packs: only those of these packs; all if empty.

    Raises:
        TemplateFailed: a file is not there, is no text, or has no such place.
        RecordInvalid: what was put in before is not known.
    """
    known = {one.key: one for one in read_injected(root)}
    before = list(known.values())
    survey = Survey([], [], [], [], [])
    wanted = {one.key: (one, rendered) for one, rendered in _latest(lines)}
    files: dict[str, list[tuple[Injected, RenderedLines]]] = {}
    for one, rendered in wanted.values():
        if not packs or one.pack in packs:
            files.setdefault(one.path, []).append((one, rendered))
    for path in sorted(files):
        _put(root, path, files[path], known, survey)
    for old in before:
        if old.key not in wanted and (not packs or old.pack in packs):
            survey.orphaned.append(old.path)
    survey.writes.extend(_record(before, known.values()))
    return survey


def take_out(
    root: Path, gone: Collection[str], staying: Collection[str], removed: Collection[str]
) -> Survey:
    """Say what is to be written so that lines of packs that go are in no file any more.

    Args:
        root: the project's folder.
        gone: the releases that go, as "pack@version".
        staying: the names of the packs of which a release stays.
        removed: the paths of files that go anyway.

    Raises:
        RecordInvalid: what was put in is not known.
    """
    known = read_injected(root)
    going = [one for one in known if one.pack not in staying or f"{one.pack}@{one.version}" in gone]
    survey = Survey([], [], [], [], [])
    for path in sorted({one.path for one in going} - set(removed)):
        data = _data(root, path)
        text = None if data is None else _text(data)
        if data is None or text is None:
            survey.edited.append(path)
            continue
        left = text
        for one in going:
            if one.path == path:
                if not holds(left, one.text):
                    survey.edited.append(path)
                left = exchange(left, one.text, "")
        if left != text:
            survey.changed.append(path)
            survey.writes.append(Write(path, left.encode("utf-8"), None, checksum(data)))
    survey.writes.extend(_record(known, [one for one in known if one not in going]))
    return survey


def carried(
    root: Path, files: Iterable[LockedFile], writes: Iterable[Write]
) -> tuple[tuple[LockedFile, ...], list[Write]]:
    """Locked files after lines went into them or out, and what their baselines are to be.

    A file that a template made once may get lines too. If it was as it was generated, it is so with
    them: else our own lines would count as a person's edit.
    """
    changing = {write.path: write for write in writes}
    after, baselines = [], []
    for file in files:
        write = changing.get(file.path)
        if write is None or write.data is None or write.expected != file.checksum:
            after.append(file)
            continue
        after.append(replace(file, checksum=checksum(write.data)))
        if baseline := find_baseline(root, file.path):
            place = baseline.relative_to(root).as_posix()
            baselines.append(Write(place, write.data, int(file.mode, 8)))
    return tuple(after), baselines


def stands(root: Path, one: Injected) -> bool | None:
    """Whether lines are in their file as they were put in; None if there is no such file."""
    data = _data(root, one.path)
    text = None if data is None else _text(data)
    return None if data is None else text is not None and holds(text, one.text)


def _put(
    root: Path,
    path: str,
    lines: Sequence[tuple[Injected, RenderedLines]],
    known: dict[tuple[str, str, str, str], Injected],
    survey: Survey,
) -> None:
    data = _data(root, path)
    if data is None:
        raise TemplateFailed(
            f"nothing can be put into {path}: there is no such file",
            help="make it, or let a template of the pack make it",
            where=lines[0][1].where,
        )
    text = text_of(data, path, lines[0][1].where)
    after, edited = text, False
    for one, rendered in lines:
        old = known.get(one.key)
        if old is None:
            now = rendered.into(after)
            if now == after:
                continue  # the person's own, or not wanted: nothing of ours
            after = now
        elif holds(after, old.text):
            after = exchange(after, old.text, one.text)
        else:
            edited = True
            continue
        known[one.key] = one
    if after != text:
        survey.changed.append(path)
        survey.writes.append(Write(path, after.encode("utf-8"), None, checksum(data)))
    else:
        (survey.edited if edited else survey.unchanged).append(path)


def _latest(lines: Iterable[RenderedLines]) -> Iterator[tuple[Injected, RenderedLines]]:
    """What each rendering puts in; of releases that stand side by side the later one has the last word."""
    for rendered in sorted(lines, key=lambda one: version_key(one.file.version)):
        file = rendered.file
        yield (
            Injected(file.path, file.pack, file.version, file.template, file.row, rendered.text),
            rendered,
        )


def _record(before: Sequence[Injected], after: Iterable[Injected]) -> Iterator[Write]:
    entries = sorted(after, key=lambda one: one.key)
    if entries == list(before):
        return
    document = {"injected": [asdict(one) for one in entries]}
    data = json.dumps(document, indent=2, ensure_ascii=False).encode("utf-8") + b"\n"
    yield Write(INJECTED, data if entries else None)


def _data(root: Path, path: str) -> bytes | None:
    target = root / path
    return read_bytes(target) if target.is_file() else None


def _text(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
