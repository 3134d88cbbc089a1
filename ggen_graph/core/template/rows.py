"""The answers of queries as templates see them: rows, their order, and rows found by a column.

A row is a dict from a column's name to a Python value (`terms`); an unbound column is not in it. A `RowSet`
is a list of rows that answers "those whose columns equal these" from an index made once per set of
columns: for each of 1,000 classes its share of 15,000 properties costs one look-up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ggen_graph.core.diagnostics import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Row = dict[str, Any]
Key = tuple[tuple[type, Any], ...]


class RowSet(list[Row]):
    """Rows in their order, which nobody changes once the set is made.

    Args:
        rows: the rows.
        columns: the columns that a row may have; any, if none are given.
    """

    __slots__ = ("_indexes", "columns")

    def __init__(self, rows: Iterable[Row] = (), columns: Sequence[str] = ()) -> None:
        super().__init__(rows)
        self.columns = tuple(columns)
        self._indexes: dict[tuple[str, ...], dict[Key, RowSet]] = {}

    def where(self, /, **columns: Any) -> RowSet:
        """The rows whose columns equal the given values, in order; all rows without any.

        Values are compared as RDF would: the number 1 is neither `true` nor the text "1". A row in
        which a column is unbound equals no value in it.

        Raises:
            LookupError: there is no such column.
        """
        if not columns:
            return self
        names = tuple(sorted(columns))
        for name in names:
            self.need(name)
        index = self._indexes.get(names)
        if index is None:
            index = self._indexes[names] = self._index(names)
        wanted = tuple((_kind(columns[name]), columns[name]) for name in names)
        found = index.get(wanted)
        return RowSet(columns=self.columns) if found is None else found

    def need(self, column: str) -> None:
        """Refuse a column that no row can have.

        Raises:
            LookupError: naming the nearest one.
        """
        if self.columns and column not in self.columns:
            hint = did_you_mean(column, self.columns) or f"there is {', '.join(self.columns)}"
            raise LookupError(f"the rows have no column `{column}`; {hint}")

    def _index(self, names: tuple[str, ...]) -> dict[Key, RowSet]:
        index: dict[Key, RowSet] = {}
        for row in self:
            if all(name in row for name in names):
                key = tuple((_kind(row[name]), row[name]) for name in names)
                index.setdefault(key, RowSet(columns=self.columns)).append(row)
        return index


def _kind(value: Any) -> type:
    """What a value is compared as: an IRI is a text, a decimal a float."""
    return next((kind for kind in (bool, int, float, str) if isinstance(value, kind)), object)


def first(rows: Any, name: str | None = None) -> Any:
    """The first row, or with a column's name the value there; None where there is none.

    Raises:
        LookupError: there is no such column.
        TypeError: these are no rows.
    """
    found = _rows(rows)
    if name is None:
        return next(iter(found), None)
    _need(found, name)
    return next((row.get(name) for row in found), None)


def column(rows: Any, name: str | None = None) -> list[Any]:
    """The values of a column in order, of the only one if it is not named; unbound ones are left out.

    Raises:
        LookupError: there is no such column, or more than one to choose from.
        TypeError: these are no rows.
    """
    found = _rows(rows)
    if name is None:
        columns = getattr(found, "columns", ()) or sorted({one for row in found for one in row})
        if len(columns) > 1:
            raise LookupError(f"name one of the columns {', '.join(columns)} by `name`")
        name = next(iter(columns), "")
    else:
        _need(found, name)
    return [row[name] for row in found if name in row]


def values(rows: Any, name: str | None = None) -> list[Any]:
    """The values of a column as `column` gives them, each once; raises as it does."""
    kept: dict[Any, Any] = {}
    for value in column(rows, name):
        kept.setdefault((_kind(value), value), value)
    return list(kept.values())


OVER_ROWS: Final = {"first": first, "column": column, "values": values}


def _rows(rows: Any) -> Sequence[Row]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TypeError("these are no rows of a query")
    return rows


def _need(rows: Sequence[Row], name: str) -> None:
    if isinstance(rows, RowSet):
        rows.need(name)


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

    return RowSet(sorted(rows, key=key), columns)


def _rank(value: Any) -> tuple[int, Any]:
    if value is None:
        return 0, 0
    if isinstance(value, bool):
        return 1, value
    if isinstance(value, int | float):
        return 2, value
    return 3, str(value)
