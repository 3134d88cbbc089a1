-- school: a table per class of the model, and one per property that may have many values.
--
-- Made for SQLite 3.37 and newer. Running it again changes nothing. Foreign keys are checked where a connection says so:
-- PRAGMA foreign_keys = ON; they are checked at the end of a transaction, so that rows may refer to each other in circles.

BEGIN;

-- Assistant: A pupil who teaches beginners.
-- <http://example.org/school#Assistant>
CREATE TABLE IF NOT EXISTS "assistant" (
    "id" TEXT NOT NULL PRIMARY KEY
        REFERENCES "pupil" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
        REFERENCES "teacher" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;

-- Instrument: What the school lends to pupils.
-- <http://example.org/school#Instrument>
CREATE TABLE IF NOT EXISTS "instrument" (
    "id" TEXT NOT NULL PRIMARY KEY,
    -- How it makes its sound.
    "family" TEXT NOT NULL CHECK ("family" IN ('brass', 'keys', 'strings', 'wind')),
    -- What it costs a month.
    "fee" REAL CHECK ("fee" >= 0)
) STRICT;

-- Lesson: A teacher and a pupil at the same time in the same room.
-- <http://example.org/school#Lesson>
CREATE TABLE IF NOT EXISTS "lesson" (
    "id" TEXT NOT NULL PRIMARY KEY,
    -- Who gives it.
    "teacher" TEXT NOT NULL
        REFERENCES "teacher" ("id") DEFERRABLE INITIALLY DEFERRED,
    -- When it begins.
    "start" TEXT NOT NULL,
    -- How long it takes.
    "minutes" INTEGER NOT NULL CHECK ("minutes" <= 120) CHECK ("minutes" >= 15)
) STRICT;
CREATE INDEX IF NOT EXISTS "lesson__teacher__index" ON "lesson" ("teacher");

-- Lesson, pupil: Who takes it.
CREATE TABLE IF NOT EXISTS "lesson__pupil" (
    "owner" TEXT NOT NULL
        REFERENCES "lesson" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    "value" TEXT NOT NULL
        REFERENCES "pupil" ("id") DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY ("owner", "value")
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS "lesson__pupil__index" ON "lesson__pupil" ("value");

-- Person: Someone who teaches or learns.
-- <http://example.org/school#Person>
CREATE TABLE IF NOT EXISTS "person" (
    "id" TEXT NOT NULL PRIMARY KEY,
    -- What the person is called.
    "name" TEXT NOT NULL CHECK (length("name") >= 1)
) STRICT;

-- Person, phone: A number to be reached at.
CREATE TABLE IF NOT EXISTS "person__phone" (
    "owner" TEXT NOT NULL
        REFERENCES "person" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    "value" TEXT NOT NULL,
    PRIMARY KEY ("owner", "value")
) STRICT, WITHOUT ROWID;

-- Pupil: Someone who takes lessons.
-- <http://example.org/school#Pupil>
CREATE TABLE IF NOT EXISTS "pupil" (
    "id" TEXT NOT NULL PRIMARY KEY
        REFERENCES "person" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    -- Whether the pupil is of age.
    "adult" INTEGER CHECK ("adult" IN (0, 1)),
    -- Whom the pupil shares lessons with.
    "friend" TEXT
        REFERENCES "pupil" ("id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX IF NOT EXISTS "pupil__friend__index" ON "pupil" ("friend");

-- Teacher: Someone who gives lessons.
-- <http://example.org/school#Teacher>
CREATE TABLE IF NOT EXISTS "teacher" (
    "id" TEXT NOT NULL PRIMARY KEY
        REFERENCES "person" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;

-- Teacher, teaches: An instrument that the teacher gives lessons in.
CREATE TABLE IF NOT EXISTS "teacher__teaches" (
    "owner" TEXT NOT NULL
        REFERENCES "teacher" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    "value" TEXT NOT NULL
        REFERENCES "instrument" ("id") DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY ("owner", "value")
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS "teacher__teaches__index" ON "teacher__teaches" ("value");

COMMIT;
