"""One line of an `index.jsonl` as a release record, or the error that says what is wrong in it.

Keeps true: what it makes is well formed. Names, versions, ranges and whole dependencies recur by the
thousand, so each distinct text is checked once and its value shared.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from ggen_graph.core.diagnostics import GgenError, Location, ManifestInvalid, did_you_mean
from ggen_graph.core.manifest.categories import is_category
from ggen_graph.core.manifest.checks import INTEGERS
from ggen_graph.core.manifest.values import is_date, is_slug
from ggen_graph.core.names import is_pack_name
from ggen_graph.core.ranges import parse_range
from ggen_graph.core.release import ReleaseDependency, ReleaseRecord, features_of
from ggen_graph.core.versions import version_key

REQUIRED = ("name", "version", "dependencies")
TEXTS = ("license", "title", "description", "archive")
OPTIONAL = (
    "packages",
    "features",
    "yanked",
    "tags",
    "checksum",
    "size",
    "category",
    "ggen_compat",
    "published",
    *TEXTS,
)

_CHECKSUM = re.compile(r"sha256:[0-9a-f]{64}")
_KINDS = {"dependencies": "dependency", "packages": "package"}


class LineReader:
    """Reads the lines of one index, and remembers what it has seen of it.

    Args:
        file: the index's name for messages.
        location: its name inside the registry, for `ReleaseRecord.location`.
    """

    def __init__(self, file: str, location: str) -> None:
        self._file = file
        self._location = location
        self._line = 0
        self._text = ""
        self._names: set[str] = set()
        self._keys: dict[str, str] = {}
        self._dependencies: dict[str, dict[tuple[str, str], ReleaseDependency]]
        self._dependencies = {key: {} for key in _KINDS}
        self._seen: dict[tuple[str, str], tuple[str, int]] = {}

    def read(self, number: int, line: bytes) -> ReleaseRecord:
        """The release of a line.

        Args:
            number: of the line, from 1.
            line: its bytes.

        Raises:
            ManifestInvalid: it is not JSON, lacks something, or names what was named before.
        """
        self._line, self._text = number, ""
        data = self._parse(line)
        name, version, key = self._identity(data)
        dependencies = (
            *self._requirements(data, "dependencies"),
            *self._requirements(data, "packages"),
        )
        record = ReleaseRecord(
            name,
            version,
            dependencies,
            yanked=self._typed(data, "yanked", bool, "true or false") or False,
            tags=self._tags(data),
            checksum=self._checksum(data),
            archive_size=self._size(data),
            category=self._category(data),
            compatible_with=self._compatible_with(data),
            published=self._published(data),
            features=self._features(data, dependencies),
            location=f"{self._location}:{number}",
            **{key: self._typed(data, key, str, "a string") for key in TEXTS if key in data},
        )
        self._seen[name, key] = version, number  # only now: a line that is wrong takes no name
        return record

    def _parse(self, line: bytes) -> dict[str, Any]:
        try:
            self._text = line.decode("utf-8").rstrip("\r\n")
            data = json.loads(self._text)
        except json.JSONDecodeError as error:
            self._refuse(f"this is not JSON: {error.msg}", column=error.colno)
        except UnicodeDecodeError as error:
            self._refuse(
                f"this is not UTF-8: byte {line[error.start]:#04x}", column=error.start + 1
            )
        except RecursionError:
            self._refuse("this is nested too deep")
        if not isinstance(data, dict):
            self._refuse("a line must be a JSON object")
        for key in REQUIRED:
            if key not in data:
                unknown = [each for each in data if each not in (*REQUIRED, *OPTIONAL)]
                hint = next((each for each in unknown if did_you_mean(each, [key])), None)
                self._refuse(f'"{key}" is missing', help=f'"{hint}" is no key' if hint else "")
        return data

    def _identity(self, data: dict[str, Any]) -> tuple[str, str, str]:
        """Name, version and the version's key."""
        name, version = data["name"], data["version"]
        self._check_name(name, "name")
        if not isinstance(version, str):
            self._refuse('"version" must be a string')
        key = self._keys.get(version)
        if key is None:
            key = self._keys[version] = self._wrapped("version", version_key, version)
        earlier = self._seen.get((name, key))
        if earlier is not None:
            same = "" if earlier[0] == version else f" as {earlier[0]}, of the same precedence,"
            self._refuse(
                f"{name} {version} is already{same} in line {earlier[1]}",
                column=self._column("version"),
            )
        return name, version, key

    def _requirements(self, data: dict[str, Any], key: str) -> list[ReleaseDependency]:
        table = data.get(key)
        if table is None and key != "dependencies":
            return []
        if not isinstance(table, dict):
            self._refuse(f'"{key}" must be an object of names and ranges')
        known, kind = self._dependencies[key], _KINDS[key]
        return [
            (known.get((name, wanted)) if wanted.__class__ is str else None)
            or self._requirement(name, wanted, key, kind)
            for name, wanted in table.items()
        ]

    def _requirement(self, name: str, wanted: object, key: str, kind: str) -> ReleaseDependency:
        self._check_name(name, key)
        if isinstance(wanted, str):
            self._wrapped(f"{key}.{name}", parse_range, wanted)
            made = ReleaseDependency(name, wanted, kind=kind)
            return self._dependencies[key].setdefault((name, wanted), made)
        if not isinstance(wanted, dict) or not isinstance(wanted.get("version"), str):
            self._refuse(f'"{key}.{name}" must be a range, or an object with "version"')
        self._wrapped(f"{key}.{name}", parse_range, wanted["version"])
        return ReleaseDependency(
            name,
            wanted["version"],
            optional=self._typed(wanted, "optional", bool, "true or false") or False,
            kind=kind,
            features=self._strings(wanted, "features"),
            install_path=self._typed(wanted, "install_path", str, "a string"),
        )

    def _check_name(self, name: object, key: str) -> None:
        if isinstance(name, str):
            if name in self._names:
                return
            if is_pack_name(name):
                self._names.add(name)
                return
        self._refuse(
            f'"{key}": {json.dumps(name)[:120]} is not a pack name',
            help="A pack name has 1 to 100 characters: a-z, 0-9 and -, the first of them not -.",
        )

    def _tags(self, data: dict[str, Any]) -> tuple[str, ...]:
        return self._strings(data, "tags") if "tags" in data else ()

    def _strings(self, data: dict[str, Any], key: str, said: str = "") -> tuple[str, ...]:
        values = data.get(key)
        if values is None:
            return ()
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            self._refuse(f'"{said or key}" must be a list of strings')
        return tuple(values)

    def _checksum(self, data: dict[str, Any]) -> str | None:
        checksum = data.get("checksum")
        if checksum is None:
            return None
        if not isinstance(checksum, str) or not _CHECKSUM.fullmatch(checksum):
            self._refuse('"checksum" must be "sha256:" and 64 hexadecimal digits')
        return checksum

    def _size(self, data: dict[str, Any]) -> int | None:
        size = data.get("size")
        if size is None:
            return None
        if isinstance(size, bool) or not isinstance(size, int) or size not in INTEGERS or size < 0:
            self._refuse('"size" must be a number of bytes')
        return size

    def _category(self, data: dict[str, Any]) -> str | None:
        category: str | None = self._typed(data, "category", str, "a string")
        if category and not self._wrapped("category", is_category, category):
            self._refuse('"category" must be words of a-z and 0-9, with - between')
        return category

    def _compatible_with(self, data: dict[str, Any]) -> str | None:
        compatible: str | None = self._typed(data, "ggen_compat", str, "a string")
        if compatible is not None:
            self._wrapped("ggen_compat", parse_range, compatible)
        return compatible

    def _published(self, data: dict[str, Any]) -> str | None:
        published: str | None = self._typed(data, "published", str, "a string")
        if published is not None and not is_date(published):
            self._refuse('"published" must be a date or a time in UTC, as in 2026-01-31T12:00:00Z')
        return published

    def _features(
        self, data: dict[str, Any], dependencies: tuple[ReleaseDependency, ...]
    ) -> tuple[tuple[str, tuple[str, ...]], ...]:
        optional = [one.name for one in dependencies if one.optional]
        declared = data.get("features")
        if declared is None:
            return features_of((), optional) if optional else ()
        if not isinstance(declared, dict) or not all(map(is_slug, declared)):
            self._refuse('"features" must be an object of names and lists of names')
        parts = {name: self._strings(declared, name, f"features.{name}") for name in declared}
        for name, some in parts.items():
            unknown = [part for part in some if part not in optional and part not in parts]
            if unknown:
                self._refuse(
                    f'"features.{name}": {json.dumps(unknown[0])[:120]} is neither an optional'
                    " dependency nor a feature"
                )
        return features_of(parts.items(), optional)

    def _typed(self, data: dict[str, Any], key: str, kind: type, what: str) -> Any:
        value = data.get(key)
        if value is not None and not isinstance(value, kind):
            self._refuse(f'"{key}" must be {what}')
        return value

    def _wrapped(self, key: str, check: Any, text: str) -> Any:
        try:
            return check(text)
        except GgenError as error:
            self._refuse(f'"{key}": {error.message}', help=error.help)

    def _refuse(self, message: str, *, help: str = "", column: int = 0) -> NoReturn:  # noqa: A002 - as GgenError
        key = re.match(r'"([^"]+)"', message)  # a message about a key begins with it
        column = column or (self._column(key[1]) if key else 1)
        raise ManifestInvalid(
            message,
            help=help or "correct the line, or make the index again",
            where=Location(self._file, self._line, column),
        )

    def _column(self, path: str) -> int:
        """Where a key stands in the line, such as `dependencies.a`; 1 if it does not."""
        column, at = 1, 0
        for key in path.split(".", 1):
            found = re.compile(rf"{re.escape(json.dumps(key))}\s*:").search(self._text, at)
            if found:
                column, at = found.start() + 1, found.end()
        return column
