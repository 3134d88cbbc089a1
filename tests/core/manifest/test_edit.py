from __future__ import annotations

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from ggen_graph.core.diagnostics import ManifestInvalid
from ggen_graph.core.manifest import Dependency, RegistryEntry, parse_project
from ggen_graph.core.manifest.edit import (
    add_pack,
    new_project,
    remove_pack,
    set_preferences,
    set_variable,
)
from ggen_graph.core.names import PackSpec
from ggen_graph.core.resolution import Preferences

ID = "0f9cb8a4-6a2e-4c1f-9d6b-3b1e5f7a2c10"
PROJECT = f'[project]\nid = "{ID}"\nname = "shop"\n'
COMMENTED = f"""\
# The shop.
[project]
id = "{ID}"   # ours
name = "shop"

[packs]
  base = "^1"    # the base
# ci = "^2"

# What templates get
[variables]
author = 'Ann'

# Only for the API
[variables.pack.web-api]
port = 9000 # not 8000

# The model
[graph]
files = [
  "model/*.ttl",  # classes
]
"""


def test_features_are_added_to_those_that_are_there() -> None:
    once = add_pack(COMMENTED, PackSpec("base", "^2", ("pg",)))
    assert parse_project(once, "ggen.toml").packs[0] == Dependency("base", "^2", features=("pg",))
    twice = add_pack(once, PackSpec("base", "^3", ("redis", "pg")))
    assert Dependency("base", "^3", features=("pg", "redis")) in parse_project(twice, "").packs
    assert add_pack(twice, PackSpec("base", "^3")) == twice


def test_preferences_are_set_key_by_key() -> None:
    given = {"strategy": "merge", "allow_cycles": True, "overrides": (("web", "^2"),)}
    text = set_preferences(COMMENTED, given)
    assert parse_project(text, "").resolution == Preferences(**given)  # type: ignore[arg-type]
    text = set_preferences(text, {"strategy": "fail", "overrides": (("web", "^3"), ("a", "*"))})
    assert parse_project(text, "").resolution == Preferences(
        "fail", allow_cycles=True, overrides=(("web", "^3"), ("a", "*"))
    )
    with pytest.raises(ManifestInvalid):
        set_preferences(COMMENTED, {"strategy": "hope"})


def test_a_new_project_says_what_was_asked() -> None:
    text = new_project(
        ID,
        "shop",
        [PackSpec("web-api", "^1"), PackSpec("ci", "*"), PackSpec("db", "^2", ("pg",))],
        {"author": 'Ann "A"', "year": 2026, "tags": ("a", "b")},
        {"acme": "../registry", "web": "https://example.org/"},
        graph_files=["model/*.ttl"],
        pack_variables={"web-api": {"port": 9000}},
        base="http://example.org/shop#",
    )
    project = parse_project(text, "ggen.toml")
    assert (project.id, project.name) == (ID, "shop")
    assert project.packs == (
        Dependency("web-api", "^1"),
        Dependency("ci", "*"),
        Dependency("db", "^2", features=("pg",)),
    )
    assert project.variables == {"author": 'Ann "A"', "year": 2026, "tags": ("a", "b")}
    assert project.pack_variables == {"web-api": {"port": 9000}}
    assert project.registries == (
        RegistryEntry("acme", path="../registry"),
        RegistryEntry("web", url="https://example.org/"),
    )
    assert (project.graph.files, project.graph.base) == (
        ("model/*.ttl",),
        "http://example.org/shop#",
    )


def test_a_new_project_explains_itself_even_when_it_is_empty() -> None:
    text = new_project(ID, "shop", [])
    assert parse_project(text, "ggen.toml").packs == ()
    for table in ("[packs]", "[variables]", "[registries]", "[graph]"):
        line = text.splitlines().index(table)
        assert text.splitlines()[line - 1].startswith("#")


def test_a_new_project_is_refused_if_a_manifest_may_not_say_it() -> None:
    with pytest.raises(ManifestInvalid, match="must be a project's name"):
        new_project(ID, "my shop", [])


def test_a_pack_is_added_below_the_last_and_all_comments_stay() -> None:
    edited = add_pack(COMMENTED, PackSpec("ci", "^2"))
    assert edited == COMMENTED.replace("# the base\n", '# the base\nci = "^2"\n')


def test_a_range_is_replaced_where_it_stands() -> None:
    assert add_pack(COMMENTED, PackSpec("base", "^2")) == COMMENTED.replace('"^1"', '"^2"')


def test_a_range_in_a_table_is_replaced_and_the_rest_of_it_stays() -> None:
    text = PROJECT + '[packs.base]\nversion = "^1" # old\noptional = true\n'
    assert add_pack(text, PackSpec("base", "^2")) == text.replace('"^1"', '"^2"')
    text = PROJECT + '[packs]\nbase = { version = "^1", optional = true }\n'
    assert add_pack(text, PackSpec("base", "^2")) == text.replace('"^1"', '"^2"')


def test_the_table_is_made_where_there_is_none() -> None:
    assert tomli.loads(add_pack(PROJECT, PackSpec("base", "^1")))["packs"] == {"base": "^1"}
    assert tomli.loads(set_variable(PROJECT.rstrip(), "a", 1))["variables"] == {"a": 1}
    assert tomli.loads(set_variable(PROJECT, "a", 1, pack="base"))["variables"] == {
        "pack": {"base": {"a": 1}}
    }


def test_a_pack_is_removed_and_the_rest_stays() -> None:
    edited = remove_pack(COMMENTED, "base")
    assert edited == COMMENTED.replace('  base = "^1"    # the base\n', "")
    assert remove_pack(edited, "base") == edited


def test_a_variable_is_set_among_its_own() -> None:
    assert set_variable(COMMENTED, "year", 2026) == COMMENTED.replace(
        "'Ann'\n", "'Ann'\nyear = 2026\n"
    )
    assert set_variable(COMMENTED, "author", "Zoë") == COMMENTED.replace("'Ann'", '"Zoë"')


def test_a_variable_of_one_pack_is_set_in_its_table() -> None:
    edited = set_variable(COMMENTED, "tags", ("a", "b"), pack="web-api")
    assert edited == COMMENTED.replace("# not 8000\n", '# not 8000\ntags = ["a", "b"]\n')
    edited = set_variable(COMMENTED, "port", 1, pack="ci")
    assert edited == COMMENTED.replace(
        "# not 8000\n", "# not 8000\n\n[variables.pack.ci]\nport = 1\n"
    )


def test_a_table_on_one_line_is_added_to() -> None:
    text = f"{PROJECT}\n[variables]\npack = {{ web = {{ port = 1 }} }} # short\n"
    edited = set_variable(text, "port", 2, pack="ci")
    assert tomli.loads(edited)["variables"]["pack"] == {"web": {"port": 1}, "ci": {"port": 2}}
    assert edited.endswith(" # short\n")


def test_windows_line_ends_stay() -> None:
    text = COMMENTED.replace("\n", "\r\n")
    assert add_pack(text, PackSpec("ci", "^2")) == add_pack(
        COMMENTED, PackSpec("ci", "^2")
    ).replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("Web Api", "^1"), ("base", "one"), ("base", "")],
    ids=["name", "range", "empty"],
)
def test_what_a_manifest_may_not_say_is_not_written(name: str, wanted: str) -> None:
    with pytest.raises(ManifestInvalid):
        add_pack(COMMENTED, PackSpec(name, wanted))


def test_a_variable_may_not_be_called_pack() -> None:
    with pytest.raises(ManifestInvalid, match="can't be a variable"):
        set_variable(COMMENTED, "pack", "x")


def test_a_manifest_that_is_wrong_already_is_not_edited() -> None:
    with pytest.raises(ManifestInvalid) as caught:
        add_pack("[project]\nname = 1\n", PackSpec("a", "*"))
    assert caught.value.where is not None


def test_an_edit_that_would_change_more_is_refused_with_the_line_to_write(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import tomlkit

    monkeypatch.setattr(tomlkit, "dumps", lambda document: COMMENTED)
    with pytest.raises(ManifestInvalid) as caught:
        add_pack(COMMENTED, PackSpec("base", "^2"))
    assert caught.value.help == 'write this yourself:\n[packs]\nbase = "^2"'


LAYOUTS = [
    PROJECT,
    COMMENTED,
    f'project = {{ id = "{ID}", name = "s" }}\npacks = {{ base = "^1" }}\n',
    f'project.id = "{ID}"\nproject.name = "s"\npacks.base = "^1" # c\nvariables.pack.a.x = 1\n',
    PROJECT
    + '[variables.pack.z]\na = 1\n[packs.q]\nversion = "1" # d\n[variables]\nv = 1\n[graph]\n',
    "[variables]\n# c\n\n# d\n[packs]\n# note\n\n# about the project\n" + PROJECT,
    PROJECT + "[variables]\n[variables.pack]\n[variables.pack.b]\n",
    PROJECT + '[packs]\nbase = "^1"\n\n\n# the end',
]


@given(
    st.sampled_from(LAYOUTS),
    st.lists(
        st.one_of(
            st.tuples(
                st.sampled_from(["base", "q", "new", "z"]), st.sampled_from(["^1", "*", ">=1 <2"])
            ),
            st.tuples(
                st.sampled_from(["v", "@id", "a b", "é\n"]),
                st.one_of(
                    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
                    st.integers(0, 9),
                )
                | st.booleans()
                | st.just(("a", "b")),
                st.sampled_from([None, "a", "b", "z"]),
            ),
        ),
        max_size=5,
    ),
)
def test_edits_change_what_they_name_and_nothing_else_or_are_refused(
    text: str, edits: list[tuple[object, ...]]
) -> None:
    # Of the layout, in which only comments have a #; a value that is set may have one, too.
    comments = [line.partition("#")[2] for line in text.splitlines()]
    for edit in edits:
        before = tomli.loads(text)
        edited = _edited(text, edit)
        if edited is None:
            continue
        text = edited
        if len(edit) == 2:
            packs = before.setdefault("packs", {})
            if isinstance(packs.get(edit[0]), dict):
                packs[edit[0]]["version"] = edit[1]
            else:
                packs[edit[0]] = edit[1]
        else:
            table = before.setdefault("variables", {})
            if edit[2]:
                table = table.setdefault("pack", {}).setdefault(edit[2], {})
            table[edit[0]] = list(edit[1]) if isinstance(edit[1], tuple) else edit[1]
        assert tomli.loads(text) == before
        assert {comment for comment in comments if comment} <= {
            line.partition("#")[2] for line in text.splitlines()
        }


def _edited(text: str, edit: tuple[object, ...]) -> str | None:
    try:
        if len(edit) == 2:
            return add_pack(text, PackSpec(*edit))  # type: ignore[arg-type]
        return set_variable(text, *edit)  # type: ignore[arg-type]
    except ManifestInvalid as error:
        assert error.help.startswith("write this yourself")  # noqa: PT017 - a refusal may happen
        return None
