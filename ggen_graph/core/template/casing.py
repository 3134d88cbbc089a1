"""Names for generated code: the local name of an IRI, and one name in the case a language wants.

All are pure text functions, offered to both template languages as filters and as functions.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# A word is a run of capitals (not the last one before a small letter), a capitalised or small
# word, or a number; every other character separates words. Over kinds: `u`pper, `l`etter, `d`igit.
_WORD: Final = re.compile("u+(?=ul)|u?l+|u+|d+")


def local(iri: str) -> str:
    """What follows the last `#`, else `/`, else `:` of an IRI, a slash at its end left out.

    >>> local("http://xmlns.com/foaf/0.1/Person"), local("urn:isbn:123"), local("Person")
    ('Person', '123', 'Person')
    """
    text = iri.rstrip("/#")
    for mark in "#/:":
        if mark in text:
            return text.rpartition(mark)[2]
    return text


def words(text: str) -> list[str]:
    """The words of a name, in lower case.

    >>> words("HTTPServer2Name"), words("first-name_of thing")
    (['http', 'server', '2', 'name'], ['first', 'name', 'of', 'thing'])
    """
    return list(_words(text))


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    kinds = "".join(map(_kind, text))
    return tuple(text[found.start() : found.end()].lower() for found in _WORD.finditer(kinds))


def _kind(character: str) -> str:
    if character.isupper():
        return "u"
    if character.isalpha():
        return "l"
    return "d" if character.isdecimal() else " "


def snake(text: str) -> str:
    """`firstName` → `first_name`; a number stays with the word before it."""
    return _joined(text, "_")


def kebab(text: str) -> str:
    """`firstName` → `first-name`."""
    return _joined(text, "-")


def upper_snake(text: str) -> str:
    """`firstName` → `FIRST_NAME`."""
    return snake(text).upper()


def pascal(text: str) -> str:
    """`first name` → `FirstName`."""
    return "".join(word[:1].upper() + word[1:] for word in words(text))


def camel(text: str) -> str:
    """`first name` → `firstName`."""
    name = pascal(text)
    first = next(iter(words(text)), "")
    return first + name[len(first) :]


def _joined(text: str, separator: str) -> str:
    joined = ""
    for word in words(text):
        joined += separator + word if joined and not word.isdigit() else word
    return joined


_IRREGULAR: Final = {
    "analysis": "analyses",
    "axis": "axes",
    "basis": "bases",
    "child": "children",
    "crisis": "crises",
    "criterion": "criteria",
    "datum": "data",
    "foot": "feet",
    "half": "halves",
    "index": "indices",
    "knife": "knives",
    "leaf": "leaves",
    "life": "lives",
    "man": "men",
    "matrix": "matrices",
    "medium": "media",
    "mouse": "mice",
    "person": "people",
    "phenomenon": "phenomena",
    "self": "selves",
    "shelf": "shelves",
    "thesis": "theses",
    "tooth": "teeth",
    "vertex": "vertices",
    "wife": "wives",
    "wolf": "wolves",
    "woman": "women",
}
_UNCOUNTED: Final = frozenset(
    {"data", "equipment", "information", "money", "news", "series", "sheep", "software", "species"}
)


def plural(text: str) -> str:
    """The English plural of a name's last word, in the case it has.

    >>> plural("Category"), plural("SalesPerson"), plural("box"), plural("news")
    ('Categories', 'SalesPeople', 'boxes', 'news')
    """
    found = re.search(r"[A-Z]?[a-z]+$|[A-Z]+$", text)
    if found is None:
        return text
    word = found.group()
    small = word.lower()
    if small in _UNCOUNTED:
        return text
    if small in _IRREGULAR:
        many = _IRREGULAR[small]
    elif re.search(r"[^aeiou]y$", small):
        many = f"{small[:-1]}ies"
    elif re.search(r"(s|x|z|ch|sh)$", small):
        many = f"{small}es"
    else:
        many = f"{small}s"
    shared = next(
        (i for i, (a, b) in enumerate(zip(small, many, strict=False)) if a != b), len(small)
    )
    tail = many[shared:]
    if word.isupper() and len(word) > 1:
        tail = tail.upper()
    return text[: found.start()] + word[:shared] + tail


FUNCTIONS: Final[Mapping[str, Callable[[str], str]]] = {
    "local": local,
    "snake": snake,
    "camel": camel,
    "pascal": pascal,
    "kebab": kebab,
    "upper_snake": upper_snake,
    "plural": plural,
}
