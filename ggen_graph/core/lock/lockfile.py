"""`ggen.lock`: what a project got, as a value and as text.

The text is TOML that a person can review and git can merge: a block for each release, and one line
for each root, requirement, variable and generated file, all sorted. Kept true: equal locks make equal
bytes on every machine, `parse_lock(dump_lock(lock)) == lock` for a lock in its order (`sorted_lock`),
and nothing in it says where on a machine something lies.

Does not do: saying whether a lock still fits `ggen.toml` (`core.lock.check`), what differs between
two (`core.lock.diff`), or merging them (`core.lock.merge`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import Location, LockCorrupt
from ggen_graph.core.manifest.toml_text import load_toml, quote, value_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from ggen_graph.core.manifest.project import ProjectManifest
    from ggen_graph.core.manifest.variable import Value

SCHEMA = 1
"""The version of the format that this module reads and writes."""

RESTORE = "`ggen doctor --restore-lock` brings back the last good one"

_MAX_CHARACTERS = 200_000_000  # a lock grows with the project: some 250 characters for each file

_HEAD = """\
# What this project got; ggen writes it. Keep it in version control, change ggen.toml instead.
"""


@dataclass(frozen=True, slots=True)
class LockedRoot:
    """What the lock was resolved for: a pack that `ggen.toml` asks for, the range as it is written there.

    Attributes:
        name: the pack.
        range: the range that counts.
        features: those that are to be on.
        version: the release that was chosen for it.
        waived: whether a strategy has overridden the range, so that the version need not be in it.
    """

    name: str
    range: str
    features: tuple[str, ...] = ()
    version: str = ""
    waived: bool = False

    @property
    def asked(self) -> tuple[str, str, tuple[str, ...]]:
        """What `ggen.toml` says of it, without what came of it."""
        return self.name, self.range, self.features


@dataclass(frozen=True, slots=True)
class LockedRegistry:
    """A registry that the releases came from: its name and its base IRI."""

    name: str
    base: str


@dataclass(frozen=True, slots=True)
class LockedRelease:
    """A release that was chosen.

    Attributes:
        name: the pack.
        version: the release's version.
        registry: the base IRI of the registry it came from.
        source: where in the registry it lies, relative to it.
        checksum: "sha256:" and 64 hex digits, of the release's tree.
        requires: (pack, range) as the release asks.
        dependencies: "pack@version", the releases chosen for these.
    """

    name: str
    version: str
    registry: str
    source: str
    checksum: str
    requires: tuple[tuple[str, str], ...] = ()
    dependencies: tuple[str, ...] = ()

    @property
    def spec(self) -> str:
        """The release as others name it: "pack@version"."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class LockedVariable:
    """A value that templates of a pack got, and where it came from.

    `version` is that of the pack where the lock has several releases of it, else "".
    """

    pack: str
    name: str
    value: Value
    source: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class LockedFile:
    """A generated file.

    Attributes:
        path: relative to the project, with `/`.
        pack: the pack whose template made it.
        version: that pack's version.
        template: the template's name.
        row: the key of the row it was made for; "" for a template without `for_each`.
        checksum: "sha256:" and 64 hex digits, of what was rendered.
        mode: "644" or "755".
    """

    path: str
    pack: str
    version: str
    template: str
    row: str
    checksum: str
    mode: str = "644"


@dataclass(frozen=True, slots=True)
class Lock:
    """A whole `ggen.lock`. `now` is the frozen time templates saw, an ISO 8601 string."""

    schema: int = SCHEMA
    now: str = ""
    roots: tuple[LockedRoot, ...] = ()
    registries: tuple[LockedRegistry, ...] = ()
    releases: tuple[LockedRelease, ...] = ()
    variables: tuple[LockedVariable, ...] = ()
    files: tuple[LockedFile, ...] = ()


def roots_of(
    manifest: ProjectManifest, got: Mapping[str, str] | None = None, waived: Collection[str] = ()
) -> tuple[LockedRoot, ...]:
    """What a `ggen.toml` asks for, as a lock resolved for it says; the range of an override counts.

    Args:
        manifest: of the project.
        got: the version that was chosen for each pack.
        waived: the packs whose ranges a strategy has overridden.
    """
    got = got or {}
    overrides = dict(manifest.resolution.overrides)
    roots = (
        LockedRoot(
            one.name,
            overrides.get(one.name, one.range),
            tuple(sorted(set(one.features))),
            got.get(one.name, ""),
            one.name in waived,
        )
        for one in manifest.packs
        if not one.optional
    )
    return tuple(sorted(roots, key=lambda each: each.name))


def sorted_lock(lock: Lock) -> Lock:
    """The same lock in the order of its text."""
    releases = (
        replace(
            each,
            requires=tuple(sorted(each.requires)),
            dependencies=tuple(sorted(each.dependencies)),
        )
        for each in lock.releases
    )
    roots = (replace(each, features=tuple(sorted(each.features))) for each in lock.roots)
    return replace(
        lock,
        roots=tuple(sorted(roots, key=lambda each: each.name)),
        registries=tuple(sorted(lock.registries, key=lambda each: each.name)),
        releases=tuple(sorted(releases, key=lambda each: (each.name, each.version))),
        variables=tuple(
            sorted(lock.variables, key=lambda each: (each.pack, each.version, each.name))
        ),
        files=tuple(sorted(lock.files, key=lambda each: each.path)),
    )


def dump_lock(lock: Lock) -> str:
    """The text of a lock: sorted, one line for each thing that may change on its own."""
    lock = sorted_lock(lock)
    lines = [_HEAD, f"schema = {lock.schema}", f"now = {quote(lock.now)}"]
    lines += _rows("roots", map(_root, lock.roots))
    lines += _rows(
        "registries",
        (f"name = {quote(each.name)}, base = {quote(each.base)}" for each in lock.registries),
    )
    for release in lock.releases:
        lines += _release(release)
    lines += ["", "[variables]", *_rows("used", map(_variable, lock.variables))]
    lines += ["", "[generated]", *_rows("files", map(_file, lock.files))]
    return "\n".join(lines) + "\n"


def parse_lock(text: str, file: str) -> Lock:
    """The lock that a text spells.

    Args:
        text: the text of a `ggen.lock`.
        file: the name to show for it in an error.

    Raises:
        LockCorrupt: at the first fault by place in the text.
    """
    from ggen_graph.core.manifest.checks import Faults, raise_first  # noqa: PLC0415 - only where a lock is read
    from ggen_graph.core.manifest.lock_schema import LOCK  # noqa: PLC0415 - likewise

    data = load_toml(text, file, LockCorrupt, advice=RESTORE, limit=_MAX_CHARACTERS)
    schema = data.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        problem = f"is of format {schema}; this ggen reads up to {SCHEMA}"
        raise LockCorrupt(
            f"the lock {problem}",
            help="use the ggen that wrote it, or a newer one",
            where=Location(file),
        )
    faults = Faults()
    LOCK(data, (), faults)
    raise_first(
        Faults((path, message, RESTORE) for path, message, _ in faults), text, file, LockCorrupt
    )
    return Lock(
        schema=data["schema"],
        now=data["now"],
        roots=tuple(map(_read_root, data["roots"])),
        registries=tuple(LockedRegistry(**each) for each in data["registries"]),
        releases=tuple(map(_read_release, data.get("release", []))),
        variables=tuple(map(_read_variable, data["variables"]["used"])),
        files=tuple(LockedFile(**each) for each in data["generated"]["files"]),
    )


def _rows(name: str, rows: Iterable[str]) -> list[str]:
    body = [f"  {{ {row} }}," for row in rows]
    return [f"{name} = [", *body, "]"] if body else [f"{name} = []"]


def _root(root: LockedRoot) -> str:
    return (
        f"name = {quote(root.name)}, range = {quote(root.range)}, "
        f"features = {value_text(root.features)}, version = {quote(root.version)}"
        f"{', waived = true' if root.waived else ''}"
    )


def _release(release: LockedRelease) -> list[str]:
    lines = ["", "[[release]]"]
    lines += [
        f"{key} = {quote(getattr(release, key))}"
        for key in ("name", "version", "registry", "source", "checksum")
    ]
    lines += _rows(
        "requires",
        (f"name = {quote(name)}, range = {quote(wanted)}" for name, wanted in release.requires),
    )
    chosen = [f"  {quote(each)}," for each in release.dependencies]
    return [*lines, "dependencies = [", *chosen, "]"] if chosen else [*lines, "dependencies = []"]


def _variable(variable: LockedVariable) -> str:
    version = f"version = {quote(variable.version)}, " if variable.version else ""
    return (
        f"pack = {quote(variable.pack)}, {version}name = {quote(variable.name)}, "
        f"value = {value_text(variable.value)}, source = {quote(variable.source)}"
    )


def _file(file: LockedFile) -> str:
    return (
        f"path = {quote(file.path)}, pack = {quote(file.pack)}, version = {quote(file.version)}, "
        f"template = {quote(file.template)}, row = {quote(file.row)}, checksum = {quote(file.checksum)}, "
        f"mode = {quote(file.mode)}"
    )


def _read_root(data: dict[str, Any]) -> LockedRoot:
    return LockedRoot(**{**data, "features": tuple(data["features"])})


def _read_release(data: dict[str, Any]) -> LockedRelease:
    requires = tuple((each["name"], each["range"]) for each in data["requires"])
    return LockedRelease(
        **{**data, "requires": requires, "dependencies": tuple(data["dependencies"])}
    )


def _read_variable(data: dict[str, Any]) -> LockedVariable:
    value = data["value"]
    return LockedVariable(**{**data, "value": tuple(value) if isinstance(value, list) else value})
