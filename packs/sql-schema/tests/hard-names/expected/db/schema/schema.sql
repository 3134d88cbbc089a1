-- names: a table per class of the model, and one per property that may have many values.
--
-- Made for SQLite 3.37 and newer. Running it again changes nothing. Foreign keys are checked where a connection says so:
-- PRAGMA foreign_keys = ON; they are checked at the end of a transaction, so that rows may refer to each other in circles.

BEGIN;

-- foo bar: Foo bar.
-- <http://example.org/names#FooBar>
CREATE TABLE IF NOT EXISTS "foo_bar" (
    "id" TEXT NOT NULL PRIMARY KEY
);

-- foo bar names: Foo bar names.
-- <http://example.org/names#Foo_Bar>
CREATE TABLE IF NOT EXISTS "foo_bar_names" (
    "id" TEXT NOT NULL PRIMARY KEY
);

-- order: Has 'quotes', a ; and -- dashes.
-- <http://example.org/names#Order>
CREATE TABLE IF NOT EXISTS "order" (
    "id" TEXT NOT NULL PRIMARY KEY,
    -- Group.
    "group" REAL,
    -- Group names.
    "group_names" INTEGER,
    -- Id.
    "id_" TEXT,
    -- Rating.
    "rating" REAL CHECK ("rating" IN (1, 2, 3)),
    -- State.
    "state" TEXT CHECK ("state" IN ('done', 'it''s')),
    -- Table.
    "table" TEXT
        REFERENCES "_sqlite_master" ("id") DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX IF NOT EXISTS "order__table__index" ON "order" ("table");

-- order, rowid: Rowid.
CREATE TABLE IF NOT EXISTS "order__rowid" (
    "owner" TEXT NOT NULL
        REFERENCES "order" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    "value" BLOB NOT NULL,
    PRIMARY KEY ("owner", "value")
) WITHOUT ROWID;

-- select: Select.
-- <http://example.org/names#Select>
CREATE TABLE IF NOT EXISTS "select" (
    "id" TEXT NOT NULL PRIMARY KEY
        REFERENCES "order" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
        REFERENCES "_sqlite_master" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

-- two lines: Two lines.
-- <http://example.org/names#SqliteMaster>
CREATE TABLE IF NOT EXISTS "_sqlite_master" (
    "id" TEXT NOT NULL PRIMARY KEY,
    -- Limit.
    "limit" INTEGER CHECK ("limit" IN (0, 1))
);

COMMIT;
