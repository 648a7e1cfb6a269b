"""gunicorn's log without what callers said: an address, a query or an exception's text may quote them."""

import sys
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

ABOUT_A_REQUEST = ("Error handling", "Socket error", "HTTP/2", "Exception in post_request")


class QuietLog(Logger):  # type: ignore[misc]
    """Says that a request failed and by what kind of fault; a fault at start keeps its whole trace."""

    def exception(self, msg: object, *args: Any, **kwargs: Any) -> None:
        if str(msg).startswith(ABOUT_A_REQUEST):
            fault = sys.exc_info()[0]
            self.error("A request failed outside the application (%s)", fault.__name__ if fault else "no fault")
        else:
            super().exception(msg, *args, **kwargs)
