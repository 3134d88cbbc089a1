"""The life of one note, from its creation to its end."""

from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.anyio

URL = "/v1/notes"

RECORD: dict[str, Any] = {
    "title": "text",
    "code": "N0001",
    "kept_in": "text",
    "measure": "text",
    "price": "1.5",
    "rating": 3,
    "state": "done",
    "tag": ["text"],
    "text": "text",
    "written_at": "2026-01-31T12:30:00Z",
}

REQUIRED: list[str] = [
    "title",
    "code",
    "kept_in",
]


async def create(client: httpx.AsyncClient) -> dict[str, Any]:
    response = await client.post(URL, json=RECORD)
    assert response.status_code == 201, response.text
    created: dict[str, Any] = response.json()
    return created


async def test_what_was_created_can_be_read(client: httpx.AsyncClient) -> None:
    created = await create(client)
    assert created == {**RECORD, "id": created["id"]}
    response = await client.get(f"{URL}/{created['id']}")
    assert (response.status_code, response.json()) == (200, created)


async def test_a_list_comes_page_by_page(client: httpx.AsyncClient) -> None:
    created = [await create(client) for _ in range(3)]
    response = await client.get(URL, params={"limit": 2, "offset": 1})
    assert response.json() == {"items": created[1:], "total": 3, "limit": 2, "offset": 1}


async def test_an_update_replaces_everything_but_the_id(client: httpx.AsyncClient) -> None:
    created = await create(client)
    response = await client.put(
        f"{URL}/{created['id']}", json={name: RECORD[name] for name in REQUIRED}
    )
    assert response.status_code == 200, response.text
    updated = response.json()
    assert updated["id"] == created["id"]
    assert all(not updated[name] for name in RECORD if name not in REQUIRED)
    assert (await client.get(f"{URL}/{created['id']}")).json() == updated


async def test_what_was_deleted_is_gone(client: httpx.AsyncClient) -> None:
    created = await create(client)
    assert (await client.delete(f"{URL}/{created['id']}")).status_code == 204
    assert (await client.get(f"{URL}/{created['id']}")).status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_what_was_never_created_is_not_found(client: httpx.AsyncClient, method: str) -> None:
    body = RECORD if method == "PUT" else None
    response = await client.request(method, f"{URL}/unknown", json=body)
    assert response.status_code == 404
    assert "unknown" in response.json()["detail"]


@pytest.mark.parametrize("field", REQUIRED)
async def test_a_required_field_may_not_be_missing(client: httpx.AsyncClient, field: str) -> None:
    record = {name: value for name, value in RECORD.items() if name != field}
    response = await client.post(URL, json=record)
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body", field]


async def test_a_field_that_the_model_lacks_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post(URL, json={**RECORD, "no_such_field": 1})
    assert response.status_code == 422
