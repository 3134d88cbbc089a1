"""The routers and their tables: one module per class of the model."""

from fastapi import APIRouter

from notes.routers import (
    note,
    notebook,
)
from notes.table import Table

ROUTERS: list[APIRouter] = [
    note.router,
    notebook.router,
]

TABLES: list[Table] = [
    note.TABLE,
    notebook.TABLE,
]
