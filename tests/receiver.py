"""Somebody else's HTTP server, in a thread: it keeps what it is sent and answers as it is told."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass
class Heard:
    """One request; names of headers are small letters."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`answers`: what each request in turn is answered, the last one for ever: a status, or a function of it."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    answers: list[int | Callable[[Heard], int]] = field(default_factory=lambda: [204])
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def answer(self, heard: Heard) -> int:
        self.heard.append(heard)
        told = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return told(heard) if callable(told) else told


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(receiver.answer(Heard(self.path, headers, body)))
            for name, value in ({"Content-Length": str(len(receiver.body))} | receiver.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, *_: Any) -> None:
            """Nothing: tests read what was heard."""

    return Handler


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """One on 127.0.0.1, which the operator vouches for."""
    settings.OUTWARD_HOSTS = ["127.0.0.1"]
    made = Receiver()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(made)) as server:
        made.url = f"http://127.0.0.1:{server.server_port}/hook"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join()
