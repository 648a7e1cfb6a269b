"""X-Twilio-Signature, from the published algorithm and from nothing of the application's."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable


def signature(auth_token: str, url: str, form: Iterable[tuple[str, str]]) -> str:
    """HMAC-SHA1 over the URL, then every name with its value, sorted; base64.

    ``url`` is the exact URL requested, query included, fragment left out. A name sent twice counts once for
    each different value; a pair sent twice counts once.
    """
    text = url + "".join(name + value for name, value in sorted(set(form)))
    digest = hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode("ascii")
