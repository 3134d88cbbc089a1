"""What a project wants, and how: its packs, its `[resolution]`, its rules, and what a command adds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import Location, QueryInvalid, UsageError
from ggen_graph.core.names import PackSpec
from ggen_graph.core.resolution import Preferences
from ggen_graph.edges.files import read_text
from ggen_graph.workflows.resolve import How

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ggen_graph.core.manifest import ProjectManifest
    from ggen_graph.workflows.project import Project
    from ggen_graph.workflows.resolve import Plan

RULES = "rules"
"""The folder of a project's own rules."""


def wanted_of(manifest: ProjectManifest) -> list[PackSpec]:
    """What a manifest asks for; what it lists as optional, it does not."""
    return [
        PackSpec(one.name, one.range, one.features) for one in manifest.packs if not one.optional
    ]


def pinned(spec: PackSpec, chosen: Plan) -> PackSpec:
    """What a manifest is to ask for: where no range was given, what is compatible with what was chosen."""
    return spec if spec.range != "*" else replace(spec, range=f"^{chosen.version(spec.name)}")


def how_of(project: Project | None, given: Mapping[str, Any] | None = None) -> How:
    """How to choose for a project, or outside of any.

    Args:
        project: whose `ggen.toml` and rules count.
        given: attributes of `Preferences` that a command sets; overrides are added to the project's.

    Raises:
        QueryInvalid: a rule is not UTF-8, or no file.
        UsageError: the strategy is custom, and there are no rules.
    """
    preferences = project.manifest.resolution if project else Preferences()
    changes = dict(given or {})
    if "overrides" in changes:
        overrides = {**dict(preferences.overrides), **dict(changes["overrides"])}
        changes["overrides"] = tuple(overrides.items())
    preferences = replace(preferences, **changes)
    if preferences.strategy != "custom":
        return How(preferences)
    files = sorted((project.root / RULES).glob("*.rq")) if project else []
    if not files:
        raise UsageError(
            "the strategy custom applies a project's own rules, and there are none",
            help=f"put a CONSTRUCT into {RULES}/NAME.rq; docs/how-to/resolve-a-conflict.md has one",
        )
    for file in files:
        if not file.is_file():  # to read a pipe would never end
            raise QueryInvalid(
                "this is not a file",
                help="a rule is a file with a CONSTRUCT; move this away",
                where=Location(f"{RULES}/{file.name}"),
            )
    rules = tuple((f"{RULES}/{file.name}", read_text(file, QueryInvalid)) for file in files)
    return How(preferences, rules)
