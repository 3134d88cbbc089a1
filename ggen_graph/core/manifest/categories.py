"""Categories: one-word concepts, named in the namespace of ggen's own vocabulary.

`web` is `ggen:web`, so that queries can say `?pack ggen:category ggen:web`. Hence a category can't be
a word that the vocabulary itself has: `ggen:checksum` is a property.

Keeps true: `TERMS` are the words of `ontology/ggen.ttl` that could be categories and are none (a test
compares them).
"""

from __future__ import annotations

from ggen_graph.core.diagnostics import ManifestInvalid
from ggen_graph.core.manifest.values import is_slug

TERMS = frozenset(
    (
        "admits", "archive", "author", "categories", "category", "checksum", "chose", "command",
        "conclusion", "considered", "default", "engine", "event", "example", "excluded", "feature", "group",
        "hi", "id", "interval", "key", "latest", "license", "lo", "location", "locks",
        "maximum", "message", "minimum", "mode", "name", "optional", "outcome", "override",
        "overwrite", "part", "path", "pattern", "points", "positive", "query", "range", "rank",
        "readme", "reason", "repository", "required", "requires", "size", "source", "strategy",
        "supply", "tag", "to", "value", "wants", "when", "yanked",
    )
)  # fmt: skip
"""What a category can't be called."""


def is_category(text: str) -> bool:
    """Whether a text is a category: words of `a-z` and `0-9` with `-` between.

    Raises:
        ManifestInvalid: it would be, but is a word of the vocabulary.
    """
    if text in TERMS:
        raise ManifestInvalid(
            f'"{text}" is a word of the ggen vocabulary, so it can\'t name a category',
            help=f'"{text}" is a word of the ggen vocabulary: choose another, such as "{text}-tools"',
        )
    return is_slug(text)
