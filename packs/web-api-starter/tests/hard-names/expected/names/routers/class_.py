"""The table of classes, and the routes to them."""

from fastapi import APIRouter, status

from names.database import Database
from names.models.class_ import (
    ClassCreate,
    ClassPage,
    ClassRead,
    ClassUpdate,
)
from names.resource import NOT_FOUND, Limit, Offset
from names.table import Table

TABLE = Table(
    "class_",
    {
        "field_1st": "JSON TEXT NOT NULL DEFAULT '[]'",
        "a_b": "JSON TEXT NOT NULL DEFAULT '[]'",
        "a_b_names_72a598": "JSON TEXT NOT NULL DEFAULT '[]'",
        "a_b_names": "JSON TEXT NOT NULL DEFAULT '[]'",
        "class_": "JSON TEXT NOT NULL DEFAULT '[]'",
        "constructor": "JSON TEXT NOT NULL DEFAULT '[]'",
        "date": "JSON TEXT NOT NULL DEFAULT '[]'",
        "id_": "JSON TEXT NOT NULL DEFAULT '[]'",
        "import_": "JSON TEXT NOT NULL DEFAULT '[]'",
        "json_": "JSON TEXT NOT NULL DEFAULT '[]'",
        "list_": "JSON TEXT NOT NULL DEFAULT '[]'",
        "model_dump_": "JSON TEXT NOT NULL DEFAULT '[]'",
        "model_x": "JSON TEXT NOT NULL DEFAULT '[]'",
        "name": "JSON TEXT NOT NULL DEFAULT '[]'",
        "register_": "JSON TEXT NOT NULL DEFAULT '[]'",
        "rowid": "JSON TEXT NOT NULL DEFAULT '[]'",
        "select": "JSON TEXT NOT NULL DEFAULT '[]'",
        "str_": "JSON TEXT NOT NULL DEFAULT '[]'",
        "name_foaf": "JSON TEXT NOT NULL DEFAULT '[]'",
    },
)

router = APIRouter(
    prefix="/classes",
    tags=["Class"],
)


@router.post("", status_code=status.HTTP_201_CREATED)
def create_class_(
    body: ClassCreate,
    database: Database,
) -> ClassRead:
    """Store a new class."""
    record = TABLE.insert(database, body.model_dump(mode="json"))
    return ClassRead.model_validate(record)


@router.get("")
def list_classes(
    database: Database,
    limit: Limit = 50,
    offset: Offset = 0,
) -> ClassPage:
    """List classes, oldest first."""
    records, total = TABLE.page(database, limit, offset)
    items = [ClassRead.model_validate(record) for record in records]
    return ClassPage(
        items=items,
        total=total,
        limit=limit,
        offset=offset,
    )


@router.get("/{key}", responses=NOT_FOUND)
def read_class_(
    key: str,
    database: Database,
) -> ClassRead:
    """Return one class."""
    record = TABLE.get(database, key)
    return ClassRead.model_validate(record)


@router.put("/{key}", responses=NOT_FOUND)
def update_class_(
    key: str,
    body: ClassUpdate,
    database: Database,
) -> ClassRead:
    """Replace the whole of one class."""
    record = TABLE.replace(database, key, body.model_dump(mode="json"))
    return ClassRead.model_validate(record)


@router.delete(
    "/{key}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=NOT_FOUND,
)
def delete_class_(
    key: str,
    database: Database,
) -> None:
    """Remove one class."""
    TABLE.delete(database, key)
