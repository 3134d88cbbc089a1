from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from ggen_graph.core.diagnostics import LockCorrupt
from ggen_graph.core.lock.lockfile import (
    RESTORE,
    Lock,
    LockedFile,
    LockedRegistry,
    LockedRelease,
    LockedRoot,
    LockedVariable,
    dump_lock,
    parse_lock,
    roots_of,
    sorted_lock,
)
from ggen_graph.core.manifest.pack import Dependency
from ggen_graph.core.manifest.project import ProjectManifest
from ggen_graph.core.resolution import Preferences

if TYPE_CHECKING:
    from ggen_graph.core.manifest.variable import Value

CHECKSUM = "sha256:" + "0123456789abcdef" * 4
LOCK = Lock(
    now="2026-11-02T10:00:00Z",
    roots=(
        LockedRoot("web-api", "^1.2", ("docs", "admin"), "1.2.0"),
        LockedRoot("base", ">=2", version="1.0.0", waived=True),
    ),
    registries=(LockedRegistry("ggen", "urn:ggen:registry:ggen/"),),
    releases=(
        LockedRelease(
            "web-api",
            "1.2.0",
            "urn:ggen:registry:ggen/",
            "web-api",
            CHECKSUM,
            (("base", "^1"),),
            ("base@1.0.0",),
        ),
        LockedRelease("base", "1.0.0", "urn:ggen:registry:ggen/", "base", CHECKSUM),
    ),
    variables=(
        LockedVariable("web-api", "port", 9000, "flag"),
        LockedVariable("web-api", "labels", ("a", "b"), "project"),
        LockedVariable("base", "author", 'Ann "A"', "detected", "1.0.0"),
    ),
    files=(
        LockedFile("src/shop.py", "web-api", "1.2.0", "model", "http://example.org/Shop", CHECKSUM),
        LockedFile("run.sh", "base", "1.0.0", "run", "", CHECKSUM, "755"),
    ),
)
TEXT = f"""\
# What this project got; ggen writes it. Keep it in version control, change ggen.toml instead.

schema = 1
now = "2026-11-02T10:00:00Z"
roots = [
  {{ name = "base", range = ">=2", features = [], version = "1.0.0", waived = true }},
  {{ name = "web-api", range = "^1.2", features = ["admin", "docs"], version = "1.2.0" }},
]
registries = [
  {{ name = "ggen", base = "urn:ggen:registry:ggen/" }},
]

[[release]]
name = "base"
version = "1.0.0"
registry = "urn:ggen:registry:ggen/"
source = "base"
checksum = "{CHECKSUM}"
requires = []
dependencies = []

[[release]]
name = "web-api"
version = "1.2.0"
registry = "urn:ggen:registry:ggen/"
source = "web-api"
checksum = "{CHECKSUM}"
requires = [
  {{ name = "base", range = "^1" }},
]
dependencies = [
  "base@1.0.0",
]

[variables]
used = [
  {{ pack = "base", version = "1.0.0", name = "author", value = "Ann \\"A\\"", source = "detected" }},
  {{ pack = "web-api", name = "labels", value = ["a", "b"], source = "project" }},
  {{ pack = "web-api", name = "port", value = 9000, source = "flag" }},
]

[generated]
files = [
  {{ path = "run.sh", pack = "base", version = "1.0.0", template = "run", row = "", checksum = "{CHECKSUM}", mode = "755" }},
  {{ path = "src/shop.py", pack = "web-api", version = "1.2.0", template = "model", row = "http://example.org/Shop", checksum = "{CHECKSUM}", mode = "644" }},
]
"""


def test_a_lock_is_written_sorted_with_one_line_for_each_thing() -> None:
    assert dump_lock(LOCK) == TEXT


def test_what_is_written_reads_back_as_the_lock_in_its_order() -> None:
    assert parse_lock(TEXT, "ggen.lock") == sorted_lock(LOCK)


def test_the_roots_are_what_a_manifest_asks_for_as_it_is_written() -> None:
    packs = (
        Dependency("web-api", " ^1.2 ", features=("docs", "admin", "docs")),
        Dependency("tool", "^1", install_path="lib"),
        Dependency("base", ">=1"),
        Dependency("not-now", "*", optional=True),
    )
    manifest = ProjectManifest(
        "id", "shop", packs, resolution=Preferences(overrides=(("tool", "2.0.0"), ("lib", "*")))
    )
    asked = (
        LockedRoot("base", ">=1"),
        LockedRoot("tool", "2.0.0"),
        LockedRoot("web-api", " ^1.2 ", ("admin", "docs")),
    )
    assert roots_of(manifest) == asked
    got = {"base": "1.0.0", "tool": "3.0.0", "web-api": "1.2.0", "other": "1.0.0"}
    resolved = roots_of(manifest, got, {"tool", "other"})
    assert [root.asked for root in resolved] == [root.asked for root in asked]
    assert [(root.version, root.waived) for root in resolved] == [
        ("1.0.0", False),
        ("3.0.0", True),
        ("1.2.0", False),
    ]


def test_an_empty_lock_is_a_lock() -> None:
    assert parse_lock(dump_lock(Lock()), "ggen.lock") == Lock()


def test_windows_line_ends_read_as_the_same_lock() -> None:
    assert parse_lock(TEXT.replace("\n", "\r\n"), "ggen.lock") == sorted_lock(LOCK)


odd = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    [
        '"',
        "'''",
        "\\",
        "\x7f",
        "\0",
        "\r\n",
        "\n",
        "\x85",
        "\u2028",
        "\U0001d518🧀",
        "}",
        "# x",
        "]",
        "\ufeff",
    ]
)
names = st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}", fullmatch=True)
bases = st.from_regex(
    r"urn:[a-zé]{1,4}:|https://[a-z]{1,4}\.example/(?:%[0-9A-F]{2})?", fullmatch=True
).map(lambda start: f"{start}/")
versions = st.sampled_from(["0.0.0", "1.2.3", "1.0.0-beta.11+build.5"])
checksums = st.binary(min_size=32, max_size=32).map(lambda digest: f"sha256:{digest.hex()}")
paths = st.lists(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\~"),
        min_size=1,
        max_size=6,
    ).filter(lambda step: step.strip(". ")),
    min_size=1,
    max_size=3,
).map("/".join)
values: st.SearchStrategy[Value] = st.one_of(
    odd.filter(lambda text: "\0" not in text),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.lists(odd.filter(lambda text: "\0" not in text), max_size=3).map(tuple),
)
ranges = st.sampled_from(["^1", "1.x", " >=1.2.0  <2 ", "*", "1.0.0 || ^2"])
locks = st.builds(
    Lock,
    now=odd,
    roots=st.lists(
        st.builds(
            LockedRoot,
            names,
            ranges,
            st.lists(odd, max_size=2).map(tuple),
            versions,
            st.booleans(),
        ),
        max_size=2,
        unique_by=lambda each: each.name,
    ).map(tuple),
    registries=st.lists(
        st.builds(LockedRegistry, odd, bases), max_size=2, unique_by=lambda each: each.name
    ).map(tuple),
    releases=st.lists(
        st.builds(
            LockedRelease,
            names,
            versions,
            bases,
            odd,
            checksums,
            st.lists(st.tuples(names, ranges), max_size=2).map(tuple),
            st.lists(odd, max_size=2).map(tuple),
        ),
        max_size=3,
        unique_by=lambda each: (each.name, each.version),
    ).map(tuple),
    variables=st.lists(
        st.builds(LockedVariable, names, odd, values, odd, st.just("") | versions),
        max_size=3,
        unique_by=lambda each: (each.pack, each.version, each.name),
    ).map(tuple),
    files=st.lists(
        st.builds(
            LockedFile, paths, names, versions, odd, odd, checksums, st.sampled_from(["644", "755"])
        ),
        max_size=3,
        unique_by=lambda each: each.path,
    ).map(tuple),
)


@given(locks)
def test_any_lock_reads_back_from_its_text(lock: Lock) -> None:
    back = parse_lock(dump_lock(lock), "ggen.lock")
    assert back == sorted_lock(lock)
    assert [type(each.value) for each in back.variables] == [
        type(each.value) for each in sorted_lock(lock).variables
    ]


def test_a_file_whose_name_is_blank_is_locked_like_any_other() -> None:
    made = Lock(files=(LockedFile("\xa0", "base", "1.0.0", "run", "", CHECKSUM),))
    assert parse_lock(dump_lock(made), "ggen.lock") == made
    for path in ("", "a\nb"):
        wrong = replace(made, files=(replace(made.files[0], path=path),))
        assert "`[generated] files.path`" in corrupt(dump_lock(wrong)).message


@given(locks)
def test_equal_locks_make_equal_text_whatever_their_order(lock: Lock) -> None:
    turned = Lock(
        now=lock.now,
        roots=lock.roots[::-1],
        registries=lock.registries[::-1],
        releases=lock.releases[::-1],
        variables=lock.variables[::-1],
        files=lock.files[::-1],
    )
    assert dump_lock(turned) == dump_lock(lock)


@given(locks)
def test_each_file_and_variable_is_one_line(lock: Lock) -> None:
    lines = dump_lock(lock).splitlines()
    assert sum(line.startswith("  { path = ") for line in lines) == len(lock.files)
    assert sum(line.startswith("  { pack = ") for line in lines) == len(lock.variables)


def test_two_people_who_add_files_in_different_places_change_different_lines() -> None:
    def with_file(path: str) -> list[str]:
        file = LockedFile(path, "base", "1.0.0", "run", "", CHECKSUM)
        return dump_lock(Lock(files=(*LOCK.files, file))).splitlines()

    before = dump_lock(Lock(files=LOCK.files)).splitlines()
    assert [line for line in before if line not in with_file("a.py")] == []
    assert len(with_file("a.py")) == len(with_file("z.py")) == len(before) + 1


def corrupt(text: str) -> LockCorrupt:
    with pytest.raises(LockCorrupt) as caught:
        parse_lock(text, "ggen.lock")
    assert caught.value.exit_code == 1
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ('"web-api"\nversion', '"web-api\nversion', (23, 16), "this is not TOML: illegal character '\\n'"),
        ("schema = 1", "<<<<<<< HEAD\nschema = 1", (3, 1), "a merge conflict of git is still in the file"),
        ("schema = 1", "schema = 0", (3, 1), "`schema` must be 1; got the integer 0"),
        ("schema = 1", "schema = true", (3, 1), "`schema` must be 1; got true"),
        ("schema = 1\n", "", (1, 1), "the file has no `schema`"),
        ('range = ">=2"', 'range = "new"', (6, 20), '`roots range` must be a range of versions such as "^1.2"; got "new"'),
        ('features = []', 'features = "docs"', (6, 35), '`roots features` must be a list such as ["postgres"]; got "docs"'),
        (', version = "1.0.0", waived', ", waived", (6, 3), "`roots` item 1 has no `version`"),
        ("waived = true", "waived = 1", (6, 69), "`roots waived` must be true or false, without quotes; got the integer 1"),
        ("[generated]", "[made]", (42, 1), "`[made]` is not a known table"),
        ('source = "base"', 'sauce = "base"', (17, 1), "`[[release]] sauce` is not a known key"),
        ('source = "base"', "source = 5", (17, 1), "`[[release]] source` must be a string; got the integer 5"),
        ('source = "base"\n', "", (13, 1), "`[[release]]` has no `source`"),
        ('mode = "755"', 'mode = "777"', None, '`[generated] files.mode` must be one of "644", "755"; got "777"'),
        ('"run.sh"', '"../run.sh"', None, '`[generated] files.path` must be a relative path such as "docs/README.md"; got "../run.sh"'),
        ('"run.sh"', '"src/shop.py"', (45, 3), "`[generated] files` item 2 is there twice"),
        ("value = 9000", "value = 2026-11-02", None, None),
        ("0123456789abcdef0", "0123456789abcdeg0", None, None),
        ('"1.2.0"', '"1.2"', None, None),
        ('base = "urn:ggen:registry:ggen/"', 'base = "ggen"', (10, 20), None),
        ('registry = "urn:ggen:registry:ggen/"', 'registry = "../packs"', None, '`[[release]] registry` must be the base IRI of a registry such as "https://packs.example.org/"; got "../packs"'),
        ('registry = "urn:ggen:registry:ggen/"', 'registry = "urn:ggen:registry:ggen"', None, None),
    ],
)  # fmt: skip
def test_a_lock_that_was_harmed_is_reported_with_its_place_and_how_to_restore_it(
    old: str, new: str, place: tuple[int, int] | None, message: str | None
) -> None:
    assert old in TEXT
    error = corrupt(TEXT.replace(old, new, 1))
    assert error.help == RESTORE
    assert error.where is not None
    assert error.where.line > 0
    assert place is None or error.where[1:] == place
    assert message is None or error.message == message


@pytest.mark.parametrize(
    "text", ["", "\0", "{}", "[[release]]", "schema = 1\n", TEXT[: len(TEXT) // 2]]
)
def test_what_is_no_lock_is_corrupt(text: str) -> None:
    assert corrupt(text).help == RESTORE


@given(st.integers(0, len(TEXT) - 1), st.sampled_from(["", "\0", '"', "[", "=", "x", "\n", "é"]))
def test_one_wrong_character_gives_a_lock_or_one_error(at: int, character: str) -> None:
    text = TEXT[:at] + character + TEXT[at + 1 :]
    try:
        lock = parse_lock(text, "ggen.lock")
    except LockCorrupt:
        return
    assert dump_lock(parse_lock(dump_lock(lock), "ggen.lock")) == dump_lock(lock)


def test_a_lock_of_a_newer_ggen_says_so() -> None:
    error = corrupt(TEXT.replace("schema = 1", "schema = 2"))
    assert error.message == "the lock is of format 2; this ggen reads up to 1"
    assert "newer" in error.help


def test_a_lock_may_be_as_long_as_its_project() -> None:
    files = tuple(
        LockedFile(f"src/{at}.py", "base", "1.0.0", "m", "", CHECKSUM) for at in range(6_000)
    )
    text = dump_lock(Lock(files=files))
    assert len(text) > 1_000_000
    assert len(parse_lock(text, "ggen.lock").files) == 6_000


def test_the_text_is_toml() -> None:
    assert tomli.loads(TEXT)["release"][1]["requires"] == [{"name": "base", "range": "^1"}]


def test_what_is_there_twice_after_a_merge_is_corrupt() -> None:
    root = '  { name = "base", range = ">=2", features = [], version = "1.0.0", waived = true },\n'
    assert corrupt(TEXT.replace(root, root * 2)).message == "`roots` item 2 is there twice"
    line = '  { name = "ggen", base = "urn:ggen:registry:ggen/" },\n'
    assert corrupt(TEXT.replace(line, line * 2)).message == "`registries` item 2 is there twice"
    release = TEXT[TEXT.index("[[release]]") : TEXT.rindex("[[release]]")]
    assert corrupt(TEXT.replace(release, release * 2)).message == "`[[release]]` is there twice"
    variable = next(line for line in TEXT.splitlines(keepends=True) if '"labels"' in line)
    assert (
        corrupt(TEXT.replace(variable, variable * 2)).message
        == "`[variables] used` item 3 is there twice"
    )
