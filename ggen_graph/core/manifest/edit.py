"""Text edits of a `ggen.toml`: a new one with comments, and single changes that keep the rest.

Kept true: an edit changes the one thing it names and nothing else, comments, order and spacing
included; the text that comes out parses, and says what the old one said plus the change. Where
that can't be had (a table written in a way the editor does not follow) nothing is given back but
an error with the line to write by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import ManifestInvalid
from ggen_graph.core.manifest.project import parse_project
from ggen_graph.core.manifest.toml_positions import table_ends
from ggen_graph.core.manifest.toml_text import key_text, value_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ggen_graph.core.manifest.variable import Value
    from ggen_graph.core.names import PackSpec

_FILE = "ggen.toml"


def new_project(
    id: str,  # noqa: A002 - the key's name
    name: str,
    packs: Iterable[PackSpec],
    variables: Mapping[str, Value] | None = None,
    registries: Mapping[str, str] | None = None,
    *,
    graph_files: Iterable[str] = (),
    pack_variables: Mapping[str, Mapping[str, Value]] | None = None,
    base: str | None = None,
) -> str:
    """The text of a new `ggen.toml`, with comments for a person who opens it first.

    Args:
        id: the project's UUID.
        name: its name.
        packs: what to ask for.
        variables: values for every pack.
        registries: path or URL by name, in the order to ask them.
        graph_files: globs of the project's own RDF files.
        pack_variables: values by pack.
        base: the IRI those files are read with.

    Raises:
        ManifestInvalid: one of the values may not stand in a manifest.
    """
    lines = [
        "# What this project wants. ggen.lock says what it got; both belong in version control.",
        "",
        "[project]",
        f"id = {value_text(id)}  # names the project in its graph: never change it",
        f"name = {value_text(name)}",
        "",
        '# name = "range", such as "^1.2", ">=1.2 <3" or "*"; `ggen packs search` finds packs.',
        "[packs]",
        *_pairs({spec.name: _entry(spec.range, spec.features) for spec in packs}),
        "",
        "# For every pack; [variables.pack.NAME] is for one. `ggen packs show PACK` lists them.",
        "[variables]",
        *_pairs(variables or {}),
    ]
    for pack, values in (pack_variables or {}).items():
        lines += ["", f"[variables.pack.{key_text(pack)}]", *_pairs(values)]
    lines += ["", "# Asked in this order, before those that ggen brings.", "[registries]"]
    lines += _pairs(registries) if registries else ['# acme = { path = "../registry" }']
    lines += [
        "",
        "# The project's own RDF: the model that templates are generated from.",
        "[graph]",
    ]
    lines.append(f"files = {value_text(list(graph_files))}")
    lines.append(f"base = {value_text(base)}" if base else '# base = "http://example.org/shop#"')
    text = "\n".join(lines) + "\n"
    parse_project(text, _FILE)
    return text


def add_pack(text: str, spec: PackSpec) -> str:
    """The text with a pack under `[packs]`; a range that stands there is replaced, features are added.

    Raises:
        ManifestInvalid: the text, the name or the range is wrong; or the text can't be edited.
    """
    import tomli  # noqa: PLC0415 - one command in ten edits a manifest

    known = {one.name: one.features for one in parse_project(text, _FILE).packs}
    features = known.get(spec.name, ())
    more = (*features, *(one for one in spec.features if one not in features))
    entry = tomli.loads(_plain(text)).get("packs", {}).get(spec.name)
    if not isinstance(entry, dict):
        return _with_value(text, ("packs", spec.name), _entry(spec.range, more))
    text = _with_value(text, ("packs", spec.name, "version"), spec.range)
    if more == features:
        return text
    return _with_value(text, ("packs", spec.name, "features"), list(more))


def set_preferences(text: str, preferences: Mapping[str, Any]) -> str:
    """The text with some keys of `[resolution]`, as `Preferences` names them.

    Raises:
        ManifestInvalid: a value is wrong; or the text can't be edited.
    """
    for key, value in preferences.items():
        if key == "overrides":
            for name, range_text in value:
                text = _with_value(text, ("resolution", key, name), range_text)
        else:
            text = _with_value(text, ("resolution", key), value)
    return text


def _entry(range_text: str, features: tuple[str, ...]) -> Any:
    """A pack as `[packs]` has it: its range, or with features a table in line."""
    return {"version": range_text, "features": list(features)} if features else range_text


def add_registry(text: str, name: str, path: str) -> str:
    """The text with `name = "path"` under `[registries]`; one that stands there stays as it is.

    Raises:
        ManifestInvalid: the text, the name or the path is wrong; or the text can't be edited.
    """
    known = {entry.name for entry in parse_project(text, _FILE).registries}
    return text if name in known else _with_value(text, ("registries", name), path)


def set_variable(text: str, name: str, value: Value, pack: str | None = None) -> str:
    """The text with a variable's value under `[variables]`, or `[variables.pack.PACK]`.

    Raises:
        ManifestInvalid: the text, the name or the value is wrong; or the text can't be edited.
    """
    if pack is None and name == "pack":
        raise ManifestInvalid(
            "`[variables] pack` can't be a variable: it holds the variables of single packs"
        )
    parse_project(text, _FILE)
    return _with_value(
        text, ("variables", name) if pack is None else ("variables", "pack", pack, name), value
    )


def remove_pack(text: str, name: str) -> str:
    """The text without the pack under `[packs]`; the same text if it is not there.

    Raises:
        ManifestInvalid: the text is wrong, or can't be edited.
    """
    import tomli  # noqa: PLC0415 - as above

    parse_project(text, _FILE)
    wanted = tomli.loads(_plain(text))
    if name not in wanted.get("packs", {}):
        return text
    del wanted["packs"][name]
    return _first_that_says(
        wanted, (lambda: _removed(text, ("packs", name)),), f"remove the pack {name} from [packs]"
    )


def _with_value(text: str, path: tuple[str, ...], value: Any) -> str:
    """The text with a value at a path: on a line of its own, or in the place of another value."""
    import tomli  # noqa: PLC0415 - as above

    plain = list(value) if isinstance(value, tuple) else value
    wanted = tomli.loads(_plain(text))
    table = wanted
    for key in path[:-1]:
        table = table.setdefault(key, {})
    table[path[-1]] = plain
    attempts = (lambda: _inserted(text, path, value), lambda: _assigned(text, path, plain))
    return _first_that_says(
        wanted, attempts, f"write this yourself:\n{_header(path)}\n{_line(path, value)}"
    )


def _first_that_says(
    wanted: dict[str, Any], attempts: Iterable[Callable[[], str]], by_hand: str
) -> str:
    """The first attempt's text that reads as the data wanted, and as a manifest."""
    import tomli  # noqa: PLC0415 - as above
    from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415 - as above

    for attempt in attempts:
        try:
            edited = attempt()
            right = tomli.loads(_plain(edited)) == wanted
        except (TOMLKitError, ValueError, LookupError, TypeError, AttributeError):
            continue  # the editor's ways to say that it does not follow
        if right:
            parse_project(edited, _FILE)
            return edited
    raise ManifestInvalid("ggen.toml is written in a way that can't be edited safely", help=by_hand)


def _inserted(text: str, path: tuple[str, ...], value: Any) -> str:
    """The text with one more line below the last key of its table, or with one more table."""
    lines = text.split("\n")
    end_of_line = "\r" if len(lines) > 1 and lines[0].endswith("\r") else ""
    ends = table_ends(text)
    new = [_line(path, value)]
    at = ends.get(path[:-1])
    if at is None:
        new = ["", _header(path), *new]
        related = [line for table, line in ends.items() if table[:1] == path[:1]]
        at = max(related, default=len(lines) - (not lines[-1]))
    if at == len(lines):  # the last line has no end
        lines[-1] += end_of_line
        new.append("")
    return "\n".join([*lines[:at], *(line + end_of_line for line in new), *lines[at:]])


def _assigned(text: str, path: tuple[str, ...], value: Any) -> str:
    """The text after tomlkit sets a value, which it does well where one stands already."""
    import tomlkit  # noqa: PLC0415 - as above

    document = tomlkit.parse(text)
    table: Any = document
    for key in path[:-1]:
        if key not in table:
            table[key] = {}
        table = table[key]
    if isinstance(value, dict):
        inline = tomlkit.inline_table()
        inline.update(value)
        value = inline
    table[path[-1]] = value
    return tomlkit.dumps(document)


def _removed(text: str, path: tuple[str, str]) -> str:
    import tomlkit  # noqa: PLC0415 - as above

    document = tomlkit.parse(text)
    table: Any = document[path[0]]
    del table[path[1]]
    return tomlkit.dumps(document)


def _plain(text: str) -> str:
    return text.removeprefix("\ufeff")


def _header(path: tuple[str, ...]) -> str:
    return f"[{'.'.join(map(key_text, path[:-1]))}]"


def _line(path: tuple[str, ...], value: Any) -> str:
    return f"{key_text(path[-1])} = {value_text(value)}"


def _pairs(values: Mapping[str, Any]) -> list[str]:
    return [f"{key_text(key)} = {value_text(value)}" for key, value in values.items()]
