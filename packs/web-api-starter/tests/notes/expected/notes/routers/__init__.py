"""The routers and their tables: one module per class of the model.

A class may be called `list` or `str`, and its module hides that builtin here: name none in this file.
"""

from collections.abc import Sequence

from fastapi import APIRouter

from notes.routers import (
    note,
    notebook,
)
from notes.table import Table

ROUTERS: Sequence[APIRouter] = (
    note.router,
    notebook.router,
)

TABLES: Sequence[Table] = (
    note.TABLE,
    notebook.TABLE,
)
