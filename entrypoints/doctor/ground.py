"""What the doctor examines, and what it examines it with: every dependency is handed in here."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from carrier.account import CarrierAccount
from carrier.port import PooledHttp
from carrier.signalwire import LAML
from entrypoints.bootstrap import Account
from entrypoints.doctor.environment import judge_key
from entrypoints.doctor.findings import Finding, fault
from entrypoints.doctor.knocking import Knock
from helpline.clock import Clock, SystemClock
from helpline.database import Database, connect
from helpline.privacy import Vault
from helpline.settings import TWILIO, Settings, SettingsError, Space, is_loopback


@dataclass(frozen=True)
class Ground:
    """A part that is None could not be put together; the reason has been found already.

    `pause` waits so many seconds. `machine` is this machine's clock; the line's own clock is the database's.
    """

    account: Account | None
    carrier: CarrierAccount | None
    database: Database | None
    redis_url: str
    api_base: str
    calls_per_second: float
    texts_per_second: float
    machine: Clock
    pause: Callable[[float], None]
    knock: Knock
    second: CarrierAccount | None = None

    @property
    def demonstration(self) -> bool:
        """Whether the carrier is an exchange on this machine."""
        return is_loopback(urlsplit(self.api_base).hostname or "")

    @property
    def is_twilio(self) -> bool:
        return self.api_base == TWILIO


def prepare(settings: Settings, *, pause: Callable[[float], None], knock: Knock) -> tuple[Ground, list[Finding]]:
    """The ground of a real line, and why parts of it are missing."""
    found: list[Finding] = []
    account = _account(settings, found)
    ground = Ground(
        account=account,
        carrier=CarrierAccount(account.sid, account.tokens[0], PooledHttp(settings.api_base)) if account else None,
        database=_database(settings, found),
        redis_url=_redis_url(settings),
        api_base=settings.api_base,
        calls_per_second=settings.calls_per_second,
        texts_per_second=settings.texts_per_second,
        machine=SystemClock(),
        pause=pause,
        knock=knock,
        second=_second(settings.second),
    )
    return ground, found


def _second(space: Space | None) -> CarrierAccount | None:
    if space is None:
        return None
    return CarrierAccount(space.project, space.token.get_secret_value(), PooledHttp(space.url + LAML))


def _account(settings: Settings, found: list[Finding]) -> Account | None:
    try:
        return Account(settings.account_sid, settings.auth_tokens, settings.public_url)
    except SettingsError:
        do = "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or start helpline up."
        found.append(fault("carrier account", "No carrier's account is set, and helpline up does not run here.", do))
        return None


def _database(settings: Settings, found: list[Finding]) -> Database | None:
    """Without a doorbell: what the doctor changes for a moment, the ticker alone must see."""
    try:
        keys = settings.secret_keys
    except SettingsError as problem:
        found.append(judge_key(str(problem), from_variable=settings.key is not None))
        return None
    found.append(judge_key(None, from_variable=settings.key is not None))
    try:
        engine = connect(settings.database_url)
    except SettingsError:
        do = "Set DATABASE_URL, or start helpline up."
        found.append(fault("database", f"No database is set, and none runs for {settings.data_dir}.", do))
        return None
    return Database(engine, clock=SystemClock(), vault=Vault(keys), new_id=uuid.uuid4, doorbell=lambda: None)


def _redis_url(settings: Settings) -> str:
    try:
        return settings.redis_url
    except SettingsError:
        return ""
