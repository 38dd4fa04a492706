"""Which addresses may be called for others: public ones, however an inward one is written."""

import pytest

from audit import outward
from audit.outward import Inward, Unknown

INWARD_LINES = r"""
http://127.0.0.1/
http://127.0.0.1:8000/hook
http://127.1/
http://127.0.1/
http://2130706433/
http://0x7f000001/
http://0x7f.0.0.1/
http://0x7f.1/
http://0177.0.0.1/
http://017700000001/
http://127.0.0.01/
http://127.0.0.1./
http://0/
http://0.0.0.0/
http://0x/
http://10.0.0.5/
http://172.16.0.1/
http://172.31.255.255/
http://192.168.1.1/
http://169.254.169.254/latest/meta-data/
http://0xa9fea9fe/
http://2852039166/
http://100.64.0.1/
http://100.100.100.200/latest/meta-data/
http://168.63.129.16/
http://192.0.0.192/
http://192.0.2.1/
http://192.88.99.1/
http://198.18.0.1/
http://203.0.113.9/
http://224.0.0.1/
http://255.255.255.255/
http://[::1]/
http://[::]/
http://[::ffff:127.0.0.1]/
http://[::ffff:7f00:1]/
http://[::ffff:169.254.169.254]/
http://[::127.0.0.1]/
http://[0:0:0:0:0:0:7f00:1]/
http://[fe80::1]/
http://[fe80::1%25eth0]/
http://[2606:4700::1%25lo]/
http://[fd00:ec2::254]/
http://[fc00::1]/
http://[fec0::1]/
http://[ff02::1]/
http://[ff0e::1]/
http://[2002:7f00:1::]/
http://[2002:a00:1::1]/
http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/
http://[64:ff9b::7f00:1]/
http://[64:ff9b::10.0.0.1]/
http://[64:ff9b:1::a00:1]/
http://[2001:db8::1]/
http://[100::1]/
http://localhost/
http://LOCALHOST:8080/
http://localhost./
http://a.localhost/
http://printer.local/
http://valkey/
http://postgres:5432/
http://metadata.google.internal/computeMetadata/v1/
http://metadata.google.internal./
http://router.lan/
http://router.home.arpa/
http://hook.example.com./
http://user@hook.example.com/
http://hook.example.com@127.0.0.1/
http://user:password@10.0.0.1/
http://hook.example.com:22/
http://hook.example.com:25/
http://hook.example.com:0/
http://hook.example.com:99999/
http://hook.example.com:port/
http://127.0.0.1\@hook.example.com/
http://hook.example.com\.localhost/
http://hook%2eexample%2ecom/
http://%6c%6f%63%61%6c%68%6f%73%74/
http://１２７.0.0.1/
http://127。0。0。1/
http://①②⑦.0.0.1/
http://ⓛocalhost/
http://例え.テスト/
http://hook..example.com/
http://.example.com/
http://-hook.example.com/
http:///etc/passwd
http://
http:hook.example.com
//hook.example.com/
hook.example.com
https:/hook.example.com/
file:///etc/passwd
ftp://hook.example.com/
gopher://hook.example.com:6379/_FLUSHALL
javascript:alert(1)
data:text/plain,x
"""
INWARD = [line for line in INWARD_LINES.splitlines() if line]

PUBLIC = [
    ("https://hook.example.com", "hook.example.com", 443, "/"),
    ("https://Hook.Example.com/in?a=b&c=%20#part", "hook.example.com", 443, "/in?a=b&c=%20"),
    ("http://hook.example.com:8080/", "hook.example.com", 8080, "/"),
    ("https://xn--r8jz45g.xn--zckzah/", "xn--r8jz45g.xn--zckzah", 443, "/"),
    ("https://8.8.8.8/", "8.8.8.8", 443, "/"),
    ("https://[2606:4700::1111]/", "2606:4700::1111", 443, "/"),
    ("https://[64:ff9b::8.8.8.8]/", "64:ff9b::808:808", 443, "/"),
    ("https://127.0.0.1.example.com/", "127.0.0.1.example.com", 443, "/"),
    ("https://localhost.example.com/", "localhost.example.com", 443, "/"),
]


def never(host: str, port: int) -> list[str]:
    raise AssertionError("looked up what should have been refused as written")


@pytest.mark.parametrize("url", INWARD)
def test_what_leads_inwards_is_refused_as_written(url: str) -> None:
    with pytest.raises(Inward) as refusal:
        outward.refuse(url)
    assert str(refusal.value).endswith(".")
    with pytest.raises(Inward):
        outward.pinned(url, look_up=never)


def test_there_are_enough_of_them() -> None:
    assert len(set(INWARD)) == len(INWARD) >= 90


@pytest.mark.parametrize("more", ["\n", "\t", "\r\nHost: x", " ", "\x00", "\x7f", "|", "a" * 2000])
def test_characters_that_have_no_place_in_an_address_are_refused(more: str) -> None:
    with pytest.raises(Inward):
        outward.refuse(f"https://hook.example.com/{more}")


@pytest.mark.parametrize(("url", "host", "port", "path"), PUBLIC)
def test_what_is_public_is_taken_apart(url: str, host: str, port: int, path: str) -> None:
    told = outward.refuse(url)
    assert (told.port, told.path, told.address) == (port, path, "")
    assert told.host == host or "ff9b" in host


INWARD_ADDRESSES = [
    "127.0.0.1",
    "10.1.2.3",
    "::1",
    "fe80::1%eth0",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "169.254.169.254",
]


@pytest.mark.parametrize("address", INWARD_ADDRESSES)
def test_a_name_that_leads_inwards_is_refused(address: str) -> None:
    with pytest.raises(Inward):
        outward.pinned("https://hook.example.com/", look_up=lambda host, port: [address])


def test_one_inward_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(Inward):
        outward.pinned("https://hook.example.com/", look_up=lambda host, port: ["8.8.8.8", "10.0.0.1"])


def test_the_address_judged_is_the_one_connected_to_and_it_is_looked_up_once() -> None:
    """A name that says something else the second time (DNS rebinding) gains nothing."""
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    told = outward.pinned("https://hook.example.com/in", look_up=lambda host, port: next(answers))
    assert (told.host, told.address, told.port, told.path) == ("hook.example.com", "8.8.8.8", 443, "/in")
    assert next(answers) == ["127.0.0.1"]


def test_an_address_is_not_looked_up() -> None:
    assert outward.pinned("https://8.8.8.8/", look_up=never).address == "8.8.8.8"


def test_a_name_nobody_knows_is_unknown_not_inward() -> None:
    with pytest.raises(Unknown, match="no-such-name"):
        outward.pinned("https://no-such-name.invalid/")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "valkey", "10.0.0.5"])
def test_hosts_the_operator_vouches_for_may_be_called_on_any_port(host: str) -> None:
    told = outward.pinned(f"http://{host}:81/", allowed_hosts=[host], look_up=lambda host, port: ["10.0.0.9"])
    assert (told.host, told.port) == (host, 81)


def test_vouching_for_one_host_vouches_for_no_other_and_for_no_other_scheme() -> None:
    for url in ("http://localhost.localdomain/", "http://127.0.0.2/", "ftp://localhost/", "http://a@localhost/"):
        with pytest.raises(Inward):
            outward.refuse(url, allowed_hosts=["localhost", "127.0.0.1"])
