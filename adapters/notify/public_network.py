"""Which addresses a webhook may go to: public ones, checked and then held on to.

A name is looked up once. What was checked is what is connected to, so a name that
changes its answer between the two gains nothing.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from adapters.notify.failures import PermanentFailure, TemporaryFailure
from domain.delivery.events import GiveUpReason

Address = IPv4Address | IPv6Address

_TRANSLATED = IPv6Network("64:ff9b::/96")
"""Where a gateway turns the last four bytes into an IPv4 address."""

_IPV4_BITS = 0xFFFF_FFFF


def is_public(address: Address) -> bool:
    """Whether `address` is on the open internet, also by what is hidden in it."""
    if isinstance(address, IPv6Address) and (inner := _hidden(address)) is not None:
        return is_public(inner)
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or address.is_loopback
        or address.is_link_local
    )


async def checked_address(host: str, port: int, *, allow_private: bool) -> str:
    """Return an address of `host` to connect to.

    Raises: PermanentFailure (blocked) when one of its addresses is not public;
        TemporaryFailure when the name cannot be looked up.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise TemporaryFailure("name not found") from None
    addresses = [str(place[4][0]) for place in found]
    public = all(is_public(ip_address(one.partition("%")[0])) for one in addresses)
    if not addresses or not (public or allow_private):
        raise PermanentFailure(GiveUpReason.BLOCKED)
    return addresses[0]


def _hidden(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for."""
    if address in _TRANSLATED:
        return IPv4Address(int(address) & _IPV4_BITS)
    if address.teredo:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour
