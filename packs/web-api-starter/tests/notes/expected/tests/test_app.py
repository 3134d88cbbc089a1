"""What holds for the service as a whole."""

import httpx
import pytest
from fastapi import FastAPI

pytestmark = pytest.mark.anyio


async def test_the_service_says_that_it_is_up(client: httpx.AsyncClient) -> None:
    response = await client.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1e400", r'"\ud800"', "[", ""])
async def test_what_json_cannot_say_is_refused(
    app: FastAPI, client: httpx.AsyncClient, value: str
) -> None:
    paths = [path for path, routes in app.openapi()["paths"].items() if "post" in routes]
    for path in paths:
        response = await client.post(
            path,
            content='{"no_such_field": ' + value + "}",
            headers={"Content-Type": "application/json"},
        )
        assert response.status_code == 422


@pytest.mark.parametrize(
    "limits",
    [
        {"limit": 0},
        {"limit": 501},
        {"offset": -1},
        {"offset": 2**63},
    ],
)
async def test_a_page_has_limits(
    app: FastAPI, client: httpx.AsyncClient, limits: dict[str, int]
) -> None:
    paths = [path for path, routes in app.openapi()["paths"].items() if "post" in routes]
    for path in paths:
        assert (await client.get(path, params=limits)).status_code == 422


def test_what_may_not_be_there_is_documented(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    routes = [route for path in paths if "{key}" in path for route in paths[path].values()]
    assert all("404" in route["responses"] for route in routes)
