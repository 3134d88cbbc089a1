"""What a `gpack.toml` and a `ggen.toml` may say: each table's keys and the check of each.

`PACK_TABLES` and `PROJECT_TABLES` are the whole of it, and `docs/reference` describes every key
(a test compares them). Rules that concern more than one table follow: names that are there once,
a pack that is not its own dependency, defaults that fit the variables declared.

Kept true: what passes `PACK` or `PROJECT` can be built into its dataclass without another check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import did_you_mean
from ggen_graph.core.lint import RULES
from ggen_graph.core.manifest import fields, values
from ggen_graph.core.manifest.categories import is_category
from ggen_graph.core.manifest.checks import (
    Check,
    Faults,
    Table,
    array,
    boolean,
    days,
    duplicates,
    mapping,
    one_of,
    shown,
    string,
    table,
)
from ggen_graph.core.manifest.toml_text import key_text, quote
from ggen_graph.core.manifest.variable_schema import VARIABLE, default_fault, variable
from ggen_graph.core.resolution import ORDERS, STRATEGIES

if TYPE_CHECKING:
    from ggen_graph.core.manifest.toml_positions import KeyPath

HOOKS = tuple(
    f"{when}_{event}"
    for event in ("install", "generate", "update", "uninstall")
    for when in ("pre", "post")
)
"""The events a pack may hook."""

# gpack.toml -------------------------------------------------------------------------------------

_LICENSE_ADVICE = (
    "identifiers of spdx.org/licenses, joined by AND, OR, WITH; LicenseRef-Name for your own"
)

_ONE_LICENSE = (
    "one identifier of spdx.org/licenses, with its exception if it has one, and no AND or OR"
)

_REPOSITORY_ADVICE = "git over SSH is written ssh://git@example.org/pack.git"

_PACK: Table = {
    "name": fields.pack_name,
    "version": string("a version", "1.0.0", values.is_version),
    "title": string("a title on one line", "Web API starter"),
    "description": fields.text,
    "category": string(
        "a category in lower case",
        "web",
        is_category,
        advice="words of a-z and 0-9, with - between",
    ),
    "authors": array(string("an author", "Ann <ann@example.org>"), '["Ann <ann@example.org>"]'),
    "license": string(
        "an SPDX licence expression", "Apache-2.0", values.is_license, advice=_LICENSE_ADVICE
    ),
    "repository": string(
        "an absolute IRI", "https://example.org/pack.git", values.is_iri, advice=_REPOSITORY_ADVICE
    ),
    "tags": fields.words,
    "keywords": fields.words,
    "readme": fields.path,
    "ggen_compat": fields.version_range,
    "published": fields.date,
}
_TEMPLATE: Table = {
    "name": string("a template's name", "readme"),
    "path": string("a relative path", "templates/README.md.tera", values.is_path),
    "to": string("the relative path of a file", "src/{{ project.name }}.py", values.is_target),
    "description": fields.text,
    "mode": one_of("644", "755"),
    "overwrite": boolean,
    "engine": one_of("tera", "jinja2"),
    "optional_variables": mapping(fields.variable_name, fields.scalar),
}
_GLOBS: Table = {"globs": fields.globs}
_RDF: Table = {"globs": fields.globs, "base": fields.iri, "prefixes": fields.prefixes}
_LINT: Table = {"allow": array(one_of(*RULES), '["unused-variable"]')}
_HOOKS: Table = {event: string("a command", "make format") for event in HOOKS}

PACK_TABLES: dict[str, Table] = {
    "[pack]": _PACK,
    "[dependencies]": fields.DEPENDENCY,
    "[packages]": fields.DEPENDENCY,
    "[features]": {},
    "[templates]": _GLOBS,
    "[[template]]": _TEMPLATE,
    "[[variable]]": VARIABLE,
    "[queries]": _GLOBS,
    "[shapes]": _GLOBS,
    "[rdf]": _RDF,
    "[lint]": _LINT,
    "[hooks]": _HOOKS,
    "[metadata]": {},
}
"""Every table of a `gpack.toml` with its keys; `[metadata]` is free, and so are names of dependencies
and of features."""


def _tables(name: str, entry: Check) -> Check:
    """An array of tables, written `[[name]]`."""

    def check(value: object, path: KeyPath, faults: Faults) -> None:
        if not isinstance(value, list):
            faults.add(path, f"must be written [[{name}]], one for each {name}; got {shown(value)}")
            return
        for index, item in enumerate(value):
            entry(item, (*path, index), faults)

    return check


def _whole_pack(value: Any, _: KeyPath, faults: Faults) -> None:
    for section, key in (("template", "name"), ("template", "path"), ("variable", "name")):
        names = [entry[key] for entry in value.get(section, [])]
        for index in duplicates(names):
            faults.add((section, index, key), f"is {quote(names[index])}, like another {section}'s")
    own = value["pack"]["name"]
    for section in ("dependencies", "packages"):
        if own in value.get(section, {}):
            faults.add((section, own), "is this pack itself, which can't depend on itself")
    for name in value.get("packages", {}):
        if name in value.get("dependencies", {}):
            faults.add(("packages", name), "is in [dependencies], too: keep one of the two")
    _features(value, faults)
    _optional_variables(value, faults)


def _features(value: Any, faults: Faults) -> None:
    """A feature turns on dependencies that are optional, and other features."""
    asked = {**value.get("dependencies", {}), **value.get("packages", {})}
    optional = {
        name for name, one in asked.items() if isinstance(one, dict) and one.get("optional")
    }
    features = value.get("features", {})
    known = sorted(optional | set(features))
    for name, parts in features.items():
        if name in optional:
            faults.add(
                ("features", name), "is an optional dependency, which is a feature by itself"
            )
        for index, part in enumerate(parts):
            if part in asked and part not in optional:
                faults.add(("features", name, index), f"{part} is not optional, so it is always on")
            elif part not in known:
                faults.add(
                    ("features", name, index),
                    f"{part} is neither an optional dependency nor a feature",
                    did_you_mean(part, known),
                )


def _optional_variables(value: Any, faults: Faults) -> None:
    """A template's own defaults fit the variables declared, and each other."""
    declared = {entry["name"]: entry for entry in value.get("variable", [])}
    defaults: dict[str, Any] = {}
    for index, template in enumerate(value.get("template", [])):
        for name, default in template.get("optional_variables", {}).items():
            path = ("template", index, "optional_variables", name)
            first = defaults.setdefault(name, default)
            if (type(first), first) != (type(default), default):
                faults.add(path, "has another default in another template")
            fault = default_fault(declared[name], default) if name in declared else ""
            if fault:
                faults.add(path, fault)


PACK = table(
    {
        "pack": table(_PACK, required=("name", "version")),
        "dependencies": fields.dependencies,
        "packages": fields.dependencies,
        "features": mapping(fields.feature, array(fields.feature, '["postgres-driver"]')),
        "templates": table(_GLOBS),
        "template": _tables("template", table(_TEMPLATE, required=("name", "path"))),
        "variable": _tables("variable", variable),
        "queries": table(_GLOBS),
        "shapes": table(_GLOBS),
        "rdf": table(_RDF),
        "lint": table(_LINT),
        "hooks": table(_HOOKS),
        "metadata": fields.metadata,
    },
    required=("[pack]",),
    also=_whole_pack,
)
"""The check of a whole `gpack.toml`."""

# ggen.toml --------------------------------------------------------------------------------------

_PROJECT: Table = {
    "id": string(
        "a UUID in lower case",
        "0f9cb8a4-6a2e-4c1f-9d6b-3b1e5f7a2c10",
        values.is_uuid,
        advice="`uuidgen` makes one",
    ),
    "name": string("a project's name", "shop", values.is_project_name),
}
_REGISTRY: Table = {
    "path": string("the path of a folder or of an index.jsonl", "../registry"),
    "url": string(
        "an http or https address", "https://example.org/registry/", values.is_web_address
    ),
}
_GRAPH: Table = {
    "files": fields.globs,
    "base": fields.iri,
    "prefixes": fields.prefixes,
    "shapes": fields.globs,
}

_RESOLUTION: Table = {
    "strategy": one_of(*STRATEGIES),
    "order": one_of(*ORDERS),
    "exclude_newer": fields.date,
    "allow_cycles": boolean,
    "overrides": mapping(fields.pack_name, fields.version_range),
}

_POLICY: Table = {
    "licenses": array(
        string("an SPDX licence", "Apache-2.0", values.is_single_license, advice=_ONE_LICENSE),
        '["MIT", "Apache-2.0"]',
        least=1,
    ),
    "no_yanked": boolean,
    "protected": array(
        string("a glob of relative paths", "src/api/**", values.is_glob), '["src/api/**"]', least=1
    ),
    "max_days_behind": days,
    "one_major": boolean,
    "files_present": boolean,
    "max_registry_days": days,
}

PROJECT_TABLES: dict[str, Table] = {
    "[project]": _PROJECT,
    "[packs]": fields.DEPENDENCY,
    "[resolution]": _RESOLUTION,
    "[variables]": {},
    "[variables.pack.NAME]": {},
    "[registries]": _REGISTRY,
    "[graph]": _GRAPH,
    "[policy]": _POLICY,
}
"""Every table of a `ggen.toml` with its keys; names of packs, variables and registries are free."""


def _one_place(value: Any, path: KeyPath, faults: Faults) -> None:
    if len(value) != 1:
        faults.add(path, 'must have either a `path` or a `url`, such as { path = "../registry" }')


_registry_table = table(_REGISTRY, example='{ path = "../registry" }', also=_one_place)


def _registry(value: object, path: KeyPath, faults: Faults) -> None:
    if isinstance(value, str):
        _REGISTRY["url" if "://" in value else "path"](value, path, faults)
    else:
        _registry_table(value, path, faults)


def _values(value: object, path: KeyPath, faults: Faults) -> None:
    """Variables by name; any name, as it is packs that say which they know."""
    if not isinstance(value, dict):
        faults.add(path, f"must be a table of variables; got {shown(value)}")
        return
    for key, item in value.items():
        if isinstance(item, dict):
            advice = (
                f"variables of one pack stand in [variables.pack.{key_text(key)}]"
                if len(path) == 1
                else ""
            )
            faults.add((*path, key), "must be a value; got a table", advice)
        else:
            fields.scalar(item, (*path, key), faults)


_of_packs = mapping(fields.pack_name, _values)


def _variables(value: object, path: KeyPath, faults: Faults) -> None:
    if isinstance(value, dict) and "pack" in value:
        if isinstance(value["pack"], dict):
            _of_packs(value["pack"], (*path, "pack"), faults)
        else:
            advice = "the name is kept for [variables.pack.NAME], the variables of one pack"
            faults.add((*path, "pack"), f"can't be a variable; got {shown(value['pack'])}", advice)
        value = {key: item for key, item in value.items() if key != "pack"}
    _values(value, path, faults)


PROJECT = table(
    {
        "project": table(_PROJECT, required=("id", "name")),
        "packs": fields.dependencies,
        "resolution": table(_RESOLUTION),
        "variables": _variables,
        "registries": mapping(
            string(
                "a registry's name in lower case",
                "acme",
                values.is_slug,
                advice="words of a-z and 0-9, with - between",
            ),
            _registry,
        ),
        "graph": table(_GRAPH),
        "policy": table(_POLICY),
    },
    required=("[project]",),
)
"""The check of a whole `ggen.toml`."""
