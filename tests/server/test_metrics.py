from __future__ import annotations

from ggen_graph.server.metrics import BOUNDS, Metrics


def test_requests_are_counted_by_route_and_status() -> None:
    metrics = Metrics()
    metrics.answered("sparql", 200, 0.004)
    metrics.answered("sparql", 200, 0.3)
    metrics.answered("sparql", 400, 99.0)
    lines = metrics.text({}).splitlines()
    assert 'ggen_requests_total{route="sparql",status="200"} 2' in lines
    assert 'ggen_requests_total{route="sparql",status="400"} 1' in lines


def test_the_histogram_is_cumulative() -> None:
    metrics = Metrics()
    for seconds in (0.001, 0.004, 0.3, 99.0):
        metrics.answered("sparql", 200, seconds)
    lines = metrics.text({}).splitlines()
    assert 'ggen_request_seconds_bucket{le="0.001"} 1' in lines  # a bound belongs to its bucket
    assert 'ggen_request_seconds_bucket{le="0.005"} 2' in lines
    assert 'ggen_request_seconds_bucket{le="0.5"} 3' in lines
    assert f'ggen_request_seconds_bucket{{le="{BOUNDS[-1]}"}} 3' in lines
    assert 'ggen_request_seconds_bucket{le="+Inf"} 4' in lines
    assert "ggen_request_seconds_sum 99.305000" in lines
    assert "ggen_request_seconds_count 4" in lines


def test_what_is_measured_now_is_a_gauge() -> None:
    metrics = Metrics()
    metrics.kills["query-timeout"] += 1
    metrics.failures["query-invalid"] += 1
    text = metrics.text({"ggen_workers_busy": ("Workers at work.", 3)})
    assert "# TYPE ggen_workers_busy gauge\nggen_workers_busy 3\n" in text
    assert 'ggen_worker_kills_total{reason="query-timeout"} 1' in text
    assert 'ggen_failures_total{name="query-invalid"} 1' in text
    assert text.endswith("\n")
