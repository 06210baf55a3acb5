"""Asking an ASGI application as a browser does, without a server."""

import asyncio
from dataclasses import dataclass

HOST = "127.0.0.1:3000"
OWN = {"host": HOST, "origin": f"http://{HOST}", "content-type": "application/json"}


@dataclass
class Answer:
    status: int
    headers: dict
    text: str


def ask(app, method, path, body=b"", **headers):
    """What the application answers; a header of None is left out, names are written with _."""
    told = {**OWN, **{name.replace("_", "-"): value for name, value in headers.items()}}
    where, _, query = path.partition("?")
    scope = {"type": "http", "http_version": "1.1", "scheme": "http", "method": method, "path": where}
    given = [{"type": "http.request", "body": body}]
    sent = _exchange(app, _complete(scope, query, told), given)
    start = sent[0]
    return Answer(
        start["status"],
        {name.decode(): value.decode() for name, value in start["headers"]},
        b"".join(message.get("body", b"") for message in sent[1:]).decode(),
    )


def opens_websocket(app, path, **headers):
    """Whether a websocket is opened."""
    told = {**OWN, **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = _complete({"type": "websocket", "scheme": "ws", "path": path, "subprotocols": []}, "", told)
    sent = _exchange(app, scope, [{"type": "websocket.connect"}, {"type": "websocket.disconnect"}])
    return sent[0]["type"] == "websocket.accept"


def _complete(scope, query, headers):
    listed = [(name.encode(), value.encode()) for name, value in headers.items() if value is not None]
    return {**scope, "query_string": query.encode(), "root_path": "", "headers": listed}


def _exchange(app, scope, given):
    waiting, sent = list(given), []

    async def receive():
        if not waiting:
            await asyncio.Event().wait()  # a browser that stays until it has its answer
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent
