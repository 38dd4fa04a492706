"""Which addresses of the outside we call for others: public ones only. No network but the name look-up it is given.

What an admin types as a webhook's address is called from inside our network, so it must not lead back into it: not by
a name, not by one of the many ways to write 127.0.0.1, not by a name that resolves inwards, and not by one that does
so only when it is looked up again (the look-up that was judged is the one connected to).
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
LookUp = Callable[[str, int], list[str]]

LONGEST = 2000
PORTS = {"http": 80, "https": 443}
FIRST_FREE_PORT = 1024
"""Below, a port belongs to another service (mail, SSH, DNS …)."""

INWARD_NAMES = ("localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home", "lan", "arpa")
NAME = re.compile(r"([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")
NUMERIC = re.compile(r"(.*\.)?(\d+|0x[0-9a-f]*)", re.IGNORECASE)
"""A host whose last part is a number is an IPv4 address to every client (WHATWG URL, "ends in a number")."""

INWARD_V4 = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3",
        "168.63.129.16/32",  # Azure's own agent, reachable from its virtual machines only
    )
]  # fmt: skip
"""IANA's special-purpose IPv4 addresses, multicast and reserved."""
PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
"""All that is global unicast; loopback, link-local, unique local, multicast, IPv4-compatible … lie outside."""
INWARD_V6 = [
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )  # Teredo and other protocols, 6to4, examples
]
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""NAT64: the last 32 bits are the IPv4 address meant."""


class Inward(Exception):
    """The address is none we may call; the text says why."""


class Unknown(Exception):
    """The name has no address now; that may pass."""


@dataclass(frozen=True)
class Destination:
    """Where a call goes: `address` is connected to, `host` is asked for."""

    scheme: str
    host: str
    port: int
    path: str
    address: str = ""


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name, by the system's resolver. Raises `Unknown`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unknown(_("The name %(host)s has no address.") % {"host": host}) from error
    return [str(place[0]) for *_rest, place in found]


def refuse(url: str, *, allowed_hosts: Collection[str] = ()) -> Destination:
    """The destination `url` names, judged as written. Raises `Inward` for what is no http(s) to a public address.

    `allowed_hosts`: names or addresses the operator vouches for, whatever they lead to.
    """
    parts = _split(url)
    destination = _destination(parts)
    if destination.host not in allowed_hosts:
        _refuse_port(destination)
        _refuse_host(destination.host)
    return destination


def pinned(url: str, *, allowed_hosts: Collection[str] = (), look_up: LookUp = look_up) -> Destination:
    """The destination with the one address to connect to, looked up once and judged.

    Raises `Inward` as `refuse` does, and when any address of the name is not public; `Unknown` when it has none.
    """
    told = refuse(url, allowed_hosts=allowed_hosts)
    literal = _literal(told.host)
    addresses = [str(literal)] if literal else look_up(told.host, told.port)
    if told.host not in allowed_hosts:
        for address in addresses:
            _refuse_address(ipaddress.ip_address(address.partition("%")[0]))
    return Destination(told.scheme, told.host, told.port, told.path, addresses[0])


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or set(' \\"<>^`{|}') & set(url):
        raise Inward(_("Write the address in plain ASCII without spaces; names with other letters as xn--…."))
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - read to be checked
    except ValueError as error:
        raise Inward(_("This is not a web address.")) from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise Inward(_("The address must begin with https:// or http://."))
    if "@" in parts.netloc:
        raise Inward(_("The address must not hold a user name or password."))
    return parts


def _destination(parts: SplitResult) -> Destination:
    port = PORTS[parts.scheme] if parts.port is None else parts.port
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(parts.scheme, (parts.hostname or "").lower(), port, path)


def _refuse_port(told: Destination) -> None:
    if told.port not in PORTS.values() and told.port < FIRST_FREE_PORT:
        raise Inward(_("Port %(port)s belongs to another service. Use 443, 80 or one from 1024.") % {"port": told.port})


def _refuse_host(host: str) -> None:
    if address := _literal(host):
        _refuse_address(address)
    elif NUMERIC.fullmatch(host):
        raise Inward(_("Write an IP address as four decimal numbers, or better: use a name."))
    elif not NAME.fullmatch(host):
        raise Inward(_("%(host)s is no public name.") % {"host": host})
    elif host.rpartition(".")[2] in INWARD_NAMES:
        raise Inward(_("%(host)s leads into a private network.") % {"host": host})


def _literal(host: str) -> Address | None:
    try:
        return None if "%" in host else ipaddress.ip_address(host)
    except ValueError:
        return None


def _refuse_address(address: Address) -> None:
    if not _is_public(address):
        raise Inward(_("%(host)s leads into a private network.") % {"host": address})


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in INWARD_V4)
    if address.ipv4_mapped:
        return _is_public(address.ipv4_mapped)
    if address in TRANSLATED:
        return _is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address in PUBLIC_V6 and not any(address in network for network in INWARD_V6)
