"""The text of a file, and where it is none."""

from __future__ import annotations

import pytest

from ggen_graph.core.diagnostics import Location, QueryInvalid
from ggen_graph.core.text import text_in


def test_text_is_what_it_was() -> None:
    assert text_in("é\r\n".encode(), "a", QueryInvalid) == "é\r\n"


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [(b"\xff", 1, 1), (b"ab\xe9", 1, 3), (b"\n\r\n\xc3\xa9\xff", 3, 2), (b"a\n\xf0\x9f", 2, 1)],
)
def test_an_error_shows_where_the_first_byte_stands_that_is_wrong(
    data: bytes, line: int, column: int
) -> None:
    with pytest.raises(QueryInvalid, match="this is not UTF-8: byte 0x") as caught:
        text_in(data, "a.rq", QueryInvalid, "write it anew")
    assert caught.value.where == Location("a.rq", line, column)
    assert caught.value.help == "write it anew"
