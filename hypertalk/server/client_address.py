"""Find the client's real address behind proxies."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address


def client_address(remote: str, forwarded: str, trusted: Sequence[IPv4Network | IPv6Network]) -> str:
    """Return the nearest address that is not one of our own proxies.

    ``remote`` is the peer of the connection. ``forwarded`` is the value of X-Forwarded-For, which any client can write:
    it is read from the right, and only while the addresses are in ``trusted`` networks.
    """
    address = remote
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    while hops and _is_trusted(address, trusted):
        hop = hops.pop()
        try:
            address = str(ip_address(hop))
        except ValueError:
            break
    return address


def _is_trusted(address: str, trusted: Sequence[IPv4Network | IPv6Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in trusted)
