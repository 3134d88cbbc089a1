"""Taking releases out of the home: what needs them is asked, and what can't be asked is not passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from ggen_graph.core.diagnostics import PackNotFound, StillNeeded
from ggen_graph.core.plan import Risk

if TYPE_CHECKING:
    from ggen_graph.core.plan import ChangePlan
    from tests.workflows.conftest import Work


def of(text: str) -> api.PackSpec:
    return api.parse_pack_spec(text)


def there(home: api.Home) -> list[str]:
    return [f"{one.name} {one.version}" for one in api.verify(home, None)]


def test_from_the_home_a_release_goes_but_its_tree_stays_for_an_undo(work: Work) -> None:
    home = api.home()
    gone = api.uninstall_from_home(home, [of("typed")])
    assert gone.releases == ("typed 1.0.0",)
    assert "typed 1.0.0" not in there(home)
    assert (home.packages / "typed" / "1.0.0" / "gpack.toml").is_file()
    api.roll_back(None, home, gone.transaction)
    assert "typed 1.0.0" in there(home)


def test_a_range_says_which_releases_and_without_one_it_is_all(work: Work) -> None:
    home = api.home()
    first = api.uninstall_from_home(home, [of("base@1.0.0")])
    assert first.releases == ("base 1.0.0",)
    api.roll_back(None, home, first.transaction)
    gone = api.uninstall_from_home(home, [of("base"), of("app"), of("app")])
    assert set(gone.releases) == {"base 1.0.0", "base 1.1.0", "app 1.0.0"}
    with pytest.raises(PackNotFound, match="base is not installed"):
        api.uninstall_from_home(home, [of("base")])
    with pytest.raises(PackNotFound, match=r"typed \^9 is not installed"):
        api.uninstall_from_home(home, [of("typed@^9")])


def test_what_another_installed_release_has_nowhere_else_is_refused(work: Work) -> None:
    home = api.home()
    api.uninstall_from_home(home, [of("base@1.1.0")])  # app still has base 1.0.0
    with pytest.raises(StillNeeded, match=r"app 1\.0\.0 requires base \^1"):
        api.uninstall_from_home(home, [of("base@1.0.0")])
    assert set(api.uninstall_from_home(home, [of("base"), of("app")]).releases) == {
        "base 1.0.0",
        "app 1.0.0",
    }


def broken(name: str, version: str, text: str) -> None:
    """A manifest that someone has made one that can't be read."""
    manifest = api.home().packages / name / version / "gpack.toml"
    manifest.parent.chmod(0o755)
    manifest.unlink()  # or whoever shares it would be damaged as well
    manifest.write_text(text, "utf-8")


def test_a_broken_release_blocks_only_what_it_may_need(work: Work) -> None:
    home = api.home()
    broken(
        "app", "1.0.0", '[pack\nname = "app"\n[dependencies]\nbase = "^1"\nby-type = "typed-by"\n'
    )
    gone = api.uninstall_from_home(home, [of("typed")])
    (told,) = gone.broken
    assert told.startswith("app 1.0.0: ")
    with pytest.raises(StillNeeded, match=r"app 1\.0\.0 may need it, and can't be asked") as raised:
        api.uninstall_from_home(home, [of("base")])
    assert "packs verify app --repair" in raised.value.help
    assert "app@1.0.0" in raised.value.help
    assert set(api.uninstall_from_home(home, [of("base"), of("app")]).releases) == {
        "base 1.0.0",
        "base 1.1.0",
        "app 1.0.0",
    }


@pytest.mark.parametrize("text", ['[pack\n"\\u0074yped" = 1', "t\0y\0p\0e\0d\0", "typed"])
def test_in_doubt_a_broken_release_needs_what_is_to_go(work: Work, text: str) -> None:
    broken("rival", "1.0.0", text)
    with pytest.raises(StillNeeded, match=r"rival 1\.0\.0 may need it"):
        api.uninstall_from_home(api.home(), [of("typed")])


def test_a_manifest_that_is_gone_or_no_text_may_have_needed_anything(work: Work) -> None:
    tree = api.home().packages / "rival" / "1.0.0"
    tree.chmod(0o755)
    (tree / "gpack.toml").unlink()
    with pytest.raises(StillNeeded, match=r"rival 1\.0\.0 may need it"):
        api.uninstall_from_home(api.home(), [of("typed")])
    (tree / "gpack.toml").write_bytes(b"\xff")
    with pytest.raises(StillNeeded, match=r"rival 1\.0\.0 may need it"):
        api.uninstall_from_home(api.home(), [of("typed")])


def test_a_release_with_a_damaged_receipt_still_needs_what_it_needs_and_can_go(work: Work) -> None:
    home = api.home()
    (home.packages / "app" / ".1.0.0.json").write_bytes(b"{")
    with pytest.raises(StillNeeded, match=r"app 1\.0\.0 requires base"):
        api.uninstall_from_home(home, [of("base")])
    assert api.uninstall_from_home(home, [of("app")]).releases == ("app 1.0.0",)
    assert api.uninstall_from_home(home, [of("base")]).broken == ()


def test_to_purge_frees_the_space_at_once_which_only_the_name_typed_allows(work: Work) -> None:
    home = api.home()
    shown: list[ChangePlan] = []
    terms = api.Terms(lambda plan, _: shown.append(plan))
    gone = api.uninstall_from_home(home, [of("typed")], purge=True, terms=terms)
    (plan,) = shown
    assert (plan.risk, plan.irreversible) == (Risk.IRREVERSIBLE, "typed")
    assert plan.remarks == ("uninstall  typed 1.0.0",)
    assert not (home.packages / "typed" / "1.0.0").exists()
    with pytest.raises(api.GgenError, match="are not on the disk any more"):
        api.roll_back(None, home, gone.transaction)
