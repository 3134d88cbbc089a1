"""A person's own place, `$GGEN_HOME`, and what they set there once for all projects.

`config.toml` has `[registries]`, name → path of a folder or index, and `[defaults]`, name → value of
a variable. The keys people type are `registries.NAME` and `defaults.NAME`.

Keeps true: a change keeps comments and order, is written in one step, and is made only to a file
that was right before and is right after it.

Does not do: settings of one project (`ggen.toml`), secrets.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ggen_graph.core.diagnostics import ConfigInvalid, UsageError, nearest
from ggen_graph.edges.files import printable, read_text, write_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping

SECTIONS = ("registries", "defaults")

Writer = Callable[[Path, bytes | None, bytes], None]
"""Writes the configuration file: the real one, where it is a link; what was read there, None for no
file; and what it is to hold."""


def _write(path: Path, _before: bytes | None, after: bytes) -> None:
    write_atomic(path, after)


class Home(NamedTuple):
    """`$GGEN_HOME` and the places in it; none of them need exist."""

    path: Path

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.path / "config.toml"

    @property
    def graph(self) -> Path:
        """The folder of the catalog stores."""
        return self.path / "graph"

    @property
    def packages(self) -> Path:
        """The folder of installed trees (`edges.packages`)."""
        return self.path / "packages"

    @property
    def results(self) -> Path:
        """The folder of what queries gave (`edges.results`)."""
        return self.path / "cache" / "results"

    def registries(self) -> dict[str, Path]:
        """The registries of the configuration by name, in the order written.

        A relative path is relative to the home; `~` is the user's folder.

        Raises:
            ConfigInvalid: the configuration is wrong.
        """
        table = load_config(self.config).get("registries", {})
        return {name: self.path / Path(path).expanduser() for name, path in table.items()}

    def defaults(self) -> dict[str, Any]:
        """Values of variables for all projects.

        Raises:
            ConfigInvalid: the configuration is wrong.
        """
        return dict(load_config(self.config).get("defaults", {}))


def home(environ: Mapping[str, str] = os.environ) -> Home:
    """`$GGEN_HOME`, or `~/.ggen`.

    Raises:
        UsageError: there is neither that nor a home folder.
    """
    try:
        return Home(Path(environ.get("GGEN_HOME") or "~/.ggen").expanduser().absolute())
    except RuntimeError as error:
        raise UsageError(
            f"there is no place for ggen's files: {error}", help="set GGEN_HOME to a folder"
        ) from error


def settings(home: Home) -> dict[str, Any]:
    """Everything that is set, by key, in the order written."""
    config = load_config(home.config)
    return {
        f"{section}.{name}": value
        for section in SECTIONS
        for name, value in config.get(section, {}).items()
    }


def get_setting(home: Home, key: str) -> Any:
    """What is set for a key; None if nothing is.

    Raises:
        UsageError: there is no such key.
        ConfigInvalid: the configuration is wrong.
    """
    section, name = split_key(key)
    return load_config(home.config).get(section, {}).get(name)


def set_setting(home: Home, key: str, value: str, write: Writer = _write) -> None:
    """Set a key; the path of a registry becomes absolute.

    Args:
        home: whose configuration.
        key: "SECTION.NAME".
        value: what it is to be.
        write: how the file is written.

    Raises:
        UsageError: there is no such key, or it can't have this value.
        ConfigInvalid: the configuration is wrong; it is as it was.
        Busy, NotPermitted, InstallFailed: it can't be written; it is as it was.
    """
    section, name = split_key(key)
    if section == "registries":
        if "://" in value:
            raise UsageError(f"{key}: only folders and index files can be read, not {value}")
        value = str(Path(value).expanduser().absolute())

    def change(config: dict[str, Any]) -> None:
        if section not in config:
            config[section] = {}
        config[section][name] = value

    _edit(home, change, write)


def unset_setting(home: Home, key: str, write: Writer = _write) -> bool:
    """Forget a key; whether it was set. Arguments as `set_setting`.

    Raises:
        UsageError, ConfigInvalid, Busy, NotPermitted, InstallFailed: as `set_setting`.
    """
    section, name = split_key(key)
    if name not in load_config(home.config).get(section, {}):
        return False
    _edit(home, lambda config: config[section].pop(name), write)
    return True


def split_key(key: str) -> tuple[str, str]:
    """The section and the name in a key.

    Raises:
        UsageError: there is no such key; with the nearest one that there is.
    """
    from ggen_graph.core.manifest.values import is_slug, is_variable_name  # noqa: PLC0415 - seldom

    section, dot, name = key.partition(".")
    if section not in SECTIONS:
        near = nearest(section, SECTIONS)
        hint = f'did you mean "{near}.{name or "NAME"}"?' if near else ""
        known = "keys are registries.NAME and defaults.VARIABLE"
        raise UsageError(f"there is no setting {key!a}", help=hint or known)
    if not (is_slug if section == "registries" else is_variable_name)(name):
        what = "a registry's name" if section == "registries" else "a variable"
        said = f"{name!a} is not {what}" if dot else f"name one: {section}.NAME"
        raise UsageError(f"there is no setting {key!a}", help=said)
    return section, name


def load_config(path: Path) -> dict[str, Any]:
    """The configuration file as it is; an empty table if there is none.

    Raises:
        ConfigInvalid: it is not TOML, or says what it may not; with file, line and column.
    """
    try:
        text = read_text(path, ConfigInvalid)
    except FileNotFoundError:
        return {}
    return _parse(text, printable(path))


def _parse(text: str, file: str) -> dict[str, Any]:
    from ggen_graph.core.manifest import fields, values  # noqa: PLC0415 - only if there is one
    from ggen_graph.core.manifest.checks import Faults, mapping, raise_first, string, table  # noqa: PLC0415
    from ggen_graph.core.manifest.toml_text import load_toml  # noqa: PLC0415 - likewise

    registry_name = string("a registry's name in lower case", "acme", values.is_slug)
    registry_path = string(
        "the path of a folder or of an index.jsonl",
        "/srv/packs",
        lambda path: "://" not in path,
        advice="only folders and index files can be read",
    )
    data = load_toml(text, file, ConfigInvalid)
    faults = Faults()
    table(
        {
            "registries": mapping(registry_name, registry_path),
            "defaults": mapping(fields.variable_name, fields.scalar),
        }
    )(data, (), faults)
    raise_first(faults, text, file, ConfigInvalid)
    return data


def _edit(
    home: Home,
    change: Callable[[dict[str, Any]], object],
    write: Writer,
) -> None:
    import tomlkit  # noqa: PLC0415 - only `config set` and `unset` edit

    from ggen_graph.edges.locks import exclusive  # noqa: PLC0415 - likewise

    with exclusive(home.path / "config.lock", "the configuration"):
        target = Path(os.path.realpath(home.config))  # it may be a link into a folder of dotfiles
        try:
            text = read_text(target, ConfigInvalid)
            before = text.encode("utf-8")
        except FileNotFoundError:
            text, before = "", None
        wanted = _parse(text, printable(target))
        change(wanted)
        document = tomlkit.parse(text)
        change(document)
        edited = tomlkit.dumps(document)
        if _parse(edited, printable(target)) != wanted:
            raise ConfigInvalid(
                f"{printable(target)} is written in a way that can't be edited safely",
                help="make the change by hand",
            )
        write(target, before, edited.encode("utf-8"))
