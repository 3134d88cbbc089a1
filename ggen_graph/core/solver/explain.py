"""A failure in words, as Dart pub tells it (solver.md, "Error Reporting").

Each line draws one conclusion from two others, which are facts, the line before, or numbered lines.
A line is numbered only if a later one refers to it. Ranges are printed against the releases that
exist: `web >=1.2.0 <2.0.0` in a conclusion means those of its releases that lie there.

Keeps true: the proof is told in one pass without recursion; the same failure gives the same text.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ggen_graph.core.solver.incompatibility import Derived
from ggen_graph.core.solver.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable

    from ggen_graph.core.solver.failure import Failure


def explain(failure: Failure) -> str:
    """Why nothing can be chosen, a line for each step; no line break at the end."""
    return _Explanation(failure).text()


class _Explanation:
    def __init__(self, failure: Failure) -> None:
        self.steps = failure.incompatibilities
        self.root = failure.root
        self.words = Wording(failure)
        self.uses = [0] * len(self.steps)
        for step in self.steps:
            for cause in _causes(step.cause):
                self.uses[cause] += 1
        self.numbers: dict[int, int] = {}  # of the lines that others refer to, by step
        self.lines: list[tuple[int | None, str]] = []
        self.left: list[Callable[[], None]] = []  # what is to be told, last first

    def text(self) -> str:
        self.left.append(partial(self.tell, self.root))
        while self.left:
            self.left.pop()()
        if not self.numbers:
            return "\n".join(line for _, line in self.lines)
        width = len(str(len(self.numbers))) + 3
        return "\n".join(
            f"{f'({number})' if number else '':<{width}}{line}".rstrip()
            for number, line in self.lines
        )

    def tell(self, step: int, *, numbered: bool = False) -> None:
        """Tell how a step comes about, what it rests on first."""
        numbered = numbered or self.uses[step] > 1
        causes = _causes(self.steps[step].cause)
        derived = [each for each in causes if _causes(self.steps[each].cause)]
        known = [each for each in derived if each in self.numbers]
        if len(known) == len(derived):
            facts = [each for each in causes if each not in derived] if causes else [step]
            self.say(step, "Because", facts + known, numbered=numbered)
        elif known:
            (new,) = (each for each in derived if each not in known)
            self.then(step, self.so(step), known, numbered=numbered)
            self.left.append(partial(self.tell, new))
        elif len(derived) == 1:
            facts = [each for each in causes if each not in derived]
            self.tell_after(step, derived[0], facts, numbered=numbered)
        else:
            # The longer way first, so that the shorter one need not be numbered.
            short = next((each for each in reversed(derived) if self.is_short(each)), None)
            first = derived[0] if short is None or short != derived[0] else derived[1]
            second = derived[1] if first == derived[0] else derived[0]
            self.left.append(partial(self.tell_second, step, first, second, numbered=numbered))
            self.left.append(partial(self.tell, first, numbered=short is None))

    def tell_after(self, step: int, derived: int, facts: list[int], *, numbered: bool) -> None:
        """Tell a step that rests on one derived step and a fact; two such in a row are one line."""
        inner = _causes(self.steps[derived].cause)
        deeper = [each for each in inner if _causes(self.steps[each].cause)]
        if self.uses[derived] == 1 and len(deeper) == 1 and deeper[0] not in self.numbers:
            facts = [each for each in inner if each not in deeper] + facts
            derived = deeper[0]
        self.then(step, self.so(step), facts, numbered=numbered)
        self.left.append(partial(self.tell, derived))

    def tell_second(self, step: int, first: int, second: int, *, numbered: bool) -> None:
        """Go on with a step of which the first of two derived causes has just been told."""
        known = [each for each in (first, second) if each in self.numbers]
        if second in known:
            self.say(step, "Because" if first in known else self.so(step), known, numbered=numbered)
            return
        if known:
            self.lines.append((None, ""))
            self.then(step, self.so(step), known, numbered=numbered)
        else:
            self.then(step, "So" if step == self.root else "Thus", [], numbered=numbered)
        self.left.append(partial(self.tell, second))

    def is_short(self, step: int) -> bool:
        """Whether a step is told in one line: it rests on two facts."""
        return not any(_causes(self.steps[each].cause) for each in _causes(self.steps[step].cause))

    def so(self, step: int) -> str:
        return "So, because" if step == self.root else "And because"

    def then(self, step: int, opening: str, because: list[int], *, numbered: bool) -> None:
        self.left.append(partial(self.say, step, opening, because, numbered=numbered))

    def say(self, step: int, opening: str, because: list[int], *, numbered: bool) -> None:
        """Write the line that concludes a step."""
        if numbered:
            self.numbers[step] = len(self.numbers) + 1
        reasons = self.words.reasons(because, self.numbers)
        line = f"{opening} {reasons}," if reasons else f"{opening},"
        self.lines.append((self.numbers.get(step), f"{line} {self.words.conclusion(step)}."))


def _causes(cause: object) -> list[int]:
    return [cause.first, cause.second] if isinstance(cause, Derived) else []
