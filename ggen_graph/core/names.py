"""Names: of packs, of projects, of files inside a root; and the `name@range` people type.

Keeps true: a pack's name is `[a-z0-9][a-z0-9-]{0,99}`, so it is safe in paths and IRIs as it is; a
path that `safe_relative_path` returns has no step that leaves its root when it is appended to one.

Does not look at the file system: whether a path meets a symbolic link is for who writes there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ggen_graph.core.diagnostics import PathRefused, RangeInvalid, UsageError
from ggen_graph.core.ranges import parse_range

PACK_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
FEATURE_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
PROJECT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class PackSpec:
    """A pack, the range of releases asked for, and features that are to be on.

    `range` is as written, `*` if nothing was.
    """

    name: str
    range: str
    features: tuple[str, ...] = ()

    def __str__(self) -> str:
        features = f"[{','.join(self.features)}]" if self.features else ""
        return f"{self.name}{features}@{self.range}"


def is_pack_name(text: str) -> bool:
    """Whether a pack may be named so."""
    return PACK_NAME.fullmatch(text) is not None


def check_pack_name(text: str) -> str:
    """`text`, if a pack may be named so.

    Raises:
        UsageError: with the name that comes nearest, if there is one.
    """
    if is_pack_name(text):
        return text
    near = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:100]
    raise UsageError(
        f"{_shown(text)} is not a pack name",
        help="A pack name has 1 to 100 characters: a-z, 0-9 and -, the first of them not -."
        + (f' Did you mean "{near}"?' if near else ""),
    )


def check_project_name(text: str) -> str:
    """`text`, if a project may be named so: it names a folder, and goes into generated code.

    Raises:
        UsageError: the name is empty, too long, or has other characters.
    """
    if PROJECT_NAME.fullmatch(text):
        return text
    raise UsageError(
        f"{_shown(text)} is not a project name",
        help="A project name has 1 to 100 characters: letters, digits, '.', '_' and '-', "
        "the first of them a letter or a digit.",
    )


def parse_pack_spec(text: str) -> PackSpec:
    """The pack, features and range in `name`, `name@range` or `name[feature,feature]@range`.

    Raises:
        UsageError: either half is not what it should be.
    """
    name, at, wanted = text.partition("@")
    name, bracket, inner = name.partition("[")
    check_pack_name(name)
    features = tuple(dict.fromkeys(part.strip() for part in inner[:-1].split(",")))
    if bracket and not (inner.endswith("]") and all(map(FEATURE_NAME.fullmatch, features))):
        raise UsageError(
            f"{_shown(text)} does not name features as it should",
            help=f'Write "{name}[postgres]" or "{name}[postgres,redis]@^1.2".',
        )
    if at and not wanted.strip():
        raise UsageError(
            f"{_shown(text)} has no range after the @",
            help=f'Write "{name}" for any release, or "{name}@^1.2" for those of a range.',
        )
    try:
        parse_range(wanted)
    except RangeInvalid as error:
        raise UsageError(error.message, help=error.help) from error
    return PackSpec(name, wanted.strip() or "*", features if bracket else ())


def safe_relative_path(text: str) -> str:
    """The path as POSIX writes it, without `.` steps, if it stays below whatever root it is put to.

    Raises:
        PathRefused: it is empty or absolute, has a `..` or an empty step, a backslash or a control
            character, begins with `~`, or cannot be written as UTF-8.
    """
    steps = text.split("/")
    path = "/".join(step for step in steps if step != ".")
    for wrong, why in (
        (not text, "it is empty"),
        (text.startswith("/"), "it is absolute"),
        (path.startswith("~"), "it begins with ~, which a shell reads as a home"),
        ("\\" in text, "it has a backslash; steps are separated by /"),
        (any(ord(each) < 32 or ord(each) == 127 for each in text), "it has a control character"),
        (any("\ud800" <= each <= "\udfff" for each in text), "it is not Unicode text"),
        ("" in steps, "it has an empty step"),
        (".." in steps, "it has a .. step"),
        (not path, "it names no file"),
    ):
        if wrong:
            raise PathRefused(
                f"the path {_shown(text)} is refused: {why}",
                help="Write a path relative to the folder it belongs to, as in src/main.py.",
            )
    return path


def inner_path(path: str) -> str:
    """`safe_relative_path`, also of names whose bytes are no UTF-8 (as `os.fsdecode` gives them).

    Raises:
        PathRefused: see there.
    """
    if not re.search("[\udc80-\udcff]", path):
        return safe_relative_path(path)
    try:
        raw = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise PathRefused(f"the path {path!a} is refused: no file system can write it") from error
    # The rules are about ASCII characters: one character per byte obeys them alike.
    safe = safe_relative_path(raw.decode("latin-1"))
    return safe.encode("latin-1").decode("utf-8", "surrogateescape")


def _shown(text: str) -> str:
    """`text` in quotes, cut short, with what does not print escaped."""
    short = text if len(text) <= 120 else text[:117] + "..."
    return '"' + "".join(c if c.isprintable() else ascii(c)[1:-1] for c in short) + '"'
