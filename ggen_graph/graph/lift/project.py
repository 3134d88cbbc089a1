"""A project's own files as nodes: `ggen.toml`, `ggen.lock`, the records under `.ggen/records`.

Generated files are lifted from the lock, where each has a line; which run wrote them comes from the
run's record. A locked release's manifest is lifted by `graph.lift.releases`, as in a catalog.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import RecordInvalid
from ggen_graph.core.manifest.values import is_iri
from ggen_graph.core.ranges import parse_range
from ggen_graph.graph import iris
from ggen_graph.graph.lift import json_text, node, prefixes
from ggen_graph.graph.lift.policy import policy_nodes
from ggen_graph.graph.lift.record_fields import text
from ggen_graph.graph.lift.resolutions import (
    decision_nodes,
    failure_of,
    parts,
    proof_nodes,
    proof_parts,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from ggen_graph.core.lock.lockfile import Lock
    from ggen_graph.core.manifest import ProjectManifest
    from ggen_graph.graph.lift import Node


def manifest_nodes(manifest: ProjectManifest) -> Iterator[Node]:
    """What `ggen.toml` says: the project, what it requires, its variables, registries and model."""
    project = iris.project(manifest.id)
    requirements = [
        node(
            iris.wanted(project, wanted.name),
            "Requirement",
            name=wanted.name,
            range=parse_range(wanted.range).canonical,
            optional=wanted.optional,
            feature=wanted.features,
        )
        for wanted in manifest.packs
    ]
    values = [
        *(_value(project, None, name, value) for name, value in manifest.variables.items()),
        *(
            _value(project, pack, name, value)
            for pack, named in manifest.pack_variables.items()
            for name, value in named.items()
        ),
    ]
    yield node(
        project,
        "Project",
        id=manifest.id,
        name=manifest.name,
        hasRequirement=requirements,
        hasValue=values,
        usesRegistry=[
            node(
                iris.part(project, "registry", registry.name),
                "Registry",
                name=registry.name,
                rank=rank,
                location=registry.path or registry.url,
            )
            for rank, registry in enumerate(manifest.registries, 1)
        ],
        modelFiles=manifest.graph.files,
        modelBase=manifest.graph.base,
        declares=prefixes(project, manifest.graph.prefixes),
        strategy=manifest.resolution.strategy,
        hasPolicy=policy_nodes(project, manifest.policy),
        hasOverride=[
            node(iris.part(project, "override", name), "Override", name=name, range=text)
            for name, text in manifest.resolution.overrides
        ],
    )


def _value(project: str, pack: str | None, name: str, value: Any) -> Node:
    owner = f"{project}/pack/{iris.segment(pack)}" if pack else project
    shaped = node(iris.part(owner, "variable", name), "VariableValue", name=name, ofPack=pack)
    return shaped | {"value": json_text(value)}  # the empty text is a value, too


def lock_nodes(project_id: str, lock: Lock, wanted: Collection[str] = ()) -> Iterator[Node]:
    """What `ggen.lock` says of releases and variables.

    `wanted` are the names that the manifest asks for. Which registry's pack each means is known only
    from the lock.
    """
    project = iris.project(project_id)
    entries = _entries(project, lock)
    yield node(project, frozenTime=lock.now)
    for release in lock.releases:
        if release.name in wanted:
            pack = iris.pack(release.registry, release.name)
            yield node(iris.wanted(project, release.name), onPack=pack)
            yield node(pack, name=release.name)
        iri = iris.release(release.registry, release.name, release.version)
        yield node(
            entries[release.spec],
            "LockedRelease",
            name=release.name,
            version=release.version,
            checksum=release.checksum,
            source=release.source,
            locks=iri,
            lockedIn=project,
            dependsOn=[entries[spec] for spec in release.dependencies if spec in entries],
        )
    for variable in lock.variables:
        entry = iris.locked(project, variable.pack, variable.version)
        yield node(
            iris.part(entry, "variable", variable.name),
            "VariableValue",
            name=variable.name,
            ofPack=variable.pack,
            source=variable.source,
            lockedIn=project,
        ) | {"value": json_text(variable.value)}


def _entries(project: str, lock: Lock) -> dict[str, str]:
    """The IRIs of the lock's entries, by "pack@version": by pack, but with the version if it has several releases of it."""
    names = Counter(release.name for release in lock.releases)
    return {
        one.spec: iris.locked(project, one.name, one.version if names[one.name] > 1 else "")
        for one in lock.releases
    }


def file_nodes(project_id: str, lock: Lock) -> Iterator[Node]:
    """One node per generated file: what it was derived from, and its checksum as generated."""
    project = iris.project(project_id)
    registries = {release.name: release.registry for release in lock.releases}
    for file in lock.files:
        registry = registries.get(file.pack)
        derived = []
        if registry is not None:
            release = iris.release(registry, file.pack, file.version)
            derived = [iris.part(release, "template", file.template), release]
        yield node(
            iris.project_file(project, file.path),
            "GeneratedFile",
            path=file.path,
            inProject=project,
            ofPack=file.pack,
            version=file.version,
            fromTemplate=file.template,
            derivedFrom=derived,
            rowKey=file.row,
            checksum=file.checksum,
            mode=file.mode,
        )


def record_nodes(project_id: str, record: Mapping[str, Any]) -> Iterator[Node]:
    """A record of a run, resolution or transaction; unknown kinds (of newer versions) give no nodes.

    Raises:
        RecordInvalid: it lacks what a record of its kind has.
    """
    project = iris.project(project_id)
    if record.get("kind") == "run":
        yield from _run(project, record)
    elif record.get("kind") == "resolution":
        yield from _resolution(project, record)
    elif record.get("kind") == "transaction":
        yield from _transaction(project, record)


def _run(project: str, record: Mapping[str, Any]) -> Iterator[Node]:
    name = text(record, "id")
    run = iris.record(project, "run", name)
    yield node(
        run,
        "Run",
        id=name,
        inProject=project,
        command=text(record, "command"),
        startedAt=text(record, "at"),
        used=_releases(record),
    )
    files = record.get("files")
    if not isinstance(files, list) or not all(isinstance(path, str) for path in files):
        raise RecordInvalid('"files" is not a list of paths')
    for path in files:
        yield node(iris.project_file(project, path), generatedBy=run)


def _resolution(project: str, record: Mapping[str, Any]) -> Iterator[Node]:
    name = text(record, "id")
    resolution = iris.record(project, "resolution", name)
    failure = failure_of(record)
    yield node(
        resolution,
        "Resolution",
        id=name,
        inProject=project,
        startedAt=text(record, "at"),
        outcome=text(record, "outcome"),
        message=text(record, "message") if "message" in record else None,
        strategy=text(record, "strategy") if "strategy" in record else None,
        chose=_releases(record),
        **parts(resolution, record),
        **(proof_parts(resolution, failure) if failure else {}),
    )
    yield from decision_nodes(resolution, record)
    if failure:
        yield from proof_nodes(resolution, failure)


def _transaction(project: str, record: Mapping[str, Any]) -> Iterator[Node]:
    """A transaction and what it did to each file but ggen's own, which follow from the others."""
    name = text(record, "id")
    transaction = iris.record(project, "transaction", name)
    changes = record.get("changes")
    if not isinstance(changes, list) or not all(isinstance(one, dict) for one in changes):
        raise RecordInvalid('"changes" is not a list of changes')
    nodes = [
        (number, change)
        for number, change in enumerate(changes, 1)
        if not text(change, "path").startswith(".ggen/")
    ]
    yield node(
        transaction,
        "Transaction",
        id=name,
        inProject=project,
        command=text(record, "command"),
        startedAt=text(record, "at"),
        sequenceNumber=_number(record, "number"),
        requestedBy=text(record, "by") or None,
        inRun=iris.record(project, "run", text(record, "run")) if "run" in record else None,
        rollsBack=iris.record(project, "transaction", text(record, "reverts"))
        if "reverts" in record
        else None,
        hasChange=[iris.file_change(transaction, number) for number, _ in nodes],
    )
    for number, change in nodes:
        # A name that is no UTF-8 is no text, but a text can stand for it.
        path = text(change, "path").encode("utf-8", "surrogateescape")
        shown = path.decode("utf-8", "backslashreplace")
        release = text(change, "release")
        if release and not is_iri(release):
            raise RecordInvalid(f'"release" is no IRI: {release}')
        yield node(
            iris.file_change(transaction, number),
            "FileChange",
            path=shown,
            ofFile=iris.project_file(project, shown),
            changeKind=text(change, "kind"),
            checksumBefore=_checksum(change, "before"),
            checksumAfter=_checksum(change, "after"),
            fromRelease=release or None,
        )


def _checksum(change: Mapping[str, Any], key: str) -> str | None:
    state = change.get(key)
    if state is None:
        return None
    if not isinstance(state, dict):
        raise RecordInvalid(f'"{key}" is not the state of a file')
    return text(state, "checksum")


def _number(record: Mapping[str, Any], key: str) -> int:
    value = record.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise RecordInvalid(f'"{key}" is not a number')
    return value


def _releases(record: Mapping[str, Any]) -> list[str]:
    """The IRIs of the releases that a record names."""
    releases = record.get("releases", [])
    if not isinstance(releases, list) or not all(isinstance(one, dict) for one in releases):
        raise RecordInvalid('"releases" is not a list of releases')
    for one in releases:
        if not is_iri(text(one, "registry")):
            raise RecordInvalid('"registry" is not the IRI of a registry')
    return [
        iris.release(one["registry"], text(one, "name"), text(one, "version")) for one in releases
    ]
