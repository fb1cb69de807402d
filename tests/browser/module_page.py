"""A page that can import our scripts without a server, for tests of one module at a time."""

from __future__ import annotations

from contextlib import contextmanager
from urllib.parse import urlsplit

from ganlab.ui import STATIC

HOST = "http://ganlab.test"


@contextmanager
def module_page(chromium):
    """A page at ``HOST``, where ``/name.js`` is our script of this name."""
    context = chromium.new_context(viewport={"width": 1000, "height": 3000})
    page = context.new_page()
    page.route(f"{HOST}/**", _serve)
    yield page
    context.close()


def _serve(route):
    name = urlsplit(route.request.url).path.lstrip("/")
    if name.endswith(".js"):
        route.fulfill(body=(STATIC / name).read_text(), content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><body></body>", content_type="text/html")
