"""The text of a file: UTF-8, and an error that shows where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ggen_graph.core.diagnostics import Location

if TYPE_CHECKING:
    from ggen_graph.core.diagnostics import GgenError


def text_in(
    data: bytes, name: str, error: type[GgenError], advice: str = "save the file as UTF-8"
) -> str:
    """The text of a file that must be UTF-8.

    Args:
        data: what the file holds.
        name: what to call it.
        error: the class of error to raise, e.g. `ManifestInvalid`.
        advice: what to do about it.

    Raises:
        GgenError: of the class `error`, with the line and column of the first byte that is wrong.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as fault:
        before = data[: fault.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8")) + 1
        raise error(
            f"this is not UTF-8: byte {data[fault.start]:#04x}",
            help=advice,
            where=Location(name, before.count(b"\n") + 1, column),
        ) from fault
