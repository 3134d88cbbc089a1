"""Which names packs, projects and files may have."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ggen_graph.core.diagnostics import PathRefused, UsageError
from ggen_graph.core.names import (
    PACK_NAME,
    PackSpec,
    check_pack_name,
    check_project_name,
    is_pack_name,
    parse_pack_spec,
    safe_relative_path,
)


@pytest.mark.parametrize("name", ["a", "0", "web-api-starter", "x-", "a--b", "9" * 100])
def test_lower_case_letters_digits_and_hyphens_name_a_pack(name: str) -> None:
    assert is_pack_name(name)
    assert check_pack_name(name) == name
    assert PACK_NAME.fullmatch(name)


@pytest.mark.parametrize("name", ["", "-a", "A", "a_b", "a.b", "a/b", "a\n", "ä", "9" * 101])
def test_anything_else_does_not(name: str) -> None:
    assert not is_pack_name(name)
    with pytest.raises(UsageError, match="is not a pack name"):
        check_pack_name(name)


def test_a_wrong_pack_name_is_told_with_the_nearest_right_one() -> None:
    with pytest.raises(UsageError) as caught:
        check_pack_name("Web API_starter!")
    assert caught.value.message == '"Web API_starter!" is not a pack name'
    assert 'Did you mean "web-api-starter"?' in caught.value.help
    with pytest.raises(UsageError) as caught:
        check_pack_name("\x00")
    assert caught.value.message == '"\\x00" is not a pack name'
    assert "Did you mean" not in caught.value.help


@pytest.mark.parametrize(
    ("text", "name", "wanted"),
    [
        ("a", "a", "*"),
        ("a@^1.2", "a", "^1.2"),
        ("a@>=1 <2 || 3", "a", ">=1 <2 || 3"),
        ("a@latest", "a", "latest"),
        ("a@ 1.0.0 ", "a", "1.0.0"),
    ],
)
def test_a_pack_is_asked_for_by_name_and_range(text: str, name: str, wanted: str) -> None:
    spec = parse_pack_spec(text)
    assert spec == PackSpec(name, wanted)
    assert str(spec) == f"{name}@{wanted}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A@1", '"A" is not a pack name'),
        ("@1", '"" is not a pack name'),
        ("a@", '"a@" has no range after the @'),
        ("a@1@2", '"1@2" is not a version range'),
        ("a@^", '"^" is not a version range'),
    ],
)
def test_a_wrong_request_says_which_half_is_wrong(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_pack_spec(text)
    assert caught.value.message == message
    assert caught.value.help


@pytest.mark.parametrize("name", ["shop", "My.Shop_2-x", "0", "a" * 100])
def test_a_project_name_may_have_capitals_dots_and_underscores(name: str) -> None:
    assert check_project_name(name) == name


@pytest.mark.parametrize("name", ["", ".hidden", "-x", "..", "a/b", "a b", "é", "a" * 101, "a\n"])
def test_a_project_name_that_names_no_folder_of_its_own_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is not a project name"):
        check_project_name(name)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a", "a"),
        ("./src/./main.py", "src/main.py"),
        ("src/.", "src"),
        ("...", "..."),
        ("a/~b/..c", "a/~b/..c"),
        ("süß/文.txt", "süß/文.txt"),
    ],
)
def test_a_relative_path_is_normalised(text: str, path: str) -> None:
    assert safe_relative_path(text) == path


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        (".", "it names no file"),
        ("./.", "it names no file"),
        ("/etc/passwd", "it is absolute"),
        ("~/x", "it begins with ~"),
        ("~root", "it begins with ~"),
        ("./~root", "it begins with ~"),
        ("..", "it has a .. step"),
        ("a/../../b", "it has a .. step"),
        ("a//b", "it has an empty step"),
        ("a/", "it has an empty step"),
        ("a\\b", "it has a backslash"),
        ("a\x00b", "it has a control character"),
        ("a\nb", "it has a control character"),
        ("a\x7f", "it has a control character"),
        ("a\udcff", "it is not Unicode text"),
    ],
)
def test_a_path_that_may_leave_its_root_or_break_a_tool_is_refused(text: str, why: str) -> None:
    with pytest.raises(PathRefused, match="is refused: ") as caught:
        safe_relative_path(text)
    assert why in caught.value.message
    assert caught.value.message.isprintable()


@given(st.text(alphabet="a./~\\\x00\n é", max_size=10))
def test_a_path_that_is_let_through_stays_below_its_root_and_is_a_fixed_point(text: str) -> None:
    try:
        path = safe_relative_path(text)
    except PathRefused:
        return
    assert safe_relative_path(path) == path
    pure = PurePosixPath(path)
    assert not pure.is_absolute()
    assert str(pure) == path
    assert not {"..", "."} & set(pure.parts)


def test_a_long_name_is_cut_short_in_the_message() -> None:
    with pytest.raises(UsageError) as caught:
        check_pack_name("X" * 500)
    assert len(caught.value.message) < 160
