"""The fields of a record as what they must be; anything else would be read as JSON-LD of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ggen_graph.core.diagnostics import RecordInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping


def text(record: Mapping[str, Any], key: str) -> str:
    """A text.

    Raises:
        RecordInvalid: it is not there, or something else.
    """
    value = record.get(key)
    if not isinstance(value, str):
        raise RecordInvalid(f'"{key}" is not a text')
    return value


def texts(record: Mapping[str, Any], key: str) -> list[str]:
    """A list of texts; errors as `text`."""
    value = record.get(key)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise RecordInvalid(f'"{key}" is not a list of texts')
    return value


def objects(record: Mapping[str, Any], key: str) -> list[tuple[int, Mapping[str, Any]]]:
    """A list of objects that may be missing, each with its place from 1; errors as `text`."""
    value = record.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise RecordInvalid(f'"{key}" is not a list of objects')
    return list(enumerate(value, 1))
