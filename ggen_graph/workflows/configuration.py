"""The home's settings, read and changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ggen_graph import resources
from ggen_graph.core.diagnostics import RegistryUnavailable, SettingNotFound
from ggen_graph.edges import config
from ggen_graph.edges.files import permissions, printable, write_atomic
from ggen_graph.edges.writes import Changing, Write, checksum_of
from ggen_graph.workflows.places import ANYHOW, Terms, asked_unheld, hold_home, home_place
from ggen_graph.workflows.transaction import Proposal, commit, plan_of

if TYPE_CHECKING:
    from ggen_graph.workflows.places import Consent


def listed() -> dict[str, Any]:
    """Every setting that is made, by key."""
    return config.settings(config.home())


def get(key: str) -> Any:
    """One setting's value.

    Raises:
        SettingNotFound: it is not set.
        UsageError: there is no such key.
    """
    value = config.get_setting(config.home(), key)
    if value is None:
        raise SettingNotFound(f"{key} is not set", help=f"ggen config set {key} VALUE")
    return value


def put(key: str, value: str, terms: Terms = ANYHOW) -> None:
    """Make a setting, in a transaction of the home.

    Raises:
        RegistryUnavailable, ManifestInvalid: a registry is set, and at that path is none.
        UsageError: it goes by the name of the registry that ggen brings.
        and whatever `set_setting` raises.
    """
    section, name = config.split_key(key)
    if section == "registries" and "://" not in value:
        _refuse_no_registry(Path(value).expanduser(), name)
    config.set_setting(config.home(), key, value, _writer("config set", terms))


def unset(key: str, terms: Terms = ANYHOW) -> bool:
    """Take a setting back; whether it was made."""
    return config.unset_setting(config.home(), key, _writer("config unset", terms))


def _writer(command: str, terms: Terms) -> config.Writer:
    def write(target: Path, before: bytes | None, data: bytes) -> None:
        home = config.home()
        seen = checksum_of(before)
        proposal = Proposal(command, (Write(home.config.name, data, expected=seen),))
        if target.parent == home.path.resolve():

            def attempt(consent: Consent) -> None:
                with hold_home(home, terms):
                    commit(home_place(home), proposal, consent)

            asked_unheld(terms, attempt)
            return
        # A link to somebody's dotfiles: no record of ours, and no journal, belongs beside those.
        change = Changing(proposal.writes[0], target.name, before, permissions(target))
        terms.consent(plan_of(proposal, [change]), {home.config.name: (before, data)})
        write_atomic(target, data)

    return write


def _refuse_no_registry(path: Path, name: str) -> None:
    """Refuse a path that every later command would stumble over, or find nothing at.

    An empty folder is a registry: its first pack may be still to come.
    """
    from ggen_graph.edges.registry import open_registry  # noqa: PLC0415 - only to set a registry
    from ggen_graph.workflows.registries import real_path, refuse_twins  # noqa: PLC0415 - likewise

    registry = open_registry(real_path(path), name)
    own = open_registry(real_path(resources.path("packs")))
    if registry.path != own.path:
        refuse_twins((registry, own))
    problems = registry.problems()
    if problems and next(iter(registry.releases()), None) is None:
        raise RegistryUnavailable(
            f"{printable(path)} is no registry: nothing in it is a pack that can be read",
            help=f"the first fault: {problems[0]}",
            details={"registry": printable(path)},
        )
