"""`ggen doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


def test_in_order_it_is_0(project: Ggen) -> None:
    told = project("doctor")
    assert told.code == 0, told.out + told.err
    assert [line.split()[0] for line in told.out.splitlines()] == ["ok"] * 5
    checks = project("doctor", "--json").json["checks"]
    assert [check["what"] for check in checks][-1] == "project"


def test_what_is_wrong_is_named_with_what_to_do(ggen: Ggen, ggen_home: Path) -> None:
    (ggen_home / "config.toml").write_text("[defaults]\ntitle = \n", "utf-8")
    told = ggen("doctor")
    assert told.code == 1
    assert "!!  home: " in told.out
    assert "error[check-failed]: not in order: home" in told.err
    failed = ggen("doctor", "--json")
    assert [check["ok"] for check in failed.json["checks"]].count(False) >= 1
    assert '"name": "check-failed"' in failed.err
