"""The table of notes, and the routes to them."""

from fastapi import APIRouter, status

from notes.database import Database
from notes.models.note import (
    NoteCreate,
    NotePage,
    NoteRead,
    NoteUpdate,
)
from notes.resource import NOT_FOUND, Limit, Offset
from notes.table import Table

TABLE = Table(
    "note",
    {
        "title": "TEXT NOT NULL",
        "code": "TEXT NOT NULL",
        "kept_in": "TEXT NOT NULL",
        "measure": "JSON TEXT",
        "price": "TEXT",
        "rating": "INTEGER",
        "state": "TEXT",
        "tag": "JSON TEXT NOT NULL DEFAULT '[]'",
        "text": "TEXT",
        "written_at": "TEXT",
    },
)

router = APIRouter(
    prefix="/notes",
    tags=["Note"],
)


@router.post("", status_code=status.HTTP_201_CREATED)
def create_note(
    body: NoteCreate,
    database: Database,
) -> NoteRead:
    """Store a new note."""
    record = TABLE.insert(database, body.model_dump(mode="json"))
    return NoteRead.model_validate(record)


@router.get("")
def list_notes(
    database: Database,
    limit: Limit = 50,
    offset: Offset = 0,
) -> NotePage:
    """List notes, oldest first."""
    records, total = TABLE.page(database, limit, offset)
    items = [NoteRead.model_validate(record) for record in records]
    return NotePage(
        items=items,
        total=total,
        limit=limit,
        offset=offset,
    )


@router.get("/{key}", responses=NOT_FOUND)
def read_note(
    key: str,
    database: Database,
) -> NoteRead:
    """Return one note."""
    record = TABLE.get(database, key)
    return NoteRead.model_validate(record)


@router.put("/{key}", responses=NOT_FOUND)
def update_note(
    key: str,
    body: NoteUpdate,
    database: Database,
) -> NoteRead:
    """Replace the whole of one note."""
    record = TABLE.replace(database, key, body.model_dump(mode="json"))
    return NoteRead.model_validate(record)


@router.delete(
    "/{key}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=NOT_FOUND,
)
def delete_note(
    key: str,
    database: Database,
) -> None:
    """Remove one note."""
    TABLE.delete(database, key)
