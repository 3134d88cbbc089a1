"""Tera's filters on strings."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from ggen_graph.core.template.tera import arguments as args
from ggen_graph.core.template.tera.values import BLANKS, TeraError

Arguments = args.Arguments

_TAGS = re.compile(r"(<!--[^\n]*?-->|<[^>]*>)")
_BETWEEN_TAGS = re.compile(r">\s+<")
_TITLE = re.compile(r"\b([\w'])([\w']*)\b")
_UNRESERVED: Final = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)


def upper(value: object, _: Arguments) -> str:
    """Capital letters."""
    return args.text_value(value).upper()


def lower(value: object, _: Arguments) -> str:
    """Small letters."""
    return args.text_value(value).lower()


def capitalize(value: object, _: Arguments) -> str:
    """The first letter large, the rest small."""
    text = args.text_value(value)
    return text[:1].upper() + text[1:].lower()


def title(value: object, _: Arguments) -> str:
    """Each word with a large first letter and small others."""
    return _TITLE.sub(lambda found: found[1].upper() + found[2].lower(), args.text_value(value))


def trim(value: object, _: Arguments) -> str:
    """No white space at either end."""
    return args.text_value(value).strip(BLANKS)


def trim_start(value: object, _: Arguments) -> str:
    """No white space at the start."""
    return args.text_value(value).lstrip(BLANKS)


def trim_end(value: object, _: Arguments) -> str:
    """No white space at the end."""
    return args.text_value(value).rstrip(BLANKS)


def trim_start_matches(value: object, given: Arguments) -> str:
    """No `pat` at the start, however often it stands there."""
    text, part = args.text_value(value), args.pattern(given, "pat")
    while part and text.startswith(part):
        text = text[len(part) :]
    return text


def trim_end_matches(value: object, given: Arguments) -> str:
    """No `pat` at the end, however often it stands there."""
    text, part = args.text_value(value), args.pattern(given, "pat")
    while part and text.endswith(part):
        text = text[: -len(part)]
    return text


def truncate(value: object, given: Arguments) -> str:
    """The first `length` (255) characters, and `end` ("…") if any were cut off."""
    text = args.text_value(value)
    length, end = args.count(given, "length", 255), args.text(given, "end", "…")
    characters = graphemes(text)
    return text if length >= len(characters) else "".join(characters[:length]) + end


def graphemes(text: str) -> list[str]:
    """The characters of a text as a person sees them: extended grapheme clusters (UAX #29).

    By general categories and ranges, without Unicode's tables of prepended marks and conjuncts.
    """
    found: list[str] = []
    for character in text:
        if found and _joins(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return found


_JOINER: Final = "\u200d"


def _joins(cluster: str, character: str) -> bool:
    last = cluster[-1]
    if last == "\r" or character in "\r\n":
        return last + character == "\r\n"
    if unicodedata.category(character)[0] == "M" or character == _JOINER:
        return last != "\n"
    if "\U0001f3fb" <= character <= "\U0001f3ff":  # skin tones
        return last != "\n"
    if last == _JOINER:
        return unicodedata.category(character) == "So"
    if _is_flag(character):
        return sum(map(_is_flag, cluster)) % 2 == 1
    return _joins_hangul(last, character)


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _joins_hangul(last: str, character: str) -> bool:
    """Whether two parts of a Korean syllable belong together (GB6 to GB8)."""
    whole = "\uac00" <= last <= "\ud7a3"
    open_ = whole and (ord(last) - 0xAC00) % 28 == 0
    if "\u1100" <= last <= "\u115f":
        return "\u1100" <= character <= "\u11a7" or "\uac00" <= character <= "\ud7a3"
    if open_ or "\u1160" <= last <= "\u11a7":
        return "\u1160" <= character <= "\u11ff"
    return (whole or "\u11a8" <= last <= "\u11ff") and "\u11a8" <= character <= "\u11ff"


def wordcount(value: object, _: Arguments) -> int:
    """How many words there are between white space."""
    return len(re.findall(f"[^{BLANKS}]+", args.text_value(value)))


def replace(value: object, given: Arguments) -> str:
    """Every `from` as `to`."""
    text = args.text_value(value)
    return text.replace(args.text(given, "from"), args.text(given, "to"))


def addslashes(value: object, _: Arguments) -> str:
    r"""A backslash before `\`, `"` and `'`."""
    return re.sub(r"""([\\"'])""", r"\\\1", args.text_value(value))


def striptags(value: object, _: Arguments) -> str:
    """No HTML tags and comments."""
    return _TAGS.sub("", args.text_value(value))


def spaceless(value: object, _: Arguments) -> str:
    """No white space between HTML tags."""
    return _BETWEEN_TAGS.sub("><", args.text_value(value))


def linebreaksbr(value: object, _: Arguments) -> str:
    """`<br>` for every line break."""
    return args.text_value(value).replace("\r\n", "<br>").replace("\n", "<br>")


def indent(value: object, given: Arguments) -> str:
    """`prefix` (four spaces) before every line but the first, or that, too, if `first`.

    Lines of white space only get it if `blank`. A line break at the end goes.
    """
    text, prefix = args.text_value(value), args.text(given, "prefix", "    ")
    first, blank = args.flag(given, "first"), args.flag(given, "blank")
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    lines = [line.removesuffix("\r") for line in lines]
    return "\n".join(
        prefix + line if (first if at == 0 else blank or line.strip(BLANKS)) else line
        for at, line in enumerate(lines)
    )


def escape(value: object, _: Arguments) -> str:
    """`& < > " ' /` as HTML entities."""
    text = escape_xml(value, {}).replace("&apos;", "&#x27;")
    return text.replace("/", "&#x2F;")


def escape_xml(value: object, _: Arguments) -> str:
    """`& < > " '` as XML entities."""
    text = args.text_value(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&apos;")


def urlencode(value: object, _: Arguments) -> str:
    """Percent-encoded, all but letters, digits and `- . _ ~ / %`."""
    return _percent(args.text_value(value), _UNRESERVED | set(b"/%"))


def urlencode_strict(value: object, _: Arguments) -> str:
    """Percent-encoded, all but letters and digits."""
    return _percent(args.text_value(value), _UNRESERVED - set(b"-._~"))


def _percent(text: str, kept: frozenset[int] | set[int]) -> str:
    return "".join(chr(byte) if byte in kept else f"%{byte:02X}" for byte in text.encode())


def slugify(value: object, _: Arguments) -> str:
    """Small letters and digits with single hyphens between; accents are dropped.

    Raises:
        TeraError: for letters that are not Latin; Tera would transliterate them.
    """
    plain = unicodedata.normalize("NFKD", args.text_value(value))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    if not plain.isascii():
        raise TeraError("`slugify` knows no letters but Latin ones")
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))


def split(value: object, given: Arguments) -> list[str]:
    """The parts between each `pat`."""
    text, part = args.text_value(value), args.pattern(given, "pat")
    return text.split(part) if part else ["", *text, ""]


FILTERS: Final = (
    upper, lower, capitalize, title, trim, trim_start, trim_end, trim_start_matches,
    trim_end_matches, truncate, wordcount, replace, addslashes, striptags, spaceless, linebreaksbr,
    indent, escape, escape_xml, urlencode, urlencode_strict, slugify, split,
)  # fmt: skip
