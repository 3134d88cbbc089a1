"""What single strings in a manifest must be: licences, IRIs, globs, names of prefixes.

Each function says whether a string is one, by the rule of the standard it names, or lets the
`GgenError` of the module that owns the rule through (versions, ranges, paths).
"""

from __future__ import annotations

import re

from ggen_graph.core.diagnostics import PathRefused, UsageError

# The patterns are texts: `re` compiles each when it is first used, and keeps it. A command that
# reads no more than a registry's name pays for one.

# RFC 3986 §3.1 for the scheme; RFC 3987 §2.2 and SPARQL's IRIREF for what may not follow it.
_IRI = r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`\x7f]+"

# SPARQL 1.1 PN_PREFIX, with letters in the sense of Unicode; the empty prefix is one too.
_PREFIX = r"(?:[^\W\d_](?:[\w.-]*[\w-])?)?"

_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"

# RFC 9562 §4; the id names the project in IRIs, so it has one spelling.
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

# SPDX 2.3 Annex D: `idstring`, a trailing `+`, and references to licences of one's own.
_LICENSE_WORD = r"\s*(?:([()])|([A-Za-z0-9.-]+(?::LicenseRef-[A-Za-z0-9.-]+)?\+?)(?=[\s()]|$))"

_EXPRESSION = r"(?s:\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})"


def is_slug(text: str) -> bool:
    """Whether it is lower-case words with hyphens between."""
    return re.fullmatch(_SLUG, text) is not None


def is_uuid(text: str) -> bool:
    """Whether it is a UUID in lower case with its four hyphens."""
    return re.fullmatch(_UUID, text) is not None


def is_iri(text: str) -> bool:
    """Whether it is an absolute IRI."""
    return re.fullmatch(_IRI, text) is not None


def is_base(text: str) -> bool:
    """Whether it is an absolute IRI that others can be put behind: it ends in / or #."""
    return is_iri(text) and text[-1] in "/#"


def is_web_address(text: str) -> bool:
    """Whether it is an absolute http or https IRI with a host."""
    return is_iri(text) and re.match(r"https?://[^/?#]", text, re.IGNORECASE) is not None


def is_date(text: str) -> bool:
    """Whether it is a date of ISO 8601, or a time in UTC to the second: both compare as texts."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?", text):
        return False
    from datetime import datetime  # noqa: PLC0415 - few manifests have a date

    try:
        datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:  # the 30th of February
        return False
    return True


def is_prefix(text: str) -> bool:
    """Whether SPARQL and Turtle take it as the name of a prefix."""
    return re.fullmatch(_PREFIX, text) is not None


def is_license(text: str) -> bool:
    """Whether it has the form of an SPDX licence expression (SPDX 2.3 Annex D).

    The identifiers themselves are not looked up: SPDX adds some every few months.
    """
    tokens = _license_tokens(text) if text == text.strip() else []
    depth, wants_license = 0, True
    for index, token in enumerate(tokens):
        if token == "(" and wants_license:  # noqa: S105 - a bracket
            depth += 1
        elif token == ")" and not wants_license and depth:  # noqa: S105 - likewise
            depth -= 1
        elif token in {"AND", "OR", "WITH"} and not wants_license:
            after_bracket = index and tokens[index - 1] == ")"
            if token == "WITH" and after_bracket:  # noqa: S105 - likewise
                return False
            wants_license = True
        elif token not in {"AND", "OR", "WITH", "(", ")"} and wants_license:
            wants_license = False
        else:
            return False
    return not wants_license and depth == 0


def is_single_license(text: str) -> bool:
    """Whether it is the SPDX identifier of one licence, with an exception or without."""
    return is_license(text) and not {"AND", "OR", "("} & set(_license_tokens(text))


def is_variable_name(text: str) -> bool:
    """Whether both template languages take it as a name."""
    return text.isascii() and text.isidentifier() and len(text) <= 100


def is_range(text: str) -> bool:
    """Whether it is a range; never False.

    Raises:
        RangeInvalid: it is not.
    """
    from ggen_graph.core.ranges import parse_range  # noqa: PLC0415 - a project may have no range

    parse_range(text)
    return True


def is_version(text: str) -> bool:
    """Whether it is a version of SemVer 2.0; never False.

    Raises:
        VersionInvalid: it is not.
    """
    from ggen_graph.core.versions import parse_version  # noqa: PLC0415 - only packs have a version

    parse_version(text)
    return True


def is_project_name(text: str) -> bool:
    """Whether a project may be called so; never False.

    Raises:
        UsageError: it may not.
    """
    from ggen_graph.core.names import check_project_name  # noqa: PLC0415 - only projects

    check_project_name(text)
    return True


def is_pack_name(text: str) -> bool:
    """Whether a pack may be called so; never False.

    Raises:
        UsageError: it may not.
    """
    from ggen_graph.core.names import check_pack_name  # noqa: PLC0415 - as above

    check_pack_name(text)
    return True


def is_path(text: str) -> bool:
    """Whether it is a relative path that stays in its folder; never False.

    Raises:
        PathRefused: it is not.
    """
    from ggen_graph.core.names import safe_relative_path  # noqa: PLC0415 - as above

    try:
        safe_relative_path(text)
    except PathRefused as refusal:
        raise PathRefused(refusal.message, help=refusal.message) from None  # the reason helps most
    return True


def is_glob(text: str) -> bool:
    """Whether it is a glob of relative paths that stay in their folder; never False.

    Raises:
        PathRefused: a path of the glob would leave the folder.
        UsageError: a set of characters in it makes no sense.
    """
    from ggen_graph.core.globs import compile_glob  # noqa: PLC0415 - as above

    is_path(text)
    try:
        compile_glob(text)
    except re.error:
        raise UsageError("a set such as [a-z] in the glob is not one") from None
    return True


def is_target(text: str) -> bool:
    """Whether it is the path of a generated file: relative, inside, with template expressions.

    What an expression gives is checked again when it is known.

    Raises:
        PathRefused: what stands outside its expressions leaves the folder.
    """
    fixed = re.sub(_EXPRESSION, "x", text)
    if fixed.endswith("/"):
        raise PathRefused("the path of a file does not end in /")
    return is_path(fixed)


def _license_tokens(text: str) -> list[str]:
    tokens, end = [], 0
    pattern = re.compile(_LICENSE_WORD)
    while end < len(text):
        match = pattern.match(text, end)
        if match is None:
            return []
        tokens.append(match[1] or match[2])
        end = match.end()
    return tokens
