"""Another web page in the browser that has the lineage page open: whatever it sends, nothing runs or is told."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import dagster as dg
import pytest

from dagster_project.instance import open_instance
from tests.browser.conftest import FOREIGN, PARTITION

PARAMS = {
    "selector": {
        "repositoryLocationName": "dagster_project.definitions",
        "repositoryName": "__repository__",
        "pipelineName": "month",
    },
    "mode": "default",
    "runConfigData": {},
    "executionMetadata": {"tags": [{"key": "dagster/partition", "value": PARTITION}]},
}
TAGS = f'[{{key: "dagster/partition", value: "{PARTITION}"}}]'
SELECTOR = (
    '{repositoryLocationName: "dagster_project.definitions", repositoryName: "__repository__", pipelineName: "month"}'
)
LITERAL = (
    f'mutation {{ launchRun(executionParams: {{selector: {SELECTOR}, mode: "default", runConfigData: {{}}, '
    f"executionMetadata: {{tags: {TAGS}}}}}) {{ __typename }} }}"
)
QUERY = "mutation L($executionParams: ExecutionParams!) { launchRun(executionParams: $executionParams) { __typename } }"
ASKED = {"query": QUERY, "variables": {"executionParams": PARAMS}}

IMAGE = """url => new Promise(done => { const image = new Image();
  image.onload = () => done('loaded'); image.onerror = () => done('refused'); image.src = url })"""
FORM = """([url, type, name, value]) => new Promise(done => {
  const frame = document.createElement('iframe'); frame.name = 'into'; document.body.append(frame);
  const form = document.createElement('form');
  Object.assign(form, {action: url, method: 'POST', enctype: type, target: 'into'});
  const field = document.createElement('input'); Object.assign(field, {name, value}); form.append(field);
  document.body.append(form); frame.onload = () => done('answered'); form.submit() })"""
FETCH = """([url, mode, type, body]) => fetch(url, {method: 'POST', mode, credentials: 'include', body,
  headers: type ? {'Content-Type': type} : {}}).then(r => r.type === 'opaque' ? 'opaque' : r.status, () => 'refused')"""
SOCKET = """url => new Promise(done => { const s = new WebSocket(url, 'graphql-ws');
  s.onopen = () => done('opened'); s.onerror = () => done('refused') })"""


@pytest.fixture(scope="module")
def port():
    """A web server of somebody else on this machine."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>other</title>")

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(params=["127.0.0.1", FOREIGN], ids=["same site", "foreign site"])
def other(request, page, port):
    """The other page in the same browser, and what its requests were answered."""
    opened = page.context.new_page()
    opened.goto(f"http://{request.param}:{port}/")
    opened.answers = []
    opened.on("response", lambda answer: opened.answers.append(answer.status))
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def nothing_happens(runs, home):
    """Whatever is tried: the runs stay those there were, and nobody is told that money was released."""
    before = [one.run_id for one in runs()]
    yield
    assert [one.run_id for one in runs()] == before
    assert not open_instance(home).fetch_materializations(dg.AssetKey("released"), limit=1).records


def test_an_image_link(other, own):
    assert other.evaluate(IMAGE, f"{own}/graphql?query={quote(LITERAL)}") == "refused"
    assert other.evaluate(IMAGE, f"{own}/favicon.png") == "refused"
    assert set(other.answers) <= {403}


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_form(other, own, content_type):
    given = [f"{own}/graphql?query={quote(LITERAL)}", content_type, "query", LITERAL]
    other.evaluate(FORM, given)
    assert other.answers == [403]


@pytest.mark.parametrize("content_type", ["text/plain", "text/plain; application/json", None])
def test_a_fetch_that_needs_no_leave(other, own, content_type):

    assert other.evaluate(FETCH, [f"{own}/graphql", "no-cors", content_type, json.dumps(ASKED)]) in (
        "opaque",
        "refused",
    )
    report = f"{own}/report_asset_materialization/released?partition={quote(PARTITION)}"
    assert other.evaluate(FETCH, [report, "no-cors", None, ""]) in ("opaque", "refused")
    assert set(other.answers) <= {403}


def test_a_fetch_that_asks_for_leave_gets_none(other, own):

    assert other.evaluate(FETCH, [f"{own}/graphql", "cors", "application/json", json.dumps(ASKED)]) == "refused"


def test_a_websocket(other, own):
    assert other.evaluate(SOCKET, f"{own.replace('http', 'ws')}/graphql") == "refused"


def test_a_name_bound_to_this_machine(page, own):
    """DNS rebinding: the browser takes the lineage page for the other site's own."""
    rebound = page.context.new_page()
    answer = rebound.goto(f"{own.replace('127.0.0.1', FOREIGN)}/asset-groups")
    assert answer.status == 403
    rebound.close()


def test_the_page_itself_may(page, own):
    """The same question from the page itself is served: what is refused above is refused for where it comes from."""
    assert page.evaluate(FETCH, [f"{own}/graphql", "cors", "application/json", '{"query": "{ version }"}']) == 200
    assert page.evaluate(SOCKET, f"{own.replace('http', 'ws')}/graphql") == "opened"
