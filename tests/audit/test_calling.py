"""The one client that calls outward addresses, against real sockets."""

import socket
import threading
from typing import Any

import pytest

from audit import calling, outward
from audit.calling import Unreachable
from audit.outward import Inward
from tests.receiver import Receiver


def test_it_posts_and_tells_the_answer(receiver: Receiver) -> None:
    receiver.answers, receiver.body, receiver.headers = [201], b"taken", {"X-Said": "yes"}
    answer = calling.post(receiver.url + "?a=b", b"hello", headers={"X-Mine": "1"})
    assert (answer.status, answer.body, answer.headers["x-said"]) == (201, b"taken", "yes")
    heard = receiver.heard[0]
    assert (heard.path, heard.body, heard.headers["x-mine"]) == ("/hook?a=b", b"hello", "1")
    assert heard.headers["host"] == receiver.url.split("/")[2]


def test_it_connects_to_the_judged_address_and_asks_for_the_name(
    receiver: Receiver,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.OUTWARD_HOSTS = ["hook.example.com"]
    port = receiver.url.split(":")[2].split("/")[0]
    monkeypatch.setattr(outward, "pinned", pinning("127.0.0.1"))
    assert calling.post(f"http://hook.example.com:{port}/in", b"", headers={}).status == 204
    assert receiver.heard[0].headers["host"] == f"hook.example.com:{port}"


def pinning(address: str) -> Any:
    real = outward.pinned
    return lambda url, *, allowed_hosts: real(url, allowed_hosts=allowed_hosts, look_up=lambda host, port: [address])


def test_an_inward_address_is_not_called(receiver: Receiver, settings: Any) -> None:
    settings.OUTWARD_HOSTS = []
    with pytest.raises(Inward):
        calling.post(receiver.url, b"", headers={})
    assert receiver.heard == []


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answers, receiver.headers = [302], {"Location": receiver.url}
    assert calling.post(receiver.url, b"", headers={}).status == 302
    assert len(receiver.heard) == 1


def test_a_proxy_of_the_environment_is_not_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert calling.post(receiver.url, b"", headers={}).status == 204


def test_only_the_beginning_of_an_answer_is_read(receiver: Receiver) -> None:
    receiver.answers, receiver.body = [200], b"x" * 1_000_000
    assert calling.post(receiver.url, b"", headers={}).body == b"x" * calling.MOST_READ


def test_where_nobody_listens_it_says_so(settings: Any) -> None:
    settings.OUTWARD_HOSTS = ["127.0.0.1"]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening
        with pytest.raises(Unreachable, match="No connection could be made"):
            calling.post(f"http://127.0.0.1:{taken.getsockname()[1]}/", b"", headers={})


def test_a_name_nobody_knows_is_unreachable_for_now() -> None:
    with pytest.raises(Unreachable, match="no-such-name"):
        calling.post("https://no-such-name.invalid/", b"", headers={})


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (b"", "no answer in time"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "no answer in time"),
        (b"\x16\x03 no HTTP\r\n\r\n", "The connection broke"),
    ],
)
def test_who_does_not_answer_properly_is_given_up_soon(
    settings: Any, monkeypatch: pytest.MonkeyPatch, says: bytes, why: str
) -> None:
    settings.OUTWARD_HOSTS = ["127.0.0.1"]
    monkeypatch.setattr(calling, "READ_SECONDS", 0.1)
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        threading.Thread(target=say, args=(mute, says), daemon=True).start()
        with pytest.raises(Unreachable, match=why):
            calling.post(f"http://127.0.0.1:{mute.getsockname()[1]}/", b"", headers={})


def say(mute: socket.socket, words: bytes) -> None:
    caller, _ = mute.accept()
    with caller:
        caller.sendall(words)
        caller.recv(10_000)
        caller.recv(1)  # until the other side hangs up


def test_a_certificate_of_somebody_else_is_refused(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """TLS is asked for the name although the connection goes to the address; plain answers are no TLS."""
    settings.OUTWARD_HOSTS = ["hook.example.com"]
    monkeypatch.setattr(outward, "pinned", pinning("127.0.0.1"))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        hello: list[bytes] = []
        threading.Thread(target=keep_hello, args=(other, hello), daemon=True).start()
        with pytest.raises(Unreachable, match=r"certificate is not valid|connection broke"):
            calling.post(f"https://hook.example.com:{other.getsockname()[1]}/", b"", headers={})
    assert b"hook.example.com" in hello[0]


def keep_hello(other: socket.socket, hello: list[bytes]) -> None:
    caller, _ = other.accept()
    hello.append(caller.recv(4096))
    caller.close()
