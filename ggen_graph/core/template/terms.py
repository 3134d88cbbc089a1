"""RDF terms as templates see them: text and numbers that know more about themselves.

An IRI knows its local name, a language-tagged text its language, a date its parts, and a decimal
all of its digits. Each is used like the plain value that it also is: `Iri` equals the same text.

Keeps true: printing gives what the Turtle of the model says, less quotes and datatype.
"""

from __future__ import annotations

import re
from typing import Final, Self

from ggen_graph.core.template import casing

_TIME: Final = re.compile(
    r"(?P<year>-?\d{4,})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?"
)
_DECIMAL: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")


class Term(str):
    """Text that has fields; a template reads one as `row.column.field`."""

    __slots__ = ()

    def field(self, name: str) -> object:
        """The value of a field; None where there is none of that name."""
        return getattr(self, name) if name in self.fields() else None

    def fields(self) -> tuple[str, ...]:
        """The names of the fields that this text has."""
        return ()


class Iri(Term):
    """An IRI: `local` is what follows its last `#`, `/` or `:`."""

    __slots__ = ()

    @property
    def local(self) -> str:
        """Its local name."""
        return casing.local(self)

    def fields(self) -> tuple[str, ...]:
        """Its local name."""
        return ("local",)


class LanguageText(Term):
    """A language-tagged text: `lang` is its tag, such as `en-gb`."""

    __slots__ = ("lang",)
    lang: str

    def __new__(cls, text: str, lang: str) -> Self:
        """A text and its tag."""
        made = super().__new__(cls, text)
        made.lang = lang
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override] # to be copied and sent
        """The arguments that make it again."""
        return str(self), self.lang

    def fields(self) -> tuple[str, ...]:
        """Its tag."""
        return ("lang",)


class Time(Term):
    """An xsd:date or xsd:dateTime as it is written: `year`, `month`, `day`, then `hour`, `minute`, `second`."""

    __slots__ = ("day", "hour", "minute", "month", "second", "year")

    def __new__(cls, text: str) -> Self:
        """A date or a time.

        Raises:
            ValueError: it is written otherwise.
        """
        found = _TIME.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no xsd:date or xsd:dateTime")
        made = super().__new__(cls, text)
        for name, part in found.groupdict().items():
            if part is not None:
                setattr(made, name, int(part))
        return made

    def fields(self) -> tuple[str, ...]:
        """Those of a day, and of a time what it has besides."""
        names = ("year", "month", "day", "hour", "minute", "second")
        return names if hasattr(self, "hour") else names[:3]


class DecimalNumber(float):
    """An xsd:decimal: a float to calculate with, printed with all the digits that it was written with."""

    __slots__ = ("digits",)
    digits: str

    def __new__(cls, digits: str) -> Self:
        """A decimal number.

        Raises:
            ValueError: it is written otherwise.
        """
        if not _DECIMAL.fullmatch(digits):
            raise ValueError(f"{digits!r} is no xsd:decimal")
        made = super().__new__(cls, digits)
        made.digits = digits
        return made

    def __getnewargs__(self) -> tuple[str]:  # type: ignore[override] # to be copied and sent
        """The argument that makes it again."""
        return (self.digits,)

    def __str__(self) -> str:
        return self.digits
