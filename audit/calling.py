"""Calling an outward address: the one client for webhooks and chats.

It connects to the address that was judged (`audit.outward.pinned`), follows no redirect, asks no proxy, waits a few
seconds and reads a few kilobytes. Written on urllib3, since of the ready-made clients requests-hardened lets
IPv4-compatible addresses and proxies of the environment through and knows no exceptions for an operator's own hosts.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import certifi
import urllib3
from django.conf import settings
from django.utils.translation import gettext as _

from audit import outward
from audit.outward import Destination

CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0
MOST_READ = 4096
"""Bytes kept of an answer."""


class Unreachable(Exception):
    """Nobody answered, or not in time; that may pass."""


@dataclass(frozen=True)
class Answer:
    """What the other side said; names of headers are small letters, the body is cut."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def post(url: str, body: bytes, *, headers: Mapping[str, str]) -> Answer:
    """Posts `body` to a public address, or to one of the operator's `OUTWARD_HOSTS`.

    Raises `outward.Inward` for an address we may not call, `Unreachable` for one that does not answer.
    """
    try:
        destination = outward.pinned(url, allowed_hosts=settings.OUTWARD_HOSTS)
    except outward.Unknown as error:
        raise Unreachable(str(error)) from error
    with _pool(destination) as pool:
        return _post(pool, destination, body, {**headers, "Host": _host(destination), "User-Agent": "ABM"})


def _pool(told: Destination) -> urllib3.HTTPConnectionPool:
    """Connections to the judged address; the certificate must be the name's."""
    if told.scheme == "http":
        return urllib3.HTTPConnectionPool(told.address, told.port)
    return urllib3.HTTPSConnectionPool(
        told.address, told.port, cert_reqs="CERT_REQUIRED", ca_certs=certifi.where(),
        server_hostname=told.host, assert_hostname=told.host,
    )  # fmt: skip


def _host(told: Destination) -> str:
    name = f"[{told.host}]" if ":" in told.host else told.host
    return name if told.port == outward.PORTS[told.scheme] else f"{name}:{told.port}"


def _post(pool: urllib3.HTTPConnectionPool, told: Destination, body: bytes, headers: Mapping[str, str]) -> Answer:
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    try:
        answer = pool.urlopen(
            "POST", told.path, body=body, headers=headers, timeout=timeout,
            retries=False, redirect=False, preload_content=False, decode_content=False,
        )  # fmt: skip
        said = _beginning(answer)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise Unreachable(_why(error)) from error
    return Answer(answer.status, said, {name.lower(): value for name, value in answer.headers.items()})


def _beginning(answer: urllib3.BaseHTTPResponse) -> bytes:
    """The first bytes of the body, as far as they come in time: nobody may keep a worker waiting drop by drop."""
    said, until = b"", time.monotonic() + READ_SECONDS
    while len(said) < MOST_READ and time.monotonic() < until:
        more = answer.read1(MOST_READ - len(said))
        if not more:
            break
        said += more
    answer.close()
    return said


def _why(error: Exception) -> str:
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return _("No connection could be made.")
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return _("There was no answer in time.")
    if isinstance(error, urllib3.exceptions.SSLError):
        return _("The certificate is not valid for this name.")
    return _("The connection broke: %(why)s") % {"why": type(error).__name__}
