"""Downloads from a server on this machine that serves, stalls, truncates and corrupts."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ganlab.data import DownloadError
from ganlab.data.download import Source, fetch

FILE = "train-labels-idx1-ubyte.gz"
CONTENT = bytes(range(256)) * 400
TIMEOUT = (0.5, 0.3)


class Mirror(BaseHTTPRequestHandler):
    """/good/, /stall/, /truncated/, /corrupt/; anything else is a 404."""

    requested: list[str]
    released: threading.Event

    def do_GET(self) -> None:
        behaviour = self.path.split("/")[1]
        self.requested.append(behaviour)
        if behaviour not in ("good", "stall", "truncated", "corrupt"):
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        if behaviour == "good":
            self.wfile.write(CONTENT)
        elif behaviour == "corrupt":
            self.wfile.write(CONTENT[::-1])
        else:
            self.wfile.write(CONTENT[:70_000])
            self.wfile.flush()
        if behaviour == "stall":
            self.released.wait(10)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    handler = type("Handler", (Mirror,), {"requested": [], "released": threading.Event()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    handler.released.set()
    server.shutdown()
    server.server_close()
    thread.join()


def source(server: ThreadingHTTPServer, *behaviours: str) -> Source:
    root = f"http://127.0.0.1:{server.server_port}"
    mirrors = tuple(
        "http://127.0.0.1:9/" if behaviour == "dead" else f"{root}/{behaviour}/"
        for behaviour in behaviours
    )
    return Source("mnist", (), mirrors, {FILE: hashlib.md5(CONTENT).hexdigest()})


def files(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_one_download_serves_for_ever(server, tmp_path: Path, capfd) -> None:
    good = source(server, "good")
    path = fetch(FILE, good, tmp_path, TIMEOUT)
    assert path == tmp_path / "mnist" / FILE
    assert path.read_bytes() == CONTENT
    assert "100%" in capfd.readouterr().err  # the progress bar
    assert fetch(FILE, good, tmp_path, TIMEOUT) == path
    assert server.RequestHandlerClass.requested == ["good"]
    assert files(tmp_path) == [f"mnist/{FILE}"]


@pytest.mark.parametrize("bad", ["dead", "missing", "stall", "truncated", "corrupt"])
def test_the_next_mirror_is_tried(server, tmp_path: Path, bad: str) -> None:
    path = fetch(FILE, source(server, bad, "good"), tmp_path, TIMEOUT)
    assert path.read_bytes() == CONTENT
    assert files(tmp_path) == [f"mnist/{FILE}"]
    tried = ["good"] if bad == "dead" else [bad, "good"]
    assert server.RequestHandlerClass.requested == tried


@pytest.mark.parametrize(
    ("bad", "cause"),
    [
        ("dead", "ConnectionError"),
        ("missing", "HTTP 404"),
        ("stall", "ConnectionError|ReadTimeout"),
        ("truncated", "ChunkedEncodingError|ConnectionError"),
        ("corrupt", "wrong checksum"),
    ],
)
def test_failure_is_one_sentence_and_leaves_no_file(
    server, tmp_path: Path, bad: str, cause: str
) -> None:
    with pytest.raises(
        DownloadError, match=rf"/ \(({cause})\), .*/missing/ \(HTTP 404\)"
    ) as caught:
        fetch(FILE, source(server, bad, "missing"), tmp_path, TIMEOUT)
    message = str(caught.value)
    assert "\n" not in message
    assert FILE in message
    assert "'digits'" in message
    assert "GANLAB_DATA_DIR" in message
    assert files(tmp_path) == []


def test_a_damaged_cached_file_is_replaced(server, tmp_path: Path) -> None:
    cached = tmp_path / "mnist" / FILE
    cached.parent.mkdir()
    cached.write_bytes(CONTENT[:100])
    assert fetch(FILE, source(server, "good"), tmp_path, TIMEOUT).read_bytes() == CONTENT


def test_a_cache_that_cannot_be_written(server, tmp_path: Path) -> None:
    blocked = tmp_path / "cache"
    blocked.write_bytes(b"a file where the folder should be")
    with pytest.raises(DownloadError, match=r"good/ \((NotADirectoryError|FileExistsError)\)"):
        fetch(FILE, source(server, "good"), blocked, TIMEOUT)
    assert server.RequestHandlerClass.requested == []
