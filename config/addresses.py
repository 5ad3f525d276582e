"""What the address of a source may be: no credentials in it, and no host that hands out credentials of its own."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from unicodedata import normalize
from urllib.parse import SplitResult, urlsplit

from mlops_maturity.config.hints import did_you_mean

_METADATA_NETWORKS = tuple(
    ip_network(network)
    for network in ("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "100.100.100.200/32", "192.0.0.192/32")
)
"""Link-local, and where clouds hand out credentials: fd00:ec2 is Amazon's, the last two are Alibaba's and Oracle's."""
_METADATA_NAMES = frozenset({"metadata", "metadata.google.internal", "instance-data", "instance-data.ec2.internal"})


def forbidden_host(host: str) -> str | None:
    """Why a host name or address is never asked; None where it may be. Looks nothing up.

    Private and loopback addresses are allowed: that is where sources live. To be asked again with the addresses
    a name resolves to.
    """
    name = normalize("NFKC", host).rstrip(".").casefold()  # clients take full-width digits for digits
    address = _address(name)
    if address is None:
        return f"{host} hands out a cloud's credentials; it is never asked" if name in _METADATA_NAMES else None
    if any(address.version == network.version and address in network for network in _METADATA_NETWORKS):
        return f"{host} is a link-local or metadata address; it is never asked"
    return None


def _address(name: str) -> IPv4Address | IPv6Address | None:
    """The address a text means, spelt as 169.254.169.254, 0xa9fea9fe, 2852039166 or ::ffff:169.254.169.254."""
    try:
        address = ip_address(name.strip("[]").partition("%")[0])
    except ValueError:
        try:
            address = IPv4Address(socket.inet_aton(name))
        except OSError:
            return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def address_reason(url: str, schemes: tuple[str, ...]) -> str | None:
    """Why a text is no address of a source with one of `schemes`; None where it is. Never repeats a credential.

    A scheme stands for its variants as well: postgresql for postgresql+psycopg. Databases may name a user, whose
    password their own client finds; the web's sources may not.
    """
    if any(character.isspace() or not character.isprintable() for character in url):
        return "holds white space or control characters; take them out"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "is no address; write it like https://host:port/path"
    web = parts.scheme in ("http", "https")
    if "://" not in url or parts.scheme.partition("+")[0] not in schemes:
        written = " or ".join(f"{scheme}://" for scheme in schemes)
        hint = did_you_mean(parts.scheme, schemes, listed=0) if parts.scheme and "://" in url else ""
        return f"should start with {written}{hint}"
    if "@" in parts.netloc and (web or parts.password is not None):
        way = "name it with *_env or *_file" if web else "leave it to the database client's own file or variable"
        return f"holds a {'user name or password' if web else 'password'}; take it out and {way}"
    return _web_reason(parts) if web else None


def _web_reason(parts: SplitResult) -> str | None:
    if not parts.hostname:
        return "names no host; write it like https://host:port/path"
    if parts.query or parts.fragment:
        return "should end with its path; leave out `?` and `#` and what follows"
    return forbidden_host(parts.hostname)
