"""The home's settings, read and changed."""

from __future__ import annotations

from typing import Any

from ggen_graph.core.diagnostics import SettingNotFound
from ggen_graph.edges import config


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


def put(key: str, value: str) -> None:
    """Make a setting."""
    config.set_setting(config.home(), key, value)


def unset(key: str) -> bool:
    """Take a setting back; whether it was made."""
    return config.unset_setting(config.home(), key)
