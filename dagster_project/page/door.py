"""The door before the lineage page: whoever has not come in by the address on the terminal gets nothing.

That a request comes from this machine says nothing: so does one that a foreign web page has the officer's browser send.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from hmac import compare_digest

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dagster_project.page.addresses import PAPERS
from dagster_project.page.papers import Papers, served
from dagster_project.page.refused import RefusedError

ENTRY = "/enter"
FIRST_PAGE = "/asset-groups"
GRAPHQL = "/graphql"
MOST_BYTES = 1 << 20  # of a question; the page's own have some kilobytes
OWN_SITE = {"same-origin", "none"}  # Sec-Fetch-Site: asked by our own page, or by the officer himself
HARDENED = {
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
PAGE = "<!doctype html><html lang=zh><meta charset=utf-8><title>disburse ui</title><p>{told}</p></html>"


@dataclass
class Door:
    """Lets through what comes from the page itself, in the session of whoever opened the address of this start.

    `host`: the only one that is answered to, as a browser writes it. `judged`: a GraphQL request's body as it may go
    on; RefusedError where it may not. `papers`: a month's paper by county, month and name.
    """

    app: ASGIApp
    host: str
    judged: Callable[[bytes], bytes]
    papers: Papers = lambda county, pay_month, name: None
    _ticket: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _session: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def address(self) -> str:
        """Where the officer comes in: good for one time."""
        return f"http://{self.host}{ENTRY}?token={self._ticket}"

    @property
    def cookie(self) -> str:
        """The session's cookie: browsers keep cookies by host, whatever the port."""
        return f"disburse_{self.host.rpartition(':')[2]}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, refuse, or let in."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        try:
            self._require_own(HTTPConnection(scope))
            if scope["type"] == "http" and scope["path"] == ENTRY:
                await self._enter(Request(scope))(scope, receive, send)
                return
            self._require_session(HTTPConnection(scope))
            if scope["type"] == "http" and scope["path"].startswith(PAPERS) and scope["method"] in ("GET", "HEAD"):
                await served(scope["path"], self.papers)(scope, receive, _hardened(send))
                return
            if scope["type"] == "http":
                scope, receive = await self._asked(Request(scope, receive))
        except RefusedError as refused:
            await _refuse(refused, scope, receive, send)
            return
        await self.app(scope, receive, _hardened(send))

    def _require_own(self, asked: HTTPConnection) -> None:
        """Host, Origin and Sec-Fetch-Site are those of the page itself: no rebound name, no other page."""
        if asked.headers.getlist("host") != [self.host]:
            raise RefusedError(f"本界面只在 http://{self.host} 上答复")
        origins = asked.headers.getlist("origin")
        may_lack = asked.scope["type"] == "http" and asked.scope["method"] in ("GET", "HEAD")
        own = origins == [f"http://{self.host}"] or (not origins and may_lack)
        if not own or asked.headers.get("sec-fetch-site", "none") not in OWN_SITE:
            raise RefusedError("拒绝了别的网页发来的请求")

    def _enter(self, asked: Request) -> Response:
        """Turn the address of the start into a session, once."""
        given = asked.query_params.get("token", "")
        if asked.method != "GET" or not self._ticket or not compare_digest(given.encode(), self._ticket.encode()):
            raise RefusedError("这个地址不对,或已经用过:一个地址只能打开一次。请重新运行 disburse ui")
        self._ticket = ""
        entered = RedirectResponse(FIRST_PAGE, 303, HARDENED)
        entered.set_cookie(self.cookie, self._session, path="/", httponly=True, samesite="strict")
        return entered

    def _require_session(self, asked: HTTPConnection) -> None:
        if not compare_digest(asked.cookies.get(self.cookie, "").encode(), self._session.encode()):
            raise RefusedError("没有登录:请用 disburse ui 在终端上给出的地址打开;一个地址只能打开一次")

    async def _asked(self, asked: Request) -> tuple[Scope, Receive]:
        """Nothing but reading by GET, and nothing to be posted but GraphQL in JSON, as `judged` lets it go on."""
        is_graphql = asked.url.path == GRAPHQL
        if asked.method in ("GET", "HEAD") and not is_graphql:
            return asked.scope, asked.receive
        if asked.method != "POST" or not is_graphql:
            raise RefusedError("血缘界面不收这样的请求", 405)
        if _media_type(asked.headers) != "application/json":
            raise RefusedError("只收 JSON 请求", 415)
        body = self.judged(await _body(asked))
        headers = [pair for pair in asked.scope["headers"] if pair[0] not in (b"content-length", b"transfer-encoding")]
        return {**asked.scope, "headers": [*headers, (b"content-length", str(len(body)).encode())]}, _given(body)


def _media_type(headers: Headers) -> str:
    """The one type that is told, without its parameters: `text/plain; application/json` is none of JSON."""
    told = headers.getlist("content-type")
    return told[0].partition(";")[0].strip().lower() if len(told) == 1 else ""


async def _body(asked: Request) -> bytes:
    body = bytearray()
    async for part in asked.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise RefusedError("请求过大", 413)
    return bytes(body)


def _given(body: bytes) -> Receive:
    """What a request is read from whose body is already here."""
    messages: list[Message] = [{"type": "http.disconnect"}, {"type": "http.request", "body": body}]

    async def receive() -> Message:
        return messages.pop() if len(messages) > 1 else messages[0]

    return receive


def _hardened(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HARDENED)
        await send(message)

    return sent


async def _refuse(refused: RefusedError, scope: Scope, receive: Receive, send: Send) -> None:
    """Say why: as the page shows it for GraphQL, as a page of its own otherwise; a websocket is not opened."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    told: Response
    if scope["path"] == GRAPHQL:
        told = JSONResponse({"errors": [{"message": refused.told}]}, refused.status, HARDENED)
    else:
        told = HTMLResponse(PAGE.format(told=refused.told), refused.status, HARDENED)
    await told(scope, receive, send)
