"""The door before the lineage page: who is let in, and what is let through."""

import json

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute

from dagster_project.page.door import MOST_BYTES, Door
from tests.dagster_project.asking import HOST, ask, opens_websocket

OTHER_PAGES = ["http://evil.example", "http://127.0.0.1:8000", f"https://{HOST}", "http://localhost:3000", "null"]


@pytest.fixture
def reached():
    """What came through: method, path, body, content-length."""
    return []


@pytest.fixture
def door(reached, papers):
    """A door before a page that takes whatever comes."""

    async def page(request):
        reached.append((request.method, request.url.path, await request.body(), request.headers.get("content-length")))
        return PlainTextResponse("page")

    async def listen(websocket):
        reached.append(("websocket", websocket.url.path))
        await websocket.accept()

    every = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    routes = [WebSocketRoute("/graphql", listen), Route("/{path:path}", page, methods=every)]
    return Door(Starlette(routes=routes), HOST, lambda body: b"judged " + body, papers)


@pytest.fixture
def papers(tmp_path):
    """A month whose papers are a page and a workbook."""
    for name in ("review.html", "roster.xlsx"):
        (tmp_path / name).write_text("花名册", "utf-8")

    def paper(county, pay_month, name):
        is_there = (county, pay_month) == ("410721", "2024-07") and name in ("review.html", "roster.xlsx")
        return tmp_path / name if is_there else None

    return paper


@pytest.fixture
def session(door):
    """The cookie of whoever opened the address of this start."""
    return enter(door).headers["set-cookie"].partition(";")[0]


def enter(door, **headers):
    return ask(door, "GET", door.address.removeprefix(f"http://{HOST}"), origin=None, **headers)


def test_the_address_is_good_once_and_becomes_a_session(door, reached):
    first, address = door.address, enter(door)
    assert (address.status, address.headers["location"]) == (303, "/asset-groups")
    told = address.headers["set-cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(told.split("; "))
    cookie = told.partition(";")[0]
    assert cookie.startswith("disburse_3000="), "another port of this machine is another page"
    assert cookie.partition("=")[2] not in first
    assert ask(door, "GET", "/asset-groups", origin=None, cookie=cookie).status == 200
    again = ask(door, "GET", first.removeprefix(f"http://{HOST}"), origin=None)
    assert again.status == 403
    assert "一个地址只能打开一次" in again.text
    assert "set-cookie" not in again.headers
    assert enter(door).status == 403, "no address is left, and an empty one opens nothing"
    assert len(reached) == 1


def test_nobody_comes_in_without_the_session(door, session, reached):
    for cookie in (None, "disburse_3000=", "disburse_3000=guess", session.replace("disburse_3000", "disburse_3001")):
        assert ask(door, "GET", "/", origin=None, cookie=cookie).status == 403
        assert ask(door, "POST", "/graphql", b"{}", cookie=cookie).status == 403
        assert not opens_websocket(door, "/graphql", cookie=cookie)
    assert reached == []


@pytest.mark.parametrize("wrong", ["/enter", "/enter?token=", "/enter?token=guess", "/enter?token=%E4%BA%BA"])
def test_a_guess_neither_opens_nor_uses_up_the_address(door, wrong):
    assert ask(door, "GET", wrong, origin=None).status == 403
    assert ask(door, "HEAD", door.address.removeprefix(f"http://{HOST}"), origin=None).status == 403
    assert enter(door).status == 303


@pytest.mark.parametrize("host", ["evil.example", "evil.example:3000", "127.0.0.1", "127.0.0.1:8000", "localhost:3000"])
def test_a_name_that_was_bound_to_this_machine_is_not_answered(door, session, reached, host):
    assert ask(door, "GET", "/", host=host, origin=None, cookie=session).status == 403
    assert ask(door, "POST", "/graphql", b"{}", host=host, cookie=session).status == 403
    assert not opens_websocket(door, "/graphql", host=host, cookie=session)
    assert reached == []


@pytest.mark.parametrize("origin", OTHER_PAGES)
def test_another_page_is_refused_even_with_the_session(door, session, reached, origin):
    """A page on another port of this machine is of the same site: the browser sends the cookie along."""
    assert ask(door, "POST", "/graphql", b"{}", origin=origin, cookie=session).status == 403
    assert ask(door, "GET", "/", origin=origin, cookie=session).status == 403
    assert not opens_websocket(door, "/graphql", origin=origin, cookie=session)
    assert reached == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_or_an_image_of_another_page_is_refused(door, session, reached, site):
    assert ask(door, "GET", "/", origin=None, sec_fetch_site=site, cookie=session).status == 403
    assert enter(door, sec_fetch_site=site).status == 403
    assert reached == []


def test_a_post_and_a_websocket_say_which_page_they_come_from(door, session, reached):
    assert ask(door, "POST", "/graphql", b"{}", origin=None, cookie=session).status == 403
    assert not opens_websocket(door, "/graphql", origin=None, cookie=session)
    assert reached == []


def test_the_page_itself_asks_in_json_and_what_was_judged_goes_on(door, session, reached):
    assert ask(door, "POST", "/graphql", b"{}", sec_fetch_site="same-origin", cookie=session).status == 200
    assert opens_websocket(door, "/graphql", cookie=session)
    assert reached == [("POST", "/graphql", b"judged {}", "9"), ("websocket", "/graphql")]


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "text/plain; application/json",
        "application/x-www-form-urlencoded",
        "application/graphql",
    ],
)
def test_what_a_form_can_send_is_no_json(door, session, reached, content_type):
    refused = ask(door, "POST", "/graphql", b"{}", content_type=content_type, cookie=session)
    assert (refused.status, json.loads(refused.text)) == (415, {"errors": [{"message": "只收 JSON 请求"}]})
    assert reached == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/graphql?query=mutation{reloadWorkspace{__typename}}"),
        ("GET", "/graphql?query={version}"),
        ("HEAD", "/graphql"),
        ("POST", "/report_asset_materialization/released"),
        ("POST", "/report_asset_check/posted"),
        ("POST", "/report_asset_observation/released"),
        ("POST", "/graphql/"),
        ("POST", "/"),
        ("PUT", "/graphql"),
        ("DELETE", "/"),
        ("OPTIONS", "/graphql"),
    ],
)
def test_nothing_is_posted_but_graphql_and_graphql_is_not_asked_by_get(door, session, reached, method, path):
    assert ask(door, method, path, b"{}", cookie=session).status == 405
    assert reached == []


def test_a_question_of_any_length_is_not_read_to_its_end(door, session, reached):
    assert ask(door, "POST", "/graphql", b" " * (MOST_BYTES + 1), cookie=session).status == 413
    assert reached == []


def test_no_other_page_frames_it_and_no_address_leaves_it(door, session):
    for answer in (ask(door, "GET", "/", origin=None, cookie=session), ask(door, "GET", "/", origin=None)):
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(("name", "how"), [("review.html", "inline"), ("roster.xlsx", "attachment")])
def test_a_paper_of_the_month_is_served_and_can_do_nothing(door, session, reached, name, how):
    told = ask(door, "GET", f"/papers/410721/2024-07/{name}", origin=None, cookie=session)
    assert (told.status, told.text) == (200, "花名册")
    assert told.headers["content-disposition"].startswith(how)
    assert "default-src 'none'" in told.headers["content-security-policy"]
    assert "sandbox" in told.headers["content-security-policy"]
    assert (told.headers["cache-control"], told.headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert reached == []


@pytest.mark.parametrize(
    "path", ["/papers/410721/2024-07/book.sqlite", "/papers/410721/2024-07", "/papers/a/b/c/d", "/papers/"]
)
def test_what_is_no_paper_is_not_there(door, session, reached, path):
    assert ask(door, "GET", path, origin=None, cookie=session).status == 404
    assert reached == []


def test_papers_are_read_in_the_session_only_and_nothing_is_written_to_them(door, session):
    path = "/papers/410721/2024-07/review.html"
    assert ask(door, "GET", path, origin=None).status == 403
    assert ask(door, "PUT", path, cookie=session).status == 405
