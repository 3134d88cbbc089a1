"""`packs clean`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ggen


def test_it_says_what_would_go_and_then_what_went(
    project: Ggen, ggen: Ggen, ggen_home: Path
) -> None:
    for port in ("8001", "8002"):
        assert project("packs", "generate", "--var", f"port={port}").code == 0
    assert ggen("packs", "uninstall", "twelve").code == 0
    backups = sorted((ggen_home / "backups").glob("*/*"))
    for number, folder in enumerate(backups):
        os.utime(folder, (number, number))
    os.utime(ggen_home / "packages" / "twelve", (0, 0))
    old = next(one for one in backups if one.name.startswith("2-"))
    dry = ggen("packs", "clean", "--dry-run")
    assert dry.out.splitlines() == [
        "tree of twelve 1.0.0",
        f"backup {old.parent.name}/{old.name}",
        "1 backup and 1 tree would go",
    ]
    assert old.exists()
    done = ggen("packs", "clean", "--json").json
    assert (done["backups"], done["trees"]) == ([f"{old.parent.name}/{old.name}"], ["twelve 1.0.0"])
    assert done["dry_run"] is False
    assert done["freed"] > 0
    assert not old.exists()
    for spec in ("base@^8", "base@^9"):
        assert project("packs", "install", spec).code == 5
    record, told = project("packs", "clean").out.splitlines()
    assert record.startswith("record .ggen/records/resolution-")
    assert told == "1 record, 0 backups and 0 trees removed, 0 bytes freed"
    again = ggen("packs", "clean")
    assert again.out == "0 backups and 0 trees removed, 0 bytes freed\n"
    missing = project("packs", "rollback", "latest")
    assert missing.code == 0, missing.err  # the latest stays
    error = project("packs", "rollback", "2", "--json").error
    assert error["name"] == "backup-missing"
