"""Whatever is wrong with a registry is told with the place where the registry was named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ggen_graph.core.diagnostics import RegistryUnavailable
from ggen_graph.edges.registry import Origin

if TYPE_CHECKING:
    from pathlib import Path


def told(origin: Origin) -> RegistryUnavailable:
    with pytest.raises(RegistryUnavailable) as raised, origin.told(), origin.told():
        raise RegistryUnavailable("it is gone", help="look for it")
    return raised.value


def test_an_error_says_once_which_flag_named_the_registry() -> None:
    error = told(Origin("flag", "../shop"))
    assert error.help.splitlines() == [
        "look for it",
        "it is named by --registry ../shop; to do without it: leave the flag out",
    ]
    assert error.details == {"named_by": "--registry ../shop"}


def test_an_error_says_which_line_of_a_file_named_it(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('# mine\n[registries]\na = "/a"\nshop = "/b"\n', "utf-8")
    where = f"shop under [registries] in {file}:4"
    assert told(Origin("home", "shop", file)).details == {"named_by": where}
    assert told(Origin("home", "shop", file)).help.endswith("`ggen config unset registries.shop`")
    assert told(Origin("project", "shop", file)).help.endswith("remove the line")


def test_what_nobody_named_is_told_as_it_is() -> None:
    assert told(Origin()).help == "look for it"
    assert Origin().remedy() == ""
