"""The answers of queries as templates see them: rows, their order, and rows found by a column.

A row is a dict from a column's name to a Python value; an unbound column is not in it. A `RowSet`
is a list of rows that answers "those whose columns equal these" from an index made once per set of
columns: for each of 1,000 classes its share of 15,000 properties costs one look-up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Row = dict[str, Any]
Key = tuple[tuple[str, Any], ...]


class RowSet(list[Row]):
    """Rows in their order, which nobody changes once the set is made."""

    __slots__ = ("_indexes",)

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        super().__init__(rows)
        self._indexes: dict[tuple[str, ...], dict[Key, RowSet]] = {}

    def where(self, /, **columns: Any) -> RowSet:
        """The rows whose columns equal the given values, in order; all rows without any.

        Values are compared as RDF would: the number 1 is neither `true` nor the text "1". A row in
        which a column is unbound equals no value in it.
        """
        if not columns:
            return self
        names = tuple(sorted(columns))
        index = self._indexes.get(names)
        if index is None:
            index = self._indexes[names] = self._index(names)
        wanted = tuple((type(columns[name]).__name__, columns[name]) for name in names)
        found = index.get(wanted)
        return RowSet() if found is None else found

    def _index(self, names: tuple[str, ...]) -> dict[Key, RowSet]:
        index: dict[Key, RowSet] = {}
        for row in self:
            if all(name in row for name in names):
                key = tuple((type(row[name]).__name__, row[name]) for name in names)
                index.setdefault(key, RowSet()).append(row)
        return index


def text_of(value: Any) -> str:
    """A value as a row's key writes it: booleans and numbers as RDF does."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def row_key(row: Row, columns: Sequence[str]) -> str:
    """What names a row for ever: the values of its key columns, separated by a space.

    An unbound column counts as the empty text. White space and `%` in values are percent-encoded,
    so that different rows have different keys.
    """
    parts = (text_of(row.get(column)) for column in columns)
    return " ".join(
        "".join(f"%{ord(c):02X}" if c.isspace() or c == "%" else c for c in part) for part in parts
    )


def sort_rows(rows: Iterable[Row], columns: Sequence[str]) -> RowSet:
    """Rows in the order of their columns: unbound first, then booleans, numbers, text.

    It is what a query without ORDER BY gets, so that the same graph gives the same bytes.
    """

    def key(row: Row) -> list[tuple[int, Any]]:
        return [_rank(row.get(column)) for column in columns]

    return RowSet(sorted(rows, key=key))


def _rank(value: Any) -> tuple[int, Any]:
    if value is None:
        return 0, 0
    if isinstance(value, bool):
        return 1, value
    if isinstance(value, int | float):
        return 2, value
    return 3, str(value)
