"""Takes requests to the application: signs, sends, retries, follows, gives up, and loses what it is told to lose."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from exchange.agenda import Agenda, Entry
from exchange.dialects import Dialect
from exchange.faults import Faults
from exchange.records import Kind, WebhookRecord
from exchange.sids import Sids
from exchange.signer import signature
from exchange.wire import Form, HttpReply, HttpRequest, Transport

TIMEOUT = 15.0
MAX_REDIRECTS = 10
MAX_BODY = 65_536
RETRY_WORDS = frozenset({"4xx", "5xx", "ct", "rt", "all"})


@dataclass(frozen=True, slots=True)
class Parcel:
    """One thing to tell or ask the application."""

    url: str
    method: str
    form: Form
    kind: Kind
    token: str


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the URL's fragment asks of the connection: retries, which failures, and seconds altogether."""

    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})
    read_timeout: float = TIMEOUT
    total: float = TIMEOUT


class Courier:
    """Carries parcels over the transport and keeps the record of them."""

    def __init__(
        self,
        agenda: Agenda,
        transport: Transport,
        faults: Faults,
        signing_key: str,
        rng: Random,
        sids: Sids,
        dialect: Dialect,
    ) -> None:
        self.webhooks: deque[WebhookRecord] = deque(maxlen=20_000)
        self.complaints: list[str] = []
        self.callbacks_lost = 0
        self._agenda = agenda
        self._transport = transport
        self._faults = faults
        self._signing_key = signing_key
        self._dialect = dialect
        self._rng = rng
        self._sids = sids
        self._callbacks = 0
        self._epoch = 0

    def notify(self, url: str, method: str, form: Form) -> None:
        """A notice whose reply changes nothing. The faults of callbacks are at work here."""
        faults = self._faults
        self._callbacks += 1
        nth = faults.lose_every_nth_callback
        if faults.lose_all_callbacks or (nth > 0 and self._callbacks % nth == 0):
            self.callbacks_lost += 1
            return
        parcel = Parcel(url, method, self._dialect.spoken(form), "callback", self._sids.token())
        for _ in range(max(faults.callbacks_copies, faults.webhooks_copies)):
            self._agenda.after(self._held_up(), lambda: self._dispatch(parcel, lambda _reply: None))

    def ask(self, url: str, method: str, form: Form, kind: Kind, then: Callable[[HttpReply], None]) -> None:
        """A request whose first reply counts; the replies to further copies are looked at and dropped."""
        parcel = Parcel(url, method, self._dialect.spoken(form), kind, self._sids.token())
        self._agenda.soon(lambda: self._dispatch(parcel, then))
        for _ in range(self._faults.webhooks_copies - 1):
            self._agenda.soon(lambda: self._dispatch(parcel, lambda _reply: None))

    def complain(self, text: str) -> None:
        """Write down what a strict carrier would have written into its debugger."""
        self.complaints.append(text)

    def forget(self) -> None:
        """Drop the records and every reply still on its way."""
        self._epoch += 1
        self._callbacks = 0
        self.callbacks_lost = 0
        self.webhooks.clear()
        self.complaints.clear()

    def _held_up(self) -> float:
        faults = self._faults
        held = self._rng.uniform(*faults.delay_callbacks) if faults.delay_callbacks else 0.0
        if faults.callbacks_out_of_order:
            held += self._rng.uniform(0.0, faults.out_of_order_spread)
        return held

    def _dispatch(self, parcel: Parcel, then: Callable[[HttpReply], None]) -> None:
        overrides = _overrides(urlsplit(parcel.url).fragment, self.complain)
        _Delivery(self, parcel, overrides, then).attempt()

    def _record(self, parcel: Parcel, reply: HttpReply, sent: datetime) -> None:
        took = (self._agenda.now() - sent).total_seconds()
        self.webhooks.append(
            WebhookRecord(
                at=sent,
                url=parcel.url,
                kind=parcel.kind,
                form=dict(parcel.form),
                status=reply.status,
                error=reply.error,
                method=parcel.method,
                took=took,
            )
        )
        if reply.status == 0:
            code = "11205 no connection" if reply.error == "connect" else f"11200 no reply ({reply.error})"
            self.complain(f"{code}: {parcel.url}")
        elif not 200 <= reply.status < 300:
            self.complain(f"11200 HTTP {reply.status}: {parcel.url}")
        elif len(reply.body) > MAX_BODY:
            self.complain(f"11750 reply of {len(reply.body)} bytes: {parcel.url}")


class _Delivery:
    """One copy of a parcel on its way, with its retries and redirects."""

    def __init__(
        self, courier: Courier, parcel: Parcel, overrides: Overrides, then: Callable[[HttpReply], None]
    ) -> None:
        self.courier = courier
        self.parcel = parcel
        self.overrides = overrides
        self.then = then
        self.retries_left = overrides.retries
        self.redirects_left = MAX_REDIRECTS
        self.began = courier._agenda.now()
        self.epoch = courier._epoch

    def attempt(self) -> None:
        agenda = self.courier._agenda
        sent = agenda.now()
        spent = (sent - self.began).total_seconds()
        timeout = min(self.overrides.read_timeout, self.overrides.total - spent)
        settled = False
        deadline: Entry | None = None

        def on_reply(reply: HttpReply) -> None:
            nonlocal settled
            with agenda.lock:
                if settled or self.epoch != self.courier._epoch:
                    return
                settled = True
                if deadline is not None:
                    deadline.cancel()
                self._settle(reply, sent)

        self.courier._transport.send(self._signed(), on_reply, timeout)
        if not settled:
            deadline = agenda.after(timeout, lambda: on_reply(HttpReply(0, {}, b"", error="timeout")))

    def _signed(self) -> HttpRequest:
        parcel = self.parcel
        url = parcel.url.partition("#")[0]
        form = parcel.form
        if parcel.method == "GET" and form:
            url += ("&" if "?" in url else "?") + urlencode(form)
            form = ()
        headers = {
            self.courier._dialect.signature_header: signature(self.courier._signing_key, url, form),
            "Accept": "*/*",
            **self.courier._dialect.headers,
        }
        if self.courier._dialect.numbers_requests:
            headers["I-Twilio-Idempotency-Token"] = parcel.token
        if parcel.method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        return HttpRequest(parcel.method, url, headers, form)

    def _settle(self, reply: HttpReply, sent: datetime) -> None:
        location = reply.header("Location")
        if reply.status in (301, 302, 303, 307, 308) and location and self.redirects_left:
            self.redirects_left -= 1
            self.parcel = _redirected(self.parcel, reply.status, location)
            self.courier._agenda.soon(self.attempt)
            return
        spent = (self.courier._agenda.now() - self.began).total_seconds()
        if self.retries_left and spent < self.overrides.total and _retried(reply, self.overrides.policy):
            self.retries_left -= 1
            self.courier._agenda.soon(self.attempt)
            return
        self.courier._record(self.parcel, reply, sent)
        self.then(reply)


def _redirected(parcel: Parcel, status: int, location: str) -> Parcel:
    """307 and 308 repeat the request; 301, 302 and 303 become a GET that has lost the parameters."""
    url = urljoin(parcel.url, location)
    if status in (307, 308):
        return replace(parcel, url=url)
    return replace(parcel, url=url, method="GET", form=())


def _retried(reply: HttpReply, policy: frozenset[str]) -> bool:
    failure = {0: {"connect": "ct"}.get(reply.error or "", "rt"), 4: "4xx", 5: "5xx"}.get(reply.status // 100)
    return failure is not None and (failure in policy or "all" in policy)


def _overrides(fragment: str, complain: Callable[[str], None]) -> Overrides:
    found = dict(parse_qsl(fragment))
    if not found:
        return Overrides()
    try:
        retries = int(found.get("rc", "1"))
        policy = frozenset(found.get("rp", "ct").split(","))
        read, total = int(found.get("rt", "15000")), int(found.get("tt", "15000"))
        int(found.get("ct", "5000"))
    except ValueError:
        complain(f"11244 connection override is not a number: #{fragment}")
        return Overrides()
    if not policy <= RETRY_WORDS:
        complain(f"11243 retry policy is invalid: #{fragment}")
        policy = frozenset({"ct"})
    if not (0 <= retries <= 5 and 100 <= read <= 15_000 and 100 <= total <= 15_000):
        complain(f"11244 connection override is out of range: #{fragment}")
    return Overrides(min(max(retries, 0), 5), policy, min(read / 1000, TIMEOUT), min(total / 1000, TIMEOUT))
