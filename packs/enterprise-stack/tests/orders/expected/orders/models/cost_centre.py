"""A part of a company that pays for itself.

http://example.org/orders#CostCentre
"""

from pydantic import Field

from orders.resource import Page, Resource


class CostCentreCreate(Resource):
    """A new cost centre, before it has an id."""

    name: str = Field(
        description="What people call it.",
        min_length=1,
    )
    part_of: str | None = Field(
        default=None,
        description="The company that it is a part of.",
    )


class CostCentreUpdate(CostCentreCreate):
    """What takes the place of one cost centre: the whole of it."""


class CostCentreRead(CostCentreCreate):
    """One cost centre as it is stored."""

    id: str


class CostCentrePage(Page):
    """Some of the cost centres."""

    items: list[CostCentreRead]
