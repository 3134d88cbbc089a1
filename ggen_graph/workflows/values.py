"""Variables: the values that a run gives, and what each pack's templates get of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import Location, UsageError, VariableInvalid
from ggen_graph.core.manifest import collect, resolve_variables
from ggen_graph.edges.config import home
from ggen_graph.edges.files import read_bytes
from ggen_graph.graph.templates import reached
from ggen_graph.graph.variables import variables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ggen_graph.core.manifest import ProjectManifest, ResolvedVariable, Variable
    from ggen_graph.graph.store import Store
    from ggen_graph.graph.templates import LockedPack


@dataclass(frozen=True, slots=True)
class Values:
    """The values a run gives to variables, by source, before they are typed.

    `flags` are text; the others are typed already. `now` is what the clock says to templates.
    """

    flags: Mapping[str, str]
    file: Mapping[str, Any]
    detected: Mapping[str, str]
    now: str


def values_for(
    flags: Mapping[str, str], file: Mapping[str, Any], project_name: str, now: str
) -> Values:
    """Values by source. Detected are the project's name, the year, and the home's defaults."""
    detected = {**home().defaults(), "project_name": project_name, "year": now[:4]}
    return Values(flags, file, detected, now)


def read_values_file(path: Path, option: str = "--vars") -> dict[str, Any]:
    """The values in a TOML, YAML or JSON file, typed as the file types them.

    Args:
        path: the file.
        option: what named it, for errors.

    Raises:
        UsageError: there is no such file, or it is not a table of names and values.
    """
    try:
        text = read_bytes(path).decode("utf-8")
    except FileNotFoundError as error:
        raise UsageError(f"{option} {path}: there is no such file") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{option} {path}: not UTF-8", help="save it as UTF-8") from error
    try:
        values = _parse(text, path.suffix.lower())
    except RecursionError as error:
        raise UsageError(f"{option} {path}: nested too deep") from error
    except ValueError as error:  # what the parsers of TOML and JSON raise; YAML's becomes one
        raise UsageError(f"{option} {path}: {error}", where=Location(str(path))) from error
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise UsageError(f"{option} {path}: must be a table of names and values")
    return values


def _parse(text: str, suffix: str) -> Any:
    if suffix == ".toml":
        import tomli  # noqa: PLC0415 - one of three

        return tomli.loads(text)
    if suffix == ".json":
        import json  # noqa: PLC0415 - one of three

        return json.loads(text)
    if suffix in {".yaml", ".yml"}:
        import yaml  # noqa: PLC0415 - one of three

        try:
            return yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ValueError(str(error)) from error
    raise ValueError("its name must end in .toml, .yaml, .yml or .json")


def resolve_values(
    manifest: ProjectManifest, store: Store, locked: Mapping[str, LockedPack], values: Values
) -> dict[str, dict[str, ResolvedVariable]]:
    """The variables of every locked pack, by release and name.

    Raises:
        VariableInvalid: with all faults of all packs.
    """
    declared = variables(store, list(locked))
    names = {variable.name for of_pack in declared.values() for variable in of_pack}
    wished = _wished(locked, declared)
    resolved = {}
    faults: dict[str, VariableInvalid] = {}
    for release, pack in locked.items():
        given = collect(
            flag=values.flags,
            file=values.file,
            project={**manifest.variables, **manifest.pack_variables.get(pack.name, {})},
            pack=wished[release],
            detected=values.detected,
        )
        try:
            resolved[release] = resolve_variables(declared[release], given, also_known=names)
        except VariableInvalid as error:
            faults[error.message] = error
    if faults:
        first = next(iter(faults.values()))
        if len(faults) == 1:
            raise first
        raise VariableInvalid(
            "; ".join(faults),
            help=first.help,
            details={
                "faults": [one for error in faults.values() for one in error.details["faults"]]
            },
        )
    return resolved


def _wished(
    locked: Mapping[str, LockedPack], declared: Mapping[str, Sequence[Variable]]
) -> dict[str, dict[str, Any]]:
    """For each release, what the releases that depend on it would have its variables be.

    A default is such a wish, where both declare a variable of that name. The pack furthest from
    what it depends on is nearest to the person, and has the last word.
    """
    reach = {release: reached(locked, release) for release in locked}
    wished: dict[str, dict[str, Any]] = {release: {} for release in locked}
    for release in sorted(locked, key=lambda one: (len(reach[one]), locked[one].name, one)):
        defaults = {
            variable.name: variable.default
            for variable in declared[release]
            if variable.default is not None
        }
        for below in reach[release]:
            wished[below].update(defaults)
    return wished
