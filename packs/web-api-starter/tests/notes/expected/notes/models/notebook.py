"""Where notes are kept.

http://example.org/notes#Notebook
"""

from notes.resource import Page, Resource


class NotebookCreate(Resource):
    """A new notebook, before it has an id."""


class NotebookUpdate(NotebookCreate):
    """What takes the place of one notebook: the whole of it."""


class NotebookRead(NotebookCreate):
    """One notebook as it is stored."""

    id: str


class NotebookPage(Page):
    """Some of the notebooks."""

    items: list[NotebookRead]
