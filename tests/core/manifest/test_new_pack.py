"""The manifest of a new pack: right whatever its author answers, or an error that says what to write."""

from __future__ import annotations

import pytest

from ggen_graph.core.diagnostics import UsageError
from ggen_graph.core.manifest import parse_pack
from ggen_graph.core.manifest.new_pack import NewPack, new_pack, refuse_wrong


def test_answers_come_back_from_the_manifest_as_they_were_given() -> None:
    odd = NewPack(
        "a-1",
        'Says "hi" \\ # {{ x }}\nand more',
        'Ann "A" <a@b.org>',
        "MIT OR GPL-3.0-only",
        "data",
    )
    manifest = parse_pack(new_pack(odd), "gpack.toml")
    assert manifest.description == odd.description
    assert manifest.authors == (odd.author,)
    assert (manifest.license, manifest.category) == (odd.license, "data")


def test_nobody_is_named_where_nobody_is_known() -> None:
    assert parse_pack(new_pack(NewPack("a")), "gpack.toml").authors == ()


@pytest.mark.parametrize(
    ("key", "answer", "says"),
    [
        ("name", "My Pack", "name"),
        ("name", "", "name"),
        ("license", "my own", "SPDX"),
        ("category", "Web Things", "web"),
        ("category", "checksum", "vocabulary"),
        ("author", "\n", "author"),
        ("description", "\0", "string"),
    ],
)
def test_a_wrong_answer_is_refused_with_what_to_write(key: str, answer: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        refuse_wrong(key, answer)
    assert says in f"{caught.value.message} {caught.value.help}"
