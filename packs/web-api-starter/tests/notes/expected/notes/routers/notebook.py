"""The table of notebooks, and the routes to them."""

from fastapi import APIRouter, status

from notes.database import Database
from notes.models.notebook import (
    NotebookCreate,
    NotebookPage,
    NotebookRead,
    NotebookUpdate,
)
from notes.resource import NOT_FOUND, Limit, Offset
from notes.table import Table

TABLE = Table(
    "notebook",
    {},
)

router = APIRouter(
    prefix="/notebooks",
    tags=["Notebook"],
)


@router.post("", status_code=status.HTTP_201_CREATED)
def create_notebook(
    body: NotebookCreate,
    database: Database,
) -> NotebookRead:
    """Store a new notebook."""
    record = TABLE.insert(database, body.model_dump(mode="json"))
    return NotebookRead.model_validate(record)


@router.get("")
def list_notebooks(
    database: Database,
    limit: Limit = 50,
    offset: Offset = 0,
) -> NotebookPage:
    """List notebooks, oldest first."""
    records, total = TABLE.page(database, limit, offset)
    items = [NotebookRead.model_validate(record) for record in records]
    return NotebookPage(
        items=items,
        total=total,
        limit=limit,
        offset=offset,
    )


@router.get("/{key}", responses=NOT_FOUND)
def read_notebook(
    key: str,
    database: Database,
) -> NotebookRead:
    """Return one notebook."""
    record = TABLE.get(database, key)
    return NotebookRead.model_validate(record)


@router.put("/{key}", responses=NOT_FOUND)
def update_notebook(
    key: str,
    body: NotebookUpdate,
    database: Database,
) -> NotebookRead:
    """Replace the whole of one notebook."""
    record = TABLE.replace(database, key, body.model_dump(mode="json"))
    return NotebookRead.model_validate(record)


@router.delete(
    "/{key}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=NOT_FOUND,
)
def delete_notebook(
    key: str,
    database: Database,
) -> None:
    """Remove one notebook."""
    TABLE.delete(database, key)
