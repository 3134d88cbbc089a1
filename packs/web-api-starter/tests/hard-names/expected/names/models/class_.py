"""Has 'quotes', a back'slash and the end of a comment: */. A second sentence.

http://example.org/names#Class
"""

import datetime as dt

from pydantic import Field

from names.resource import Page, Resource


class ClassCreate(Resource):
    """A new class, before it has an id."""

    field_1st: list[str] = Field(
        default=[],
        description="Field 1st.",
    )
    a_b: list[str] = Field(
        default=[],
        description="A b.",
    )
    a_b_names_72a598: list[str] = Field(
        default=[],
        description="A b names 72a598.",
    )
    a_b_names: list[str] = Field(
        default=[],
        description="A b names.",
    )
    class_: list[str] = Field(
        default=[],
        description="Class.",
    )
    constructor: list[str] = Field(
        default=[],
        description="Constructor.",
    )
    date: list[dt.date] = Field(
        default=[],
        description="Date.",
    )
    id_: list[str] = Field(
        default=[],
        description="Id.",
    )
    import_: list[str] = Field(
        default=[],
        description="Import.",
    )
    json_: list[bool] = Field(
        default=[],
        description="Json.",
    )
    list_: list[str] = Field(
        default=[],
        description="List.",
    )
    model_dump_: list[str] = Field(
        default=[],
        description="Model dump.",
    )
    model_x: list[str] = Field(
        default=[],
        description="Model x.",
    )
    name: list[str] = Field(
        default=[],
        description="Name.",
    )
    register_: list[str] = Field(
        default=[],
        description="Register.",
    )
    rowid: list[str] = Field(
        default=[],
        description="Rowid.",
    )
    select: list[str] = Field(
        default=[],
        description="Select.",
    )
    str_: list[float] = Field(
        default=[],
        description="Str.",
    )
    name_foaf: list[str] = Field(
        default=[],
        description="Name foaf.",
    )


class ClassUpdate(ClassCreate):
    """What takes the place of one class: the whole of it."""


class ClassRead(ClassCreate):
    """One class as it is stored."""

    id: str


class ClassPage(Page):
    """Some of the classes."""

    items: list[ClassRead]
