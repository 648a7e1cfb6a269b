"""Whether an address is free to listen at, and whether something answers HTTP there."""

import errno
import http.client
import socket

from helpline.settings import Address


class PortBusy(Exception):
    """An address cannot be listened at; the text names the variable to set."""


def check_free(variable: str, address: Address) -> None:
    """Raises `PortBusy` unless a process could listen at `address` now."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
            probe.listen(1)
        except OSError as refused:
            reason = "another program listens there" if refused.errno == errno.EADDRINUSE else refused.strerror
            raise PortBusy(
                f"{variable}: {address} cannot be used ({reason}): set {variable} to another address, "
                f"such as {Address(address.host, min(address.port + 100, 65535))}."
            ) from refused


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
