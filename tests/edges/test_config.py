from __future__ import annotations

from pathlib import Path

import pytest

from ggen_graph.core.diagnostics import ConfigInvalid, UsageError
from ggen_graph.edges.config import (
    Home,
    get_setting,
    home,
    set_setting,
    settings,
    unset_setting,
)

CONFIG = """\
# where our packs are
[registries]
acme = "/srv/packs"  # mounted
mine = "packs"

[defaults]
author = "Ann"
port = 8080
"""


@pytest.fixture
def here(tmp_path: Path) -> Home:
    (tmp_path / "config.toml").write_text(CONFIG)
    return Home(tmp_path)


def test_the_home_is_where_the_environment_says(tmp_path: Path) -> None:
    assert home({"GGEN_HOME": str(tmp_path)}) == Home(tmp_path)
    assert home({"GGEN_HOME": "relative"}).path == Path.cwd() / "relative"


def test_without_it_the_home_is_in_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    assert home({}).path == Path("/somewhere/.ggen")
    assert home({"GGEN_HOME": ""}).path == Path("/somewhere/.ggen")
    assert home({"GGEN_HOME": "~/own"}).path == Path("/somewhere/own")


def test_who_has_no_home_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(path: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", nobody)
    with pytest.raises(UsageError) as raised:
        home({})
    assert raised.value.help == "set GGEN_HOME to a folder"


def test_the_places_in_a_home_have_names() -> None:
    place = Home(Path("/h"))
    assert [place.config, place.graph, place.packages] == [
        Path("/h/config.toml"),
        Path("/h/graph"),
        Path("/h/packages"),
    ]


def test_nothing_is_set_in_an_empty_home(tmp_path: Path) -> None:
    place = Home(tmp_path)
    assert (place.registries(), place.defaults(), settings(place)) == ({}, {}, {})
    assert get_setting(place, "defaults.author") is None


def test_registries_and_defaults_are_read_in_the_order_written(
    here: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(here.registries().items()) == [
        ("acme", Path("/srv/packs")),
        ("mine", here.path / "packs"),
    ]
    assert here.defaults() == {"author": "Ann", "port": 8080}
    monkeypatch.setenv("HOME", "/somewhere")
    here.config.write_text('[registries]\nown = "~/packs"\n')
    assert here.registries() == {"own": Path("/somewhere/packs")}


def test_every_setting_has_a_key(here: Home) -> None:
    assert settings(here) == {
        "registries.acme": "/srv/packs",
        "registries.mine": "packs",
        "defaults.author": "Ann",
        "defaults.port": 8080,
    }
    assert get_setting(here, "defaults.port") == 8080


def test_setting_a_key_keeps_comments_and_order(here: Home) -> None:
    set_setting(here, "defaults.author", 'Bob "the builder"')
    set_setting(here, "registries.new", "/new")
    assert here.config.read_text() == CONFIG.replace('"Ann"', '"Bob \\"the builder\\""').replace(
        'mine = "packs"\n', 'mine = "packs"\nnew = "/new"\n'
    )


def test_the_first_setting_makes_the_file(tmp_path: Path) -> None:
    place = Home(tmp_path / "not" / "yet")
    set_setting(place, "defaults.author", "Ann")
    set_setting(place, "registries.acme", "/srv")
    assert settings(place) == {"registries.acme": "/srv", "defaults.author": "Ann"}


def test_the_path_of_a_registry_is_the_one_meant_where_it_was_typed(
    here: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(here.path)
    set_setting(here, "registries.acme", "packs")
    assert get_setting(here, "registries.acme") == str(here.path / "packs")


def test_unsetting_forgets_and_says_whether_there_was_something(here: Home) -> None:
    assert unset_setting(here, "defaults.author")
    assert not unset_setting(here, "defaults.author")
    assert not unset_setting(here, "registries.unknown")
    assert here.defaults() == {"port": 8080}
    assert "# where our packs are" in here.config.read_text()


def test_a_configuration_that_is_a_link_stays_one(here: Home, tmp_path: Path) -> None:
    """People keep theirs in a folder of dotfiles."""
    (tmp_path / "dotfiles").mkdir()
    real = here.config.rename(tmp_path / "dotfiles" / "ggen.toml")
    here.config.symlink_to(real)
    set_setting(here, "defaults.author", "Bob")
    assert here.config.is_symlink()
    assert 'author = "Bob"' in real.read_text()


@pytest.mark.parametrize(
    ("key", "help_"),
    [
        ("registry.acme", 'did you mean "registries.acme"?'),
        ("default", 'did you mean "defaults.NAME"?'),
        ("colour", "keys are registries.NAME and defaults.VARIABLE"),
        ("registries", "name one: registries.NAME"),
        ("registries.", "'' is not a registry's name"),
        ("registries.Acme Packs", "'Acme Packs' is not a registry's name"),
        ("defaults.a b", "'a b' is not a variable"),
    ],
)
def test_a_key_that_does_not_exist_names_the_nearest(here: Home, key: str, help_: str) -> None:
    for ask in (get_setting, unset_setting):
        with pytest.raises(UsageError, match="there is no setting") as raised:
            ask(here, key)
        assert raised.value.help == help_
    with pytest.raises(UsageError):
        set_setting(here, key, "x")
    assert here.config.read_text() == CONFIG


def test_a_registry_on_the_network_can_not_be_set(here: Home) -> None:
    with pytest.raises(UsageError, match="only folders and index files can be read"):
        set_setting(here, "registries.acme", "https://example.org/packs")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[registries\n", ":1:12"),
        ('[registry]\nacme = "/srv"\n', ":1:1"),
        ("[registries]\nacme = 1\n", ":2:1"),
        ('[registries]\nacme = "https://example.org/"\n', ":2:1"),
        ("[defaults]\na = { b = 1 }\n", ":2:1"),
        ("[defaults]\na = '\xff'\n", ":2:6"),
    ],
)
def test_a_configuration_that_is_wrong_is_said_with_its_place_and_left_alone(
    here: Home, text: str, place: str
) -> None:
    here.config.write_bytes(text.encode("latin-1"))
    for ask in (here.registries, here.defaults, lambda: set_setting(here, "defaults.a", "b")):
        with pytest.raises(ConfigInvalid) as raised:
            ask()
        assert str(raised.value).startswith(f"{here.config}{place}: ")
    assert here.config.read_bytes() == text.encode("latin-1")


def test_a_file_that_the_editor_would_spoil_is_left_alone(
    here: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tomlkit.dumps", lambda document: "")
    with pytest.raises(ConfigInvalid, match="can't be edited safely"):
        set_setting(here, "defaults.author", "Bob")
    assert here.config.read_text() == CONFIG
