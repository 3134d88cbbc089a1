"""What the server counts, as Prometheus reads it (text format 0.0.4).

Counts only: it asks nobody and keeps no request.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the buckets of the histogram, in seconds."""


class Metrics:
    """The counts since the server started."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.failures: Counter[str] = Counter()
        self.kills: Counter[str] = Counter()
        self.cache_hits = 0
        self._buckets = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count a request by what it asked for and what it got."""
        self.requests[route, status] += 1
        self._buckets[bisect_left(BOUNDS, seconds)] += 1
        self._seconds += seconds

    def text(self, gauges: Mapping[str, tuple[str, float]]) -> str:
        """All counts, and what is measured now: name → (help, value)."""
        return "\n".join([*self._lines(gauges), ""])

    def _lines(self, gauges: Mapping[str, tuple[str, float]]) -> Iterator[str]:
        yield from _head("ggen_requests_total", "counter", "Requests by route and status.")
        for (route, status), count in sorted(self.requests.items()):
            yield f'ggen_requests_total{{route="{route}",status="{status}"}} {count}'
        yield from _head("ggen_failures_total", "counter", "Errors by their names.")
        for name, count in sorted(self.failures.items()):
            yield f'ggen_failures_total{{name="{name}"}} {count}'
        yield from _head("ggen_worker_kills_total", "counter", "Workers ended, by reason.")
        for reason, count in sorted(self.kills.items()):
            yield f'ggen_worker_kills_total{{reason="{reason}"}} {count}'
        yield from _head("ggen_cache_hits_total", "counter", "Answers that the client had already.")
        yield f"ggen_cache_hits_total {self.cache_hits}"
        yield from _head("ggen_request_seconds", "histogram", "Time to the end of the answer.")
        counts = list(accumulate(self._buckets))
        for bound, count in zip([*map(str, BOUNDS), "+Inf"], counts, strict=True):
            yield f'ggen_request_seconds_bucket{{le="{bound}"}} {count}'
        yield f"ggen_request_seconds_sum {self._seconds:.6f}"
        yield f"ggen_request_seconds_count {counts[-1]}"
        for name, (what, value) in gauges.items():
            yield from _head(name, "gauge", what)
            yield f"{name} {value:g}"


def _head(name: str, kind: str, what: str) -> tuple[str, str]:
    return f"# HELP {name} {what}", f"# TYPE {name} {kind}"
