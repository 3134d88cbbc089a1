from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest

from ggen_graph.core.diagnostics import (
    ArchiveMissing,
    ArchiveRefused,
    ChecksumMismatch,
    InstallFailed,
    ManifestInvalid,
    ManifestMissing,
    PathRefused,
    RegistryUnavailable,
    ReleaseNotFound,
)
from ggen_graph.core.ranges import parse_range
from ggen_graph.core.release import ReleaseDependency, ReleaseRecord
from ggen_graph.edges.archive import pack_tree
from ggen_graph.edges.registry import Origin, open_registry
from ggen_graph.edges.registry.index import _checksum
from ggen_graph.edges.trees import tree_files

DATA = Path(__file__).parents[2] / "data"
REGISTRIES = DATA / "registries"

WRONG = {
    "not-json": ":2:26: this is not JSON: Expecting value",
    "not-an-object": ":2:1: a line must be a JSON object",
    "no-name": ':2:1: "name" is missing',
    "no-dependencies": ':2:1: "dependencies" is missing',
    "name-refused": ':2:2: "name": "../b" is not a pack name',
    "name-no-string": ':2:2: "name": ["b"] is not a pack name',
    "version-refused": ':2:15: "version": ',
    "version-no-string": ':2:15: "version" must be a string',
    "range-refused": ':2:52: "dependencies.a": ',
    "range-of-a-package-refused": ':2:68: "packages.a": ',
    "range-no-string": ':2:52: "dependencies.a" must be a range, or an object with "version"',
    "range-table-without-version": ':2:52: "dependencies.a" must be a range, or an object with',
    "optional-no-boolean": ':2:74: "optional" must be true or false',
    "features-no-list": ':2:74: "features" must be a list of strings',
    "dependency-refused": ':2:35: "dependencies": "A" is not a pack name',
    "dependencies-a-list": ':2:35: "dependencies" must be an object of names and ranges',
    "packages-a-list": ':2:55: "packages" must be an object of names and ranges',
    "yanked-no-boolean": ':2:55: "yanked" must be true or false',
    "license-no-string": ':2:55: "license" must be a string',
    "tags-no-strings": ':2:55: "tags" must be a list of strings',
    "checksum-refused": ':2:55: "checksum" must be "sha256:" and 64 hexadecimal digits',
    "size-no-number": ':2:55: "size" must be a number of bytes',
    "size-negative": ':2:55: "size" must be a number of bytes',
    "category-term": ':2:55: "category": "checksum" is a word of the ggen vocabulary',
    "category-no-word": ':2:55: "category" must be words of a-z and 0-9, with - between',
    "named-twice": ":2:15: a 1.0.0 is already in line 1",
    "same-precedence": ":2:15: a 1.0.0+build is already as 1.0.0, of the same precedence, in line 1",
}


def test_the_index_of_a_real_ecosystem_loads_as_it_is() -> None:
    registry = open_registry(DATA / "purescript-registry.jsonl")
    records = list(registry.releases())
    assert len(records) == 5494
    assert len({record.name for record in records}) == 1158
    assert sum(len(record.dependencies) for record in records) == 68_005
    first = records[0]
    assert (first.name, first.version, first.license) == ("abc-parser", "1.8.0", "MIT")
    assert first.dependencies[0] == ReleaseDependency("arrays", ">=5.3.0 <6.0.0")
    assert first.location == "purescript-registry.jsonl:1"
    assert registry.problems() == ()
    assert registry.reader(first) is None


def test_an_index_says_what_its_lines_say() -> None:
    assert list(open_registry(REGISTRIES / "indexed").releases()) == [
        ReleaseRecord("greeting", "1.0.0", location="index.jsonl:1"),
        ReleaseRecord(
            "greeting",
            "1.1.0",
            yanked=True,
            license="MIT",
            title="Greeting",
            category="text",
            tags=("hello",),
            archive_size=2048,
            location="index.jsonl:2",
            published="2026-01-01",
        ),
        ReleaseRecord(
            "web-base",
            "1.2.0",
            (
                ReleaseDependency(
                    "greeting", "^1", True, "dependency", ("polite",), "vendor/greeting"
                ),
                ReleaseDependency("robots", "*", False, "package"),
            ),
            location="index.jsonl:3",
            features=(("greeting", ("greeting",)),),
        ),
        ReleaseRecord(
            "robots",
            "0.1.0",
            (ReleaseDependency("greeting", ">=1.0.0 <2.0.0"),),
            location="index.jsonl:4",
        ),
    ]


def test_each_broken_index_has_its_message() -> None:
    files = {path.stem for path in (REGISTRIES / "broken-indexes").glob("*.jsonl")}
    assert files == WRONG.keys()


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_wrong_line_is_named_with_its_place_and_hides_no_other(name: str) -> None:
    registry = open_registry(REGISTRIES / "broken-indexes" / f"{name}.jsonl")
    assert [record.version for record in registry.releases()] == ["1.0.0"]
    (problem,) = registry.problems()
    assert f"{name}.jsonl{WRONG[name]}" in str(problem)
    assert problem.help


def test_a_file_without_one_right_line_is_refused(tmp_path: Path) -> None:
    (tmp_path / "index.jsonl").write_text('\n{"name": 1}\nno JSON\n', "utf-8")
    registry = open_registry(tmp_path)
    registry.origin = Origin("flag", "../shop")
    for read in (lambda: list(registry.releases()), registry.problems):
        with pytest.raises(
            ManifestInvalid, match=r'index\.jsonl:2:1: "version" is missing'
        ) as raised:
            read()
        assert "it is named by --registry ../shop" in raised.value.help


def test_a_line_that_is_wrong_takes_no_name_from_one_that_is_right(tmp_path: Path) -> None:
    lines = ['{"name": "a", "version": "1.0.0", "dependencies": {"b": "no range"}}']
    lines.append('{"name": "a", "version": "1.0.0", "dependencies": {}}')
    (tmp_path / "index.jsonl").write_text("\n".join(lines), "utf-8")
    registry = open_registry(tmp_path)
    assert [record.location for record in registry.releases()] == ["index.jsonl:2"]
    assert registry.release("a", "1.0.0").location == "index.jsonl:2"


def test_of_very_many_wrong_lines_the_first_are_told_and_how_many_more(tmp_path: Path) -> None:
    right = '{"name": "a", "version": "1.0.0", "dependencies": {}}\n'
    (tmp_path / "index.jsonl").write_text(right + "[]\n" * 150, "utf-8")
    problems = open_registry(tmp_path).problems()
    assert len(problems) == 101
    assert str(problems[-1]).endswith("index.jsonl: 50 more lines are wrong")


def test_what_changed_since_is_read_anew(tmp_path: Path) -> None:
    index = tmp_path / "index.jsonl"
    index.write_text('{"name": "a", "version": "1.0.0", "dependencies": {}}\n[]\n', "utf-8")
    registry = open_registry(tmp_path)
    assert len(list(registry.releases())) == len(registry.problems()) == 1
    index.write_text('{"name": "b", "version": "1.0.0", "dependencies": {}}\n', "utf-8")
    assert [record.name for record in registry.releases()] == ["b"]
    assert registry.problems() == ()


def test_a_key_that_is_missing_names_the_one_that_was_probably_meant() -> None:
    registry = open_registry(REGISTRIES / "broken-indexes" / "no-dependencies.jsonl")
    (problem,) = registry.problems()
    assert problem.help == '"dependancies" is no key'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"name": "\xff"}', ":1:11: this is not UTF-8: byte 0xff"),
        (b"[" * 100_000, ":1:1: this is nested too deep"),
    ],
)
def test_a_line_that_can_not_be_parsed_is_refused(
    tmp_path: Path, line: bytes, message: str
) -> None:
    (tmp_path / "index.jsonl").write_bytes(line)
    with pytest.raises(ManifestInvalid) as raised:
        list(open_registry(tmp_path).releases())
    assert str(raised.value).endswith(f"index.jsonl{message}")


def test_one_release_is_found_without_reading_the_others() -> None:
    registry = open_registry(DATA / "purescript-registry.jsonl")
    record = registry.release("halogen", "7.0.0")
    assert (record.name, record.version) == ("halogen", "7.0.0")
    assert all(parse_range(one.range).intervals for one in record.dependencies)
    with pytest.raises(ReleaseNotFound, match=r"has no halogen 0\.0\.1"):
        registry.release("halogen", "0.0.1")


def test_a_name_that_is_spelt_with_escapes_is_found(tmp_path: Path) -> None:
    line = rb'{"name": "\u0061", "version": "1.0.0", "dependencies": {}}'
    (tmp_path / "index.jsonl").write_bytes(line)
    assert open_registry(tmp_path).release("a", "1.0.0").location == "index.jsonl:1"


def test_the_fingerprint_is_the_index_and_the_declaration(tmp_path: Path) -> None:
    assert open_registry(REGISTRIES / "indexed").fingerprint_files() == [
        REGISTRIES / "indexed" / "index.jsonl",
        REGISTRIES / "indexed" / "registry.toml",
    ]
    (tmp_path / "a.jsonl").write_text("")
    registry = open_registry(tmp_path / "a.jsonl")
    assert registry.fingerprint_files() == [tmp_path / "a.jsonl"]
    assert list(registry.releases()) == []


def test_an_index_that_vanishes_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("")
    registry = open_registry(tmp_path / "a.jsonl")
    (tmp_path / "a.jsonl").unlink()
    with pytest.raises(RegistryUnavailable, match=r"a\.jsonl can't be read"):
        list(registry.releases())


class Archives:
    """A registry with an index in a folder of its own, and archives made from the small registry."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "archives").mkdir(parents=True)

    def pack(self, tree: Path, name: str) -> dict[str, Any]:
        archive = self.root / "archives" / name
        pack_tree(tree, archive)
        return {"archive": f"archives/{name}", "checksum": _checksum(archive)}

    def lists(self, **line: Any) -> None:
        release = {"name": "web-base", "version": "1.2.0", "dependencies": {}, **line}
        with (self.root / "index.jsonl").open("a") as index:
            index.write(json.dumps(release) + "\n")

    def fetch(self, into: Path, name: str = "web-base", version: str = "1.2.0") -> str:
        into.mkdir()
        return open_registry(self.root).fetch(name, version, into)


@pytest.fixture
def archives(tmp_path: Path) -> Archives:
    return Archives(tmp_path / "registry")


def test_an_archive_is_checked_and_unpacked(archives: Archives, tmp_path: Path) -> None:
    packed = archives.pack(REGISTRIES / "small" / "web-base", "web-base-1.2.0.tar.gz")
    archives.lists(**packed)
    assert archives.fetch(tmp_path / "into") == packed["checksum"]
    assert tree_files(tmp_path / "into") == tree_files(REGISTRIES / "small" / "web-base")


def test_an_archive_without_a_declared_checksum_tells_its_own(
    archives: Archives, tmp_path: Path
) -> None:
    packed = archives.pack(REGISTRIES / "small" / "web-base", "a.tgz")
    archives.lists(archive=packed["archive"])
    assert archives.fetch(tmp_path / "into") == packed["checksum"]


def test_one_folder_around_everything_is_taken_off(archives: Archives, tmp_path: Path) -> None:
    around = tmp_path / "around"
    shutil.copytree(REGISTRIES / "small" / "web-base", around / "web-base-1.2.0")
    (around / "web-base-1.2.0" / "web-base-1.2.0").mkdir()
    (around / "web-base-1.2.0" / "web-base-1.2.0" / "a").write_text("x")
    archives.lists(**archives.pack(around, "a.tgz"))
    archives.fetch(tmp_path / "into")
    assert tree_files(tmp_path / "into") == tree_files(around / "web-base-1.2.0")


def test_an_archive_that_is_not_what_the_index_says_is_never_unpacked(
    archives: Archives, tmp_path: Path
) -> None:
    packed = archives.pack(REGISTRIES / "small" / "web-base", "a.tgz")
    archives.lists(archive=packed["archive"], checksum="sha256:" + "0" * 64)
    with pytest.raises(ChecksumMismatch, match="is not what the registry registry says") as raised:
        archives.fetch(tmp_path / "into")
    assert raised.value.details["found"] == packed["checksum"]
    assert list((tmp_path / "into").iterdir()) == []


def test_a_release_without_an_archive_can_not_be_fetched(
    archives: Archives, tmp_path: Path
) -> None:
    archives.lists()
    with pytest.raises(ArchiveMissing, match=r"lists web-base 1.2.0, but has no archive"):
        archives.fetch(tmp_path / "into")


def test_an_archive_that_is_gone_is_said(archives: Archives, tmp_path: Path) -> None:
    archives.lists(archive="archives/gone.tgz")
    with pytest.raises(InstallFailed, match=r"could not read .*gone.tgz"):
        archives.fetch(tmp_path / "into")


@pytest.mark.parametrize("archive", ["../a.tgz", "/etc/passwd", "https://example.org/a.tgz"])
def test_an_archive_is_inside_the_registry(
    archives: Archives, tmp_path: Path, archive: str
) -> None:
    archives.lists(archive=archive)
    with pytest.raises(PathRefused):
        archives.fetch(tmp_path / "into")


@pytest.mark.parametrize(
    ("pack", "said"), [("robots", "robots 0.1.0"), ("greeting/1.1.0", "greeting 1.1.0")]
)
def test_an_archive_of_another_release_is_refused(
    archives: Archives, tmp_path: Path, pack: str, said: str
) -> None:
    archives.lists(**archives.pack(REGISTRIES / "small" / pack, "a.tgz"))
    with pytest.raises(ManifestInvalid, match=f"holds {said}, not web-base 1.2.0"):
        archives.fetch(tmp_path / "into")


def test_an_archive_without_a_manifest_is_refused(archives: Archives, tmp_path: Path) -> None:
    archives.lists(**archives.pack(REGISTRIES / "small" / "web-base" / "templates", "a.tgz"))
    with pytest.raises(ManifestMissing):
        archives.fetch(tmp_path / "into")


def test_a_hostile_archive_is_refused_even_with_the_right_checksum(
    archives: Archives, tmp_path: Path
) -> None:
    with tarfile.open(archives.root / "a.tar", "w") as tar:
        link = tarfile.TarInfo("templates")
        link.type, link.linkname = tarfile.SYMTYPE, "/"
        tar.addfile(link)
    archives.lists(archive="a.tar", checksum=_checksum(archives.root / "a.tar"))
    with pytest.raises(ArchiveRefused):
        archives.fetch(tmp_path / "into")
