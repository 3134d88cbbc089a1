"""Dates for the `date` filter: chrono's `strftime` (its crate's documentation, `format::strftime`).

Pure: the time is always given. English names only, and no zone but an offset.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from ggen_graph.core.template.tera.values import TeraError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip

_DATE_TIME = re.compile(
    r"\s*\+?(\d{1,4})-\s*(\d\d?)-\s*(\d\d?)T\s*(\d\d?):\s*(\d\d?):\s*(\d\d?)(?:\.(\d{1,9})\d*)?"
    r"\s*(?:(Z|z|UTC|[-+\u2212]\d\d:?\d\d)\s*)?"
)
_DATE = re.compile(r"\s*\+?(\d{1,4})-\s*(\d\d?)-\s*(\d\d?)")
_PIECE = re.compile(r"%([-_0]?)(:{0,3}z|\.?[369]?f|#z|[A-Za-z+%])|(%)|([^%]+)")


class _Moment:
    """A time, its nanoseconds, whether it knows its offset, and whether a leap second is on."""

    def __init__(
        self, time: datetime, nanoseconds: int, *, zoned: bool, leap: bool = False
    ) -> None:
        self.time = time
        self.nanoseconds = nanoseconds
        self.zoned = zoned
        self.leap = leap


def format_date(value: object, pattern: str, *, utc: bool = False) -> str:
    """A timestamp in seconds, an RFC 3339 time, a time without offset or a date, as text.

    Args:
        value: an integer or a string.
        pattern: chrono's strftime.
        utc: whether to show the time in UTC rather than in its own offset.
    """
    moment = _moment(value)
    if utc:
        moment = _Moment(moment.time.astimezone(UTC), moment.nanoseconds, zoned=True)
    return "".join(_piece(found, moment, pattern) for found in _pieces(pattern))


def _pieces(pattern: str) -> list[re.Match[str]]:
    return list(_PIECE.finditer(pattern))


def _moment(value: object) -> _Moment:
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value)
        except OverflowError as error:
            raise TeraError(f"{value} seconds are beyond the years 1 to 9999") from error
        return _Moment(time, 0, zoned=False)
    if not isinstance(value, str):
        raise TeraError("`date` takes a whole number of seconds or a string")
    try:
        return _parsed(value)
    except ValueError as error:
        what = "an RFC 3339 time" if "T" in value else "a date such as 2026-11-20"
        raise TeraError(f"{value!r} is not {what}") from error


def _parsed(text: str) -> _Moment:
    if "T" not in text:
        found = _DATE.fullmatch(text)
        if found is None:
            raise ValueError(text)
        year, month, day = map(int, found.groups())
        return _Moment(datetime(year, month, day, tzinfo=UTC), 0, zoned=True)
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    *fields, second, fraction, offset = found.groups()
    leap = second == "60"
    nanoseconds = int((fraction or "0").ljust(9, "0"))
    whole = datetime(*map(int, fields), 59 if leap else int(second), tzinfo=UTC)  # type: ignore[arg-type,misc] # five fields
    if offset:
        sign = 1 if offset[0] == "+" else -1
        named = offset in {"Z", "z", "UTC"}
        hours, minutes = (0, 0) if named else (int(offset[1:3]), int(offset[-2:]))
        whole = whole.replace(tzinfo=timezone(sign * timedelta(hours=hours, minutes=minutes), ""))
    return _Moment(whole, nanoseconds, zoned=True, leap=leap)


def _offset(moment: _Moment, colons: int) -> str:
    if not moment.zoned:
        raise TeraError("a timestamp has no offset to print")
    seconds = int((moment.time.utcoffset() or timedelta()).total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    if colons == 0:
        return f"{sign}{hours:02}{minutes:02}"
    if colons == 3:
        return f"{sign}{hours:02}"
    return f"{sign}{hours:02}:{minutes:02}" + (f":{rest:02}" if colons == 2 else "")


def _week(time: datetime, first: int) -> int:
    """The week of the year, the first beginning with the first Sunday (6) or Monday (0)."""
    return (time.timetuple().tm_yday + 6 - (time.weekday() - first) % 7) // 7


_NUMBERS: Final[Mapping[str, tuple[Callable[[datetime], int], int, str]]] = {
    "Y": (lambda t: t.year, 4, "0"),
    "C": (lambda t: t.year // 100, 2, "0"),
    "y": (lambda t: t.year % 100, 2, "0"),
    "q": (lambda t: (t.month + 2) // 3, 1, "0"),
    "m": (lambda t: t.month, 2, "0"),
    "d": (lambda t: t.day, 2, "0"),
    "e": (lambda t: t.day, 2, " "),
    "w": (lambda t: t.isoweekday() % 7, 1, "0"),
    "u": (lambda t: t.isoweekday(), 1, "0"),
    "U": (lambda t: _week(t, 6), 2, "0"),
    "W": (lambda t: _week(t, 0), 2, "0"),
    "G": (lambda t: t.isocalendar().year, 4, "0"),
    "g": (lambda t: t.isocalendar().year % 100, 2, "0"),
    "V": (lambda t: t.isocalendar().week, 2, "0"),
    "j": (lambda t: t.timetuple().tm_yday, 3, "0"),
    "H": (lambda t: t.hour, 2, "0"),
    "k": (lambda t: t.hour, 2, " "),
    "I": (lambda t: (t.hour + 11) % 12 + 1, 2, "0"),
    "l": (lambda t: (t.hour + 11) % 12 + 1, 2, " "),
    "M": (lambda t: t.minute, 2, "0"),
    "S": (lambda t: t.second, 2, "0"),
    "s": (lambda t: int(t.timestamp()), 1, "0"),
}
_TEXTS: Final[Mapping[str, Callable[[datetime], str]]] = {
    "b": lambda t: _MONTHS[t.month - 1][:3],
    "h": lambda t: _MONTHS[t.month - 1][:3],
    "B": lambda t: _MONTHS[t.month - 1],
    "a": lambda t: _DAYS[t.weekday()][:3],
    "A": lambda t: _DAYS[t.weekday()],
    "P": lambda t: "am" if t.hour < 12 else "pm",
    "p": lambda t: "AM" if t.hour < 12 else "PM",
    "t": lambda _: "\t",
    "n": lambda _: "\n",
    "%": lambda _: "%",
}
_WHOLE: Final[Mapping[str, str]] = {
    "D": "%m/%d/%y",
    "x": "%m/%d/%y",
    "F": "%Y-%m-%d",
    "v": "%e-%b-%Y",
    "R": "%H:%M",
    "T": "%H:%M:%S",
    "X": "%H:%M:%S",
    "r": "%I:%M:%S %p",
    "c": "%a %b %e %H:%M:%S %Y",
    "+": "%Y-%m-%dT%H:%M:%S%.f%:z",
}


def _piece(found: re.Match[str], moment: _Moment, pattern: str) -> str:
    flag, name, stray, plain = found.groups()
    if plain:
        return str(plain)
    if name in _NUMBERS:
        number, width, pad = _NUMBERS[name]
        text = str(number(moment.time) + (moment.leap and name == "S"))
        fill = {"-": "", "_": " ", "0": "0"}.get(flag, pad)
        return text.rjust(width, fill) if fill else text
    if stray or flag:
        raise TeraError(f"{pattern!r} is not a date format")
    if name in _TEXTS:
        return _TEXTS[name](moment.time)
    if name in _WHOLE:
        return "".join(_piece(one, moment, pattern) for one in _pieces(_WHOLE[name]))
    return _zone(name, moment) or _fraction(name, moment.nanoseconds, pattern)


def _zone(name: str, moment: _Moment) -> str:
    if name == "Z":
        return "UTC" if moment.time.tzinfo is UTC and moment.zoned else _offset(moment, 1)
    return _offset(moment, name.count(":")) if name.endswith("z") and "#" not in name else ""


def _fraction(name: str, nanoseconds: int, pattern: str) -> str:
    if not name.endswith("f"):
        raise TeraError(f"{pattern!r} is not a date format")
    digits = f"{nanoseconds:09}"
    if name == "f":
        return digits
    if name == ".f":
        short = next((digits[:width] for width in (3, 6) if not digits[width:].strip("0")), digits)
        return f".{short}" if nanoseconds else ""
    width = int(name.strip(".f"))
    return f"{'.' if name[0] == '.' else ''}{digits[:width]}"
