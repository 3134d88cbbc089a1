"""Something worth remembering.

http://example.org/notes#Note
"""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from notes.resource import Integer, Page, Resource

StateValue = Literal[
    "done",
    "open",
]

TagValue = Annotated[
    str,
    Field(
        min_length=2,
    ),
]


class NoteCreate(Resource):
    """A new note, before it has an id."""

    title: str = Field(
        description="The first line.",
        max_length=80,
        min_length=1,
    )
    code: str = Field(
        description="Code.",
        pattern="^N\\d{4}$",
    )
    kept_in: str = Field(
        description="Kept in.",
    )
    measure: str | float | None = Field(
        default=None,
        description="Measure.",
    )
    price: Decimal | None = Field(
        default=None,
        description="Price.",
        gt=Decimal("0.5"),
    )
    rating: Integer | None = Field(
        default=None,
        description="Rating.",
        ge=1,
        le=5,
    )
    state: StateValue | None = Field(
        default=None,
        description="State.",
    )
    tag: list[TagValue] = Field(
        default=[],
        description="Tag.",
    )
    text: str | None = Field(
        default=None,
        description="Text.",
    )
    written_at: dt.datetime | None = Field(
        default=None,
        description="Written at.",
    )


class NoteUpdate(NoteCreate):
    """What takes the place of one note: the whole of it."""


class NoteRead(NoteCreate):
    """One note as it is stored."""

    id: str


class NotePage(Page):
    """Some of the notes."""

    items: list[NoteRead]
