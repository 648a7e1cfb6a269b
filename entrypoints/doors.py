"""Whether an address is free to listen at, and whether something answers HTTP there."""

import errno
import http.client
import socket

from helpline.settings import Address


class PortBusy(Exception):
    """An address cannot be listened at; the text names the variable to set."""


BACKLOG = 512
"""Connections that wait while nobody takes them: those of some seconds, for as long as a killed door is away."""


def check_free(variable: str, address: Address) -> None:
    """Raises `PortBusy` unless a process could listen at `address` now."""
    listen(variable, address).close()


def listen(variable: str, address: Address) -> socket.socket:
    """A socket that listens at `address`, to be handed to the process that answers there. Raises `PortBusy`.

    While whoever holds it lives, nobody who connects is refused: a door that was killed finds them waiting.
    """
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((address.host, address.port))
        door.listen(BACKLOG)
    except OSError as refused:
        door.close()
        reason = "another program listens there" if refused.errno == errno.EADDRINUSE else refused.strerror
        raise PortBusy(
            f"{variable}: {address} cannot be used ({reason}): set {variable} to another address, "
            f"such as {Address(address.host, min(address.port + 100, 65535))}."
        ) from refused
    return door


def answers(address: Address, path: str) -> bool:
    """Whether a GET there is answered, and not with an error of the server's own."""
    connection = http.client.HTTPConnection(_reachable(address.host), address.port, timeout=3)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _reachable(host: str) -> str:
    """A server that listens everywhere is asked on this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (read, not bound)
