"""Random templates from Tera's grammar, for the comparison with real Tera.

Most are valid; a few have a random character taken out or put in, so that refusals are compared,
too. The same seed gives the same template.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

# Paths, literals and filters by what they give: text, number, list, object, anything.
PATHS = {
    "text": ("s", "e", "uni", "o.k", "o['k']", "lm[1].b", "o[k]", "y"),
    "number": ("i", "z", "neg", "f", "g", "u", "l[0]", "l[z]", "o.a.b.0", "lm.0.c.d"),
    "list": ("l", "ls", "le", "lm", "x", "o.a.b"),
    "object": ("o", "oe", "lm[0]"),
    "any": ("t", "b", "n", "missing", "o.nope", "lm[i]", "w"),
}
LITERALS = {
    "text": ('"a"', "'h'", "`b`", '""', '"hello World"', '"1"'),
    "number": ("0", "1", "2", "-3", "1.5", "2.0"),
    "list": ("l",),
    "object": ("o",),
    "any": ("true", "false"),
}
FILTERS = {
    "text": (
        ("upper", "text"), ("lower", "text"), ("trim", "text"), ("length", "number"),
        ("reverse", "text"), ("capitalize", "text"), ("title", "text"), ("wordcount", "number"),
        ("escape", "text"), ("safe", "text"), ("truncate(length=2)", "text"), ("as_str", "text"),
        ("replace(from='l', to='L')", "text"), ("split(pat='l')", "list"), ("int", "number"),
        ("float", "number"), ("indent(prefix='--', first=true)", "text"), ("addslashes", "text"),
        ("trim_start_matches(pat='h')", "text"), ("striptags", "text"), ("urlencode", "text"),
        ("spaceless", "text"), ("linebreaksbr", "text"), ("escape_xml", "text"),
        ("trim_end", "text"), ("json_encode", "text"), ("default(value='D')", "text"),
    ),
    "number": (
        ("abs", "number"), ("round", "number"), ("int", "number"), ("float", "number"),
        ("pluralize", "text"), ("as_str", "text"), ("json_encode", "text"),
        ("round(method='ceil', precision=1)", "number"), ("default(value=1)", "number"),
    ),
    "list": (
        ("length", "number"), ("first", "any"), ("last", "any"), ("reverse", "list"),
        ("sort", "list"), ("unique", "list"), ("join(sep=', ')", "text"), ("nth(n=1)", "any"),
        ("slice(start=1)", "list"), ("slice(end=-1)", "list"), ("concat(with=5)", "list"),
        ("filter(attribute='a', value=1)", "list"), ("map(attribute='b')", "list"),
        ("group_by(attribute='b')", "object"), ("sort(attribute='b')", "list"),
        ("json_encode(pretty=true)", "text"), ("json_encode", "text"),
    ),
    "object": (
        ("get(key='k')", "text"), ("get(key='q', default=7)", "number"), ("length", "number"),
        ("json_encode(pretty=true)", "text"),
    ),
    "any": (
        ("default(value='D')", "any"), ("default(value=missing)", "any"), ("as_str", "text"),
        ("default(value=1)", "any"), ("json_encode", "text"), ("safe", "any"),
    ),
}  # fmt: skip
KINDS = ("text", "text", "number", "number", "list", "object", "any")
TESTS = (
    "defined", "undefined", "string", "number", "odd", "even", "iterable", "object", "divisibleby(2)",
    "starting_with('h')", "ending_with('d')", "containing('k')", "containing(1)", "matching('^h')",
)  # fmt: skip
TEXTS = ("a", " b ", "\n", "  \n  ", "{", "} ", "%}", "é", "-", "x y\n")

CONTEXT = {
    "s": "hello World", "e": "", "i": 3, "z": 0, "neg": -7, "f": 1.5, "g": 2.0, "t": True, "b": False,
    "n": None, "l": [3, 1, 2], "ls": ["b", "a", "B"], "le": [], "oe": {}, "k": "k", "u": 2**64 - 1,
    "lm": [{"a": 1, "b": "x", "c": {"d": 5}}, {"a": 2, "b": "y", "c": {"d": 4}}, {"a": 1, "b": "x"}],
    "o": {"k": "v", "a": {"b": [10, 20]}}, "uni": "日本 é", "x": [[1, 2], [3]], "y": "y",
}  # fmt: skip
FILES = {
    "inc.txt": "<{{ s }}{% set q = 9 %}{{ q }}{{ x | default(value='-') | as_str }}>",
    "loop.txt": "{% if loop.first %}first {% endif %}{{ loop.index | default(value=0) }}",
    "mac.txt": "{% macro m(a, b=2) %}[{{ a }}{{ b }}]{% endmacro m %}{% macro n() %}{{ self::m(a=s) }}{% endmacro %}",
    "base.txt": "B{% block one %}1{% endblock one %}{% block two %}2{% block in %}i{% endblock %}{% endblock %}",
}


@dataclass
class Maker:
    """Makes one template; `depth` keeps it finite."""

    chance: random.Random
    depth: int = 0
    imports: bool = False
    macros: list[str] = field(default_factory=list)

    def pick(self, *options: str) -> str:
        return self.chance.choice(options)

    def maybe(self, percent: int) -> bool:
        return self.chance.randrange(100) < percent

    def blank(self) -> str:
        return self.pick("", " ", " ", " ", "\n ")

    # -- expressions --------------------------------------------------------------------------

    def arguments(self, names: tuple[str, ...]) -> str:
        given = [f"{name}={self.logic()}" for name in names if self.maybe(70)]
        return ", ".join(given) + ("," if given and self.maybe(10) else "")

    def function(self) -> str:
        if self.imports and self.maybe(60):
            return self.pick(
                f"m::m({self.arguments(('a', 'b'))})", "m::n()", "m :: n( )", "m::m(a=1)"
            )
        if self.macros and self.maybe(60):
            return f"self::{self.pick(*self.macros)}({self.arguments(('p', 'q'))})"
        return self.pick(
            "range(end=3)", "range(end=3)", "range(start=1,end=i)", "throw(message='no')"
        )

    def kind(self) -> str:
        return self.pick(*KINDS)

    def value(self, kind: str) -> str:
        if self.maybe(3):
            kind = self.kind()  # a wrong one, now and then
        if self.maybe(6):
            return self.function()
        return self.pick(*(PATHS if self.maybe(70) else LITERALS)[kind])

    def filtered(self, text: str, kind: str) -> tuple[str, str]:
        while self.maybe(25):
            chosen, kind = self.chance.choice(FILTERS[self.kind() if self.maybe(3) else kind])
            text += f"{self.blank()}|{self.blank()}{chosen}"
        return text, kind

    def number(self) -> str:
        self.depth += 1
        text = f"({self.number()})" if self.depth < 5 and self.maybe(15) else self.value("number")
        while self.depth < 6 and self.maybe(20):
            text += f"{self.blank()}{self.pick('+', '-', '*', '/', '%')} {self.value('number')}"
        self.depth -= 1
        return text

    def basic(self, kind: str | None = None) -> str:
        kind = kind or self.kind()
        if kind == "number":
            return self.filtered(self.number(), kind)[0]
        return self.filtered(self.value(kind), kind)[0]

    def comparison(self) -> str:
        kind = self.chance.randrange(12)
        if kind < 6:
            return self.basic()
        if kind == 6:
            parts = [self.value(self.pick("text", "number")) for _ in range(2)]
            return self.filtered(f"{self.blank()}~{self.blank()}".join(parts), "text")[0]
        if kind == 7:
            path = self.pick(*PATHS[self.kind()])
            return f"{path} is {self.pick('', '', 'not ')}{self.pick(*TESTS)}"
        if kind == 8:
            container = self.pick(
                "l", "o", "s", "[1, 'a', s]", "'hello'", "x", "missing", "l | sort"
            )
            return f"{self.basic('text')} {self.pick('', 'not ')}in {container}"
        if kind == 9:
            return (
                f"{self.basic('number')} {self.pick('<', '<=', '>', '>=')} {self.basic('number')}"
            )
        same = self.kind()
        return f"{self.basic(same)} {self.pick('==', '!=')} {self.basic(same)}"

    def logic(self) -> str:
        self.depth += 1
        text = f"{self.pick('', '', '', 'not ')}{self.comparison()}"
        if self.depth < 4 and self.maybe(12):
            text = f"({self.logic()})"
        while self.depth < 5 and self.maybe(12):
            text += f" {self.pick('and', 'or')} {self.logic()}"
        self.depth -= 1
        return text

    def whole(self) -> str:
        if self.maybe(5):
            array = f"[{self.comparison()}, {self.comparison()}{self.pick('', ',')}]"
            return self.filtered(array, "list")[0]
        return self.logic()

    # -- tags ---------------------------------------------------------------------------------

    def tag(self, inside: str) -> str:
        left, right = self.pick("", "", "", "-"), self.pick("", "", "", "-")
        return f"{{%{left}{self.blank()}{inside}{self.blank() if not right else ' '}{right}%}}"

    def output(self) -> str:
        left, right = self.pick("", "", "", "-"), self.pick("", "", "", "-")
        return f"{{{{{left} {self.whole()} {right}}}}}"

    def body(self, place: str) -> str:
        self.depth += 1
        text = "".join(self.node(place) for _ in range(self.chance.randrange(1, 4)))
        self.depth -= 1
        return text

    def node(self, place: str) -> str:
        kinds = ["text", "text", "output", "output", "output", "set", "comment", "raw"]
        if self.depth < 4:
            kinds += ["if", "if", "for", "for", "filter", "include"]
        if place == "for":
            kinds.append("jump")
        if place in {"top", "block"} and self.depth < 3:
            kinds.append("block")
        return str(getattr(self, f"{self.pick(*kinds)}_node")(place))

    def text_node(self, _: str) -> str:
        return self.pick(*TEXTS)

    def output_node(self, _: str) -> str:
        return self.output()

    def comment_node(self, _: str) -> str:
        return self.pick("{# c #}", "{#- c -#}", "{# {{ s }} #}")

    def raw_node(self, _: str) -> str:
        return f"{self.tag('raw')} {{{{ s }}}} {self.tag('endraw')}"

    def set_node(self, _: str) -> str:
        name = self.pick("x", "y", "w", "s", "o")
        return self.tag(
            f"{self.pick('set', 'set', 'set_global')} {name}{self.blank()}= {self.whole()}"
        )

    def jump_node(self, _: str) -> str:
        return self.tag(self.pick("break", "continue"))

    def include_node(self, _: str) -> str:
        return self.tag(
            self.pick(
                'include "inc.txt"',
                'include "loop.txt"',
                'include ["nope.txt", "inc.txt"]',
                'include "nope.txt" ignore missing',
            )
        )

    def if_node(self, place: str) -> str:
        place = "content" if place == "top" else place
        text = f"{self.tag(f'if {self.logic()}')}{self.body(place)}"
        while self.maybe(25):
            text += f"{self.tag(f'elif {self.logic()}')}{self.body(place)}"
        if self.maybe(50):
            text += f"{self.tag('else')}{self.body(place)}"
        return text + self.tag("endif")

    def for_node(self, _: str) -> str:
        names = self.pick("x", "x", "y", "k, v", "s,o")
        container = self.pick(
            "l", "lm", "o", "ls", "x", "s", "le", "range(end=2)", "[1, s]", "l | sort"
        )
        loop = self.pick("", "", "{{ loop.index }}", "{{ loop.last }}", "{{ x }}", "{{ x.b }}")
        text = f"{self.tag(f'for {names} in {container}')}{loop}{self.body('for')}"
        if self.maybe(20):
            text += f"{self.tag('else')}{self.body('for')}"
        return text + self.tag("endfor")

    def filter_node(self, _: str) -> str:
        inner = self.body("filter")
        name = self.chance.choice(FILTERS["text"])[0]
        return f"{self.tag(f'filter {name}')}{inner}{self.tag('endfilter')}"

    def block_node(self, _: str) -> str:
        name = f"b{self.chance.randrange(1000)}"
        return f"{self.tag(f'block {name}')}{self.body('block')}{self.tag('endblock')}"

    def template(self) -> str:
        head = ""
        extends = self.maybe(8)
        if extends:
            head = self.tag("extends 'base.txt'")
        if self.maybe(15):
            self.imports = True
            head += self.tag("import 'mac.txt' as m")
        if self.maybe(15):
            self.macros.append("p")
            head += f"{self.tag('macro p(p, q=1)')}{self.body('macro')}{{{{ p }}}}{self.tag('endmacro')}"
        body = self.body("top") + self.body("top")
        if extends:
            inner = self.pick("{{ super() }}", "")
            body += f"{self.tag('block one')}{inner}{self.body('block')}{self.tag('endblock')}"
        text = head + body
        if self.maybe(8):
            at = self.chance.randrange(len(text))
            text = (
                text[:at]
                + self.pick("", "{", "}", "%", "|", "(", ")", '"', " ", ".")
                + text[at + 1 :]
            )
        return text


def random_template(seed: int) -> str:
    """The template of a seed."""
    return Maker(random.Random(seed)).template()
