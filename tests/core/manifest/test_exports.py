from __future__ import annotations

import subprocess
import sys

import pytest

from ggen_graph.core import manifest


def test_every_exported_name_is_there() -> None:
    assert {name for name in manifest.__all__ if getattr(manifest, name) is None} == set()


def test_a_name_that_is_not_exported_is_not_there() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'parse_lock'"):
        getattr(manifest, "parse_lock")  # noqa: B009 - mypy would see the plain form


def test_importing_the_package_loads_none_of_its_modules_nor_a_parser() -> None:
    code = "import sys, ggen_graph.core.manifest; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert [name for name in loaded if name.startswith("ggen_graph.core.manifest.")] == []


@pytest.mark.usefixtures("unmeasured")
def test_parsing_a_right_manifest_loads_no_positions_and_no_editor() -> None:
    code = (
        "import sys; from ggen_graph.core.manifest import parse_pack;"
        """parse_pack('[pack]\\nname = "a"\\nversion = "1.0.0"\\n', "gpack.toml"); print(*sys.modules)"""
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert {"tree_sitter", "tomlkit", "difflib", "semver", "json"}.isdisjoint(loaded)
