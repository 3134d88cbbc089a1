"""The tables that are generated: SQLite takes them, twice, and they hold what the model says."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ggen_graph import api
from tests.packs.conftest import HOSTILE, PACKS, generated, model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = api.ModelInput((PACKS / "sql-schema/tests/hard-names/model.ttl",))
CIRCLES = api.ModelInput((PACKS / "typescript-models/tests/circles/model.ttl",))
MODELS = {  # with how many classes there are that are no datatypes
    "school": (None, 6),
    "names": (NAMES, 5),
    "circles": (CIRCLES, 10),
    "hostile": (HOSTILE, 132),
    "dcat": (model("dcat3.ttl"), 9),
    "foaf": (model("foaf.ttl"), 14),
    "prov": (model("prov-o.ttl", base="http://www.w3.org/ns/prov-o"), 50),
    "schema": (model("schemaorg.ttl"), 996),
    "skos": (model("skos.rdf"), 4),
}
PEOPLE = """
    INSERT INTO person (id, name) VALUES ('ann', 'Ann'), ('bo', 'Bo');
    INSERT INTO teacher (id) VALUES ('ann');
    INSERT INTO pupil (id, adult) VALUES ('bo', 0);
"""


def database(project: Path) -> sqlite3.Connection:
    """The project's schema in a new database, run twice."""
    script = (project / "sql/schema.sql").read_text("utf-8")
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.executescript(script)
    before = connection.execute("SELECT * FROM sqlite_schema").fetchall()
    connection.executescript(script)
    assert connection.execute("SELECT * FROM sqlite_schema").fetchall() == before
    return connection


def tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM pragma_table_list")} - {
        "sqlite_schema",
        "sqlite_temp_schema",
    }


@pytest.mark.parametrize("name", MODELS)
def test_sqlite_takes_the_tables_and_every_foreign_key_leads_to_one(
    name: str, made: Callable[..., Path]
) -> None:
    given, classes = MODELS[name]
    with closing(database(made(name, "sql-schema", model=given))) as connection:
        found = tables(connection)
        assert len([table for table in found if "__" not in table]) == classes
        for table in found:
            for key in connection.execute("SELECT * FROM pragma_foreign_key_list(?)", (table,)):
                assert (key[2] in found, key[4]) == (True, "id"), (table, key)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize("name", MODELS)
def test_the_same_ontology_gives_the_same_tables(
    name: str, made: Callable[..., Path], new: Callable[..., Path]
) -> None:
    given, _ = MODELS[name]
    once = made(name, "sql-schema", model=given)
    assert generated(new(name, "sql-schema", model=given)) == generated(once)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("INSERT INTO person (id) VALUES ('x')", "NOT NULL"),
        ("INSERT INTO person (id, name) VALUES ('x', '')", "CHECK"),
        ("INSERT INTO instrument (id, family) VALUES ('x', 'noise')", "CHECK"),
        ("INSERT INTO instrument (id, family, fee) VALUES ('x', 'keys', -1)", "CHECK"),
        ("INSERT INTO instrument (id, family, fee) VALUES ('x', 'keys', 'much')", "cannot store"),
        ("INSERT INTO pupil (id) VALUES ('nobody')", "FOREIGN KEY"),
        ("INSERT INTO lesson VALUES ('x', 'ann', '2026-01-31T12:00:00Z', 5)", "CHECK"),
        ("INSERT INTO lesson VALUES ('x', 'bo', '2026-01-31T12:00:00Z', 30)", "FOREIGN KEY"),
        ("INSERT INTO teacher__teaches VALUES ('ann', 'nothing')", "FOREIGN KEY"),
        ("UPDATE pupil SET adult = 2", "CHECK"),
    ],
)
def test_a_row_that_the_model_does_not_allow_is_refused(
    statement: str, reason: str, made: Callable[..., Path]
) -> None:
    with closing(database(made("school", "sql-schema"))) as connection:
        connection.executescript(PEOPLE)
        with pytest.raises(sqlite3.IntegrityError, match=reason):
            connection.execute(statement)


def test_things_are_in_the_tables_above_and_may_refer_to_each_other_in_circles(
    made: Callable[..., Path],
) -> None:
    with closing(database(made("school", "sql-schema"))) as connection:
        connection.executescript(
            PEOPLE
            + """
            BEGIN;
            INSERT INTO pupil (id, friend) VALUES ('cy', 'di'), ('di', 'cy');
            INSERT INTO person (id, name) VALUES ('cy', 'Cy'), ('di', 'Di');
            COMMIT;
            INSERT INTO person__phone VALUES ('cy', '1'), ('cy', '2');
            DELETE FROM person WHERE id IN ('cy', 'di');
            """
        )
        assert connection.execute("SELECT id FROM pupil").fetchall() == [("bo",)]
        assert connection.execute("SELECT * FROM person__phone").fetchall() == []


def test_a_model_without_classes_gives_a_schema_without_tables(
    new: Callable[..., Path], tmp_path: Path
) -> None:
    path = tmp_path / "model.ttl"
    path.write_text("<http://example.org/> <http://example.org/p> 1 .", "utf-8")
    with closing(database(new("none", "sql-schema", model=api.ModelInput((path,))))) as connection:
        assert tables(connection) == set()
