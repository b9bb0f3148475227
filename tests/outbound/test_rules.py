import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yelin.outbound.rules import Destination, NotSent, host_of, matches, may_reach, pattern_of

CLOSED = (
    "127.0.0.1 127.8.9.10 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 "
    "169.254.1.1 169.254.169.254 168.63.129.16 100.100.100.200 192.0.0.1 192.0.2.7 198.18.0.1 "
    "198.51.100.9 203.0.113.9 192.88.99.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 "
    ":: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b::808:808 "
    "64:ff9b:1::1 2002:7f00:1:: 2002:808:808:: 2001::1 2001:db8::1 3fff::1 fc00::1 "
    "fd00:ec2::254 fe80::1 fec0::1 ff02::1 100::1 5f00::1 "
)
OPEN = "8.8.8.8 1.1.1.1 223.5.5.5 172.32.0.1 100.63.0.1 2400:3200::1 2606:4700::1111"


@pytest.mark.parametrize("text", CLOSED.split())
def test_an_address_that_is_not_of_the_public_net_is_closed(text):
    assert not may_reach(ipaddress.ip_address(text), ())


@pytest.mark.parametrize("text", OPEN.split())
def test_an_address_of_the_public_net_is_open(text):
    assert may_reach(ipaddress.ip_address(text), ())


def test_a_network_that_the_operator_names_is_open_and_no_other():
    named = (ipaddress.ip_network("10.20.0.0/16"),)
    assert may_reach(ipaddress.ip_address("10.20.3.4"), named)
    assert not may_reach(ipaddress.ip_address("10.21.3.4"), named)
    assert not may_reach(ipaddress.ip_address("::ffff:10.20.3.4"), named)


@pytest.mark.parametrize("text", ["169.254.169.254", "fd00:ec2::254", "100.100.100.200"])
def test_where_machines_learn_their_secrets_is_closed_even_inside_a_named_network(text):
    everything = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
    assert not may_reach(ipaddress.ip_address(text), everything)


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_is_open(address):
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert not may_reach(address, ())


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "//example.com/",
        "https:///path",
        "https://user@example.com/",
        "https://user:word@example.com/",
        "https://@example.com/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://example.com\\@evil.com/",
        "https://example.com/a b",
        "https://example.com/\r\nx-injected: 1",
        "https://127.1/",
        "https://0x7f.0.0.1/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://１２７.0.0.1/",
        "https://[::1%25eth0]/",
        "https://exa mple.com/",
        "https://" + "a" * 3000 + "/",
    ],
)
def test_an_address_that_parsers_read_differently_is_none(url):
    with pytest.raises(NotSent):
        Destination.parse(url)


@pytest.mark.parametrize(
    ("url", "host", "port", "target"),
    [
        ("https://Example.COM", "example.com", 443, "/"),
        ("http://example.com./a?b=c#d", "example.com", 80, "/a?b=c"),
        ("https://海南.中国/数据", "xn--6krv12d.xn--fiqs8s", 443, "/%E6%95%B0%E6%8D%AE"),
        ("https://[2400:3200:0::1]:8443/%2e", "2400:3200::1", 8443, "/%2e"),
        ("https://1.2.3.4/", "1.2.3.4", 443, "/"),
    ],
)
def test_an_address_is_taken_apart_into_one_form(url, host, port, target):
    there = Destination.parse(url)
    assert (there.host, there.port, there.target) == (host, port, target)


@pytest.mark.parametrize(
    ("pattern", "host", "fits"),
    [
        ("data.example.com", "data.example.com", True),
        ("data.example.com", "x.data.example.com", False),
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "a.b.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "badexample.com", False),
        ("*.example.com", "example.com.evil.net", False),
    ],
)
def test_a_pattern_fits_its_host_or_what_lies_below_its_suffix(pattern, host, fits):
    assert matches(pattern_of(pattern), host_of(host)) is fits


@pytest.mark.parametrize(
    "pattern", ["*.com", "*.gov.cn", "*.com.cn", "*.", "*", "*.1.2.3.4", "a.*"]
)
def test_a_pattern_over_hosts_of_many_owners_is_refused(pattern):
    with pytest.raises(NotSent):
        pattern_of(pattern)
