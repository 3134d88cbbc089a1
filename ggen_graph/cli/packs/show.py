"""`ggen packs show` and `ggen packs info`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ggen_graph.cli.catalog import catalog_to_read, registry_option
from ggen_graph.cli.command import command, session
from ggen_graph.cli.reporters.text import fields, table
from ggen_graph.workflows.browse import details
from ggen_graph.workflows.here import current_project

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SECTIONS = {
    "variables": ("NAME", "TYPE", "DEFAULT", "ALLOWED", "DESCRIPTION"),
    "templates": ("TEMPLATE", "DESCRIPTION"),
    "queries": ("QUERY", "FILE"),
    "dependencies": ("PACK", "RANGE"),
    "hooks": ("EVENT", "COMMAND"),
}


@command("show")
@click.argument("name", metavar="PACK")
@click.option("--variables", is_flag=True, help="Only its variables.")
@click.option("--templates", is_flag=True, help="Only its templates.")
@click.option("--queries", is_flag=True, help="Only its queries.")
@click.option("--dependencies", is_flag=True, help="Only what it requires.")
@registry_option
def show(
    name: str,
    variables: bool,
    templates: bool,
    queries: bool,
    dependencies: bool,
    registries: tuple[Path, ...],
) -> None:
    """Show what a pack is and holds: description, requirements, variables, templates, queries."""
    state = session()
    found = details(catalog_to_read(state, registries, current_project()), name)
    asked = {
        "variables": variables,
        "templates": templates,
        "queries": queries,
        "dependencies": dependencies,
    }
    only = [section for section, wanted in asked.items() if wanted]
    if only:
        found = {"name": name, "version": found["version"], **{key: found[key] for key in only}}
    state.emit(found, lambda: _show(found, only or list(_SECTIONS), head=not only))


@command("info")
@click.argument("name", metavar="PACK")
@registry_option
def info(name: str, registries: tuple[Path, ...]) -> None:
    """Show a pack's versions and where its health score comes from."""
    state = session()
    found = details(catalog_to_read(state, registries, current_project()), name)
    keys = ("name", "version", "registry", "checksum", "health", "health_parts", "versions")
    found = {key: found[key] for key in keys}
    state.emit(found, lambda: _info(found))


def _show(found: dict[str, Any], sections: Sequence[str], *, head: bool) -> None:
    if head:
        _head(found)
    for section in sections:
        rows = [_row(section, item) for item in found[section]]
        if rows:
            if head:
                click.echo()
            table(_SECTIONS[section], rows)
        elif not head:
            click.echo(f"{found['name']} has no {section}")


def _head(found: dict[str, Any]) -> None:
    fields(
        [
            ("name", found["name"]),
            ("version", found["version"]),
            ("title", found["title"]),
            ("description", found["description"]),
            ("category", found["category"]),
            ("health", None if found["health"] is None else f"{found['health']} of 100"),
            ("licence", found["license"]),
            ("authors", found["authors"]),
            ("tags", found["tags"]),
            ("repository", found["repository"]),
            ("registry", found["registry"]),
            ("versions", [one["version"] for one in found["versions"][:10]]),
        ]
    )


def _row(section: str, item: dict[str, Any]) -> tuple[object, ...]:
    if section == "variables":
        default = "(required)" if item.get("required") else _spelled(item.get("default"))
        return item["name"], item["type"], default, _allowed(item), item.get("description")
    if section == "templates":
        return item["path"], item["description"]
    if section == "queries":
        return item["name"], item["path"]
    if section == "dependencies":
        return item["name"], item["range"]
    return item["event"], item["command"]


def _spelled(value: object) -> str:
    """A default as one would give it with --var."""
    from ggen_graph.core.manifest.variable import spelled  # noqa: PLC0415 - only for variables

    return "" if value is None else spelled(value)


def _allowed(variable: dict[str, Any]) -> str:
    if variable.get("choices"):
        return " | ".join(str(choice) for choice in variable["choices"])
    if "min" in variable or "max" in variable:
        return f"{variable.get('min', '')}..{variable.get('max', '')}"
    return str(variable.get("pattern", ""))


def _info(found: dict[str, Any]) -> None:
    fields([(key, found[key]) for key in ("name", "version", "registry", "checksum")])
    click.echo()
    if found["health_parts"]:
        table(
            ("HEALTH", "POINTS", "OF", "WHY"),
            [
                *(
                    (p["part"], p["points"], p["maximum"], p["reason"])
                    for p in found["health_parts"]
                ),
                ("total", found["health"], 100, ""),
            ],
        )
        click.echo()
    table(
        ("VERSION", ""),
        [(one["version"], "yanked" if one["yanked"] else "") for one in found["versions"]],
    )
