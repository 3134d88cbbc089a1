"""Which registries a command uses, in which order, and who named each.

Keeps true: a place is one registry however often and by whatever links it was named, under the first
name that someone gave it; no two of them share a name or a base, since a lock, a catalog and the IRIs
of releases tell registries apart by these.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ggen_graph import resources
from ggen_graph.core.diagnostics import UsageError
from ggen_graph.edges.config import home as the_home
from ggen_graph.edges.files import printable
from ggen_graph.edges.registry import INDEX, Origin, open_registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ggen_graph.core.manifest import ProjectManifest
    from ggen_graph.edges.config import Home
    from ggen_graph.edges.registry import Registry
    from ggen_graph.workflows.project import Project


class _Named(NamedTuple):
    """A registry that was named: where it is, what it is to be called, and by whom."""

    path: Path
    name: str | None
    origin: Origin

    @property
    def place(self) -> Path:
        """What it is known by: an index and the folder around it are the same registry."""
        return self.path.parent if self.path.name == INDEX else self.path


def registries_in_use(
    home: Home,
    paths: Sequence[Path] = (),
    project: tuple[Path, ProjectManifest] | None = None,
) -> tuple[Registry, ...]:
    """Every registry in use, the one that is asked first at the front.

    Args:
        home: whose configuration names some.
        paths: those named on the command line.
        project: the folder and manifest of the project the command works in.

    Raises:
        RegistryUnavailable: one of them can't be read.
        UsageError: two of them go by the same name or base, or one is not on this machine.
    """
    found: dict[Path, _Named] = {}
    for named in _named(home, paths, project):
        earlier = found.setdefault(named.place, named)
        if earlier.name is None and named.name is not None:
            # What a project or the home calls it is in locks; its folder's name may change.
            found[named.place] = named
    registries = tuple(map(_open, found.values()))
    refuse_twins(registries)
    return registries


def registries_within(project: Project | None, paths: Sequence[Path] = ()) -> tuple[Registry, ...]:
    """Every registry in use in a project, or outside of any; else like `registries_in_use`."""
    named = (project.root, project.manifest) if project is not None else None
    return registries_in_use(the_home(), paths, named)


def real_path(path: Path) -> Path:
    """The one path of a place, whatever links lead there; it need not exist."""
    return Path(os.path.realpath(path))


def _named(
    home: Home, paths: Sequence[Path], project: tuple[Path, ProjectManifest] | None
) -> Iterator[_Named]:
    for path in paths:
        yield _Named(real_path(path), None, Origin("flag", printable(path)))
    if project is not None:
        root, manifest = project
        for entry in manifest.registries:
            if entry.path is None:
                raise UsageError(
                    f"registry {entry.name} is at {entry.url}; only folders and index files can be read",
                    help=f"give `path` for it under [registries] in {root.name}/ggen.toml",
                )
            origin = Origin("project", entry.name, root / "ggen.toml")
            yield _Named(real_path(root / entry.path), entry.name, origin)
    for name, path in home.registries().items():
        yield _Named(real_path(path), name, Origin("home", name, home.config))
    yield _Named(real_path(resources.path("packs")), None, Origin())


def _open(named: _Named) -> Registry:
    with named.origin.told():
        registry = open_registry(named.path, named.name)
    registry.origin = named.origin
    return registry


def refuse_twins(registries: Sequence[Registry]) -> None:
    """Refuse two different registries that go by the same name or base.

    Raises:
        UsageError: with where each was named, and what takes it out.
    """
    names: dict[str, Registry] = {}
    bases: dict[str, Registry] = {}
    for registry in registries:
        by_name = names.setdefault(registry.name, registry)
        if by_name is not registry:
            raise _twins(f'are named "{registry.name}"', "name", by_name, registry)
        by_base = bases.setdefault(registry.base, registry)
        if by_base is not registry:
            raise _twins(f"have the base {registry.base}", "base", by_base, registry)


def _twins(what: str, key: str, *registries: Registry) -> UsageError:
    told: list[dict[str, Any]] = [
        {
            "path": printable(one.path),
            "base": one.base,
            "named_by": one.origin.where() or "ggen, which brings it",
        }
        for one in registries
    ]
    remedies = [one.origin.remedy() for one in registries]
    return UsageError(
        f"two registries {what}: {' and '.join(one['path'] for one in told)}",
        help="\n".join(
            (
                *(
                    f"{one['path']} is named by {one['named_by']}"
                    + (f"; to do without it: {remedy}" if remedy else "")
                    for one, remedy in zip(told, remedies, strict=True)
                ),
                f"or give one of them another `{key}` in a registry.toml beside it",
            )
        ),
        details={"registries": told},
    )
