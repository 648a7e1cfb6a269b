"""What this installation is told through its environment, checked once and never changed afterwards."""

import difflib
import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretBytes,
    SecretStr,
    ValidationError,
)

from helpline import exchange_account, secret_key
from helpline.embedded import Servers, running
from helpline.exchange_account import ExchangeAccount

ROOT = Path(__file__).parents[1]
TWILIO = "https://api.twilio.com"
SHORTEST_TOKEN = 16
NO_ACCOUNT = "is not set: set it, or start helpline up, which brings an exchange of its own."


class SettingsError(Exception):
    """The environment is wrong: the text names each variable, why, and what to set. It quotes no value."""


@dataclass(frozen=True)
class Address:
    """Where a process listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Space:
    """A project at SignalWire: where its space is, who we are there, and the key that it signs with."""

    url: str
    project: str
    token: SecretStr
    signing_key: SecretStr


def _address(value: object) -> object:
    if not isinstance(value, str):
        return value
    host, colon, port = value.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError("is not an address and a port from 1 to 65535; set it like 127.0.0.1:8000")
    return Address(host.removeprefix("[").removesuffix("]"), int(port))


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine alone."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is not a URL; set it like https://line.example.org") from None
    if parts.scheme not in ("http", "https") or not host or any(sign.isspace() for sign in value):
        raise ValueError("is not an http or https URL; set it like https://line.example.org")
    if _says_more_than_a_host(parts, value):
        raise ValueError("has more than a host and a port; set it like https://line.example.org, without a path")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError("is not https, which only an address of this machine itself may do without; set an https URL")
    return value.rstrip("/")


def _says_more_than_a_host(parts: SplitResult, value: str) -> bool:
    return bool(parts.path.strip("/") or "?" in value or "#" in value or "@" in parts.netloc)


def _database(value: SecretStr) -> SecretStr:
    scheme, colon, rest = value.get_secret_value().partition("://")
    if not colon or not rest or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise ValueError("is not a PostgreSQL URL; set it like postgresql://user@host/database, or leave it out")
    return SecretStr(f"postgresql+psycopg://{rest}")


def _redis(value: SecretStr) -> SecretStr:
    scheme, colon, rest = value.get_secret_value().partition("://")
    if not colon or not rest or scheme not in ("redis", "rediss", "unix"):
        raise ValueError("is not a Redis URL; set it like redis://host:6379/0, or leave it out")
    return value


def _folder(value: Path) -> Path:
    if value.parts[:1] and value.parts[0].startswith("~"):
        raise ValueError("begins with ~, which only a shell understands; write the folder in full")
    return value.absolute()


def _account_sid(value: str) -> str:
    if not re.fullmatch(r"AC[0-9a-fA-F]{32}", value):
        raise ValueError("is not an account SID; set it to AC and the 32 hex digits that Twilio's console shows")
    return value


def _token(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if len(text) < SHORTEST_TOKEN or any(sign.isspace() for sign in text):
        raise ValueError("is cut short or has a space in it; copy it again from Twilio's console")
    return value


def _space(value: str) -> str:
    """A space's address, written as SignalWire shows it, with or without scheme."""
    return _web_address(value if "://" in value else f"https://{value}")


def _project(value: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value):
        raise ValueError("is not a project id; set it to the one that the space shows under API, written with dashes")
    return value.lower()


def _secret_of_space(kind: str, other: str) -> Callable[[SecretStr], SecretStr]:
    """A secret of a space, which must not be its other one: they stand side by side there."""

    def checked(value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if len(text) < SHORTEST_TOKEN or any(sign.isspace() for sign in text):
            raise ValueError("is cut short or has a space in it; copy it again from the space")
        if text.startswith(other):
            raise ValueError(f"begins with {other}, so it is another secret of the space; set its {kind}")
        return value

    return checked


def _key(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return SecretBytes(secret_key.parse(value))
    except secret_key.SecretKeyError as wrong:
        raise ValueError(str(wrong)) from None


def _pace(value: float) -> float:
    if not 0 < value <= 1000:
        raise ValueError("is not between 0 and 1000; set it to what the carrier allows your account a second, like 1")
    return value


def _number(value: object) -> object:
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("is not a number; set it to what the carrier allows your account a second, like 1") from None


Bind = Annotated[Address, BeforeValidator(_address)]
Key = Annotated[SecretBytes | None, BeforeValidator(_key)]
Pace = Annotated[float, BeforeValidator(_number), AfterValidator(_pace)]
Token = Annotated[SecretStr, AfterValidator(_token)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
SpaceToken = Annotated[SecretStr, AfterValidator(_secret_of_space("API token", "PSK_"))]
SigningKey = Annotated[SecretStr, AfterValidator(_secret_of_space("signing key", "PT"))]


class Settings(BaseModel):
    """What was set, in the fields; what a process needs, in the properties, which raise `SettingsError` without it."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    database: Annotated[SecretStr, AfterValidator(_database)] | None = Field(None, alias="DATABASE_URL")
    redis: Annotated[SecretStr, AfterValidator(_redis)] | None = Field(None, alias="REDIS_URL")
    public: WebAddress | None = Field(None, alias="PUBLIC_URL")
    data_dir: Annotated[Path, AfterValidator(_folder)] = Field(ROOT / ".data", alias="HELPLINE_DATA_DIR")
    key: Key = Field(None, alias="HELPLINE_SECRET_KEY")
    key_old: Key = Field(None, alias="HELPLINE_SECRET_KEY_OLD")
    twilio_account: Annotated[str, AfterValidator(_account_sid)] | None = Field(None, alias="TWILIO_ACCOUNT_SID")
    twilio_token: Token | None = Field(None, alias="TWILIO_AUTH_TOKEN")
    twilio_token_old: Token | None = Field(None, alias="TWILIO_AUTH_TOKEN_OLD")
    carrier_base: WebAddress | None = Field(None, alias="TWILIO_API_BASE")
    space: Annotated[str, AfterValidator(_space)] | None = Field(None, alias="SIGNALWIRE_SPACE_URL")
    project: Annotated[str, AfterValidator(_project)] | None = Field(None, alias="SIGNALWIRE_PROJECT_ID")
    space_token: SpaceToken | None = Field(None, alias="SIGNALWIRE_TOKEN")
    signing_key: SigningKey | None = Field(None, alias="SIGNALWIRE_SIGNING_KEY")
    calls_per_second: Pace = Field(1.0, alias="HELPLINE_CALLS_PER_SECOND")
    texts_per_second: Pace = Field(1.0, alias="HELPLINE_TEXTS_PER_SECOND")
    line: Annotated[Path, AfterValidator(_folder)] = Field(ROOT / "lines" / "demo.toml", alias="HELPLINE_LINE")
    bind: Bind = Field(Address("127.0.0.1", 8000), alias="HELPLINE_BIND")
    console_bind: Bind = Field(Address("127.0.0.1", 8010), alias="HELPLINE_CONSOLE_BIND")
    exchange_bind: Bind = Field(Address("127.0.0.1", 8040), alias="HELPLINE_EXCHANGE_BIND")
    console_address: WebAddress | None = Field(None, alias="HELPLINE_CONSOLE_URL")

    @property
    def has_carrier(self) -> bool:
        """Whether an account with a carrier, real or the exchange's, was set."""
        return self.twilio_account is not None

    @property
    def exchange(self) -> ExchangeAccount | None:
        """The account that `helpline up` made up at its exchange, if none was set and it runs."""
        return None if self.has_carrier else exchange_account.kept_in(self.data_dir)

    @property
    def api_base(self) -> str:
        """Where the carrier's REST side is, without a slash at its end."""
        return one.api_base if (one := self.exchange) else self.carrier_base or TWILIO

    @property
    def database_url(self) -> str:
        """For SQLAlchemy; the embedded server's if it runs and no other is set."""
        return self._url("DATABASE_URL", self.database, lambda servers: servers.database_url)

    @property
    def redis_url(self) -> str:
        """For redis-py; the embedded server's if it runs and no other is set."""
        return self._url("REDIS_URL", self.redis, lambda servers: servers.redis_url)

    @property
    def public_url(self) -> str:
        """Where the carrier finds us, without a slash at its end: what it signs begins with it."""
        return one.public_url if (one := self.exchange) else self.public or f"http://{self.bind}"

    @property
    def console_url(self) -> str:
        """Where browsers find the console, without a slash at its end. A passkey is good for its host alone."""
        return self.console_address or f"http://localhost:{self.console_bind.port}"

    @property
    def account_sid(self) -> str:
        sid = one.sid if (one := self.exchange) else self.twilio_account
        if sid is None:
            raise SettingsError(f"TWILIO_ACCOUNT_SID {NO_ACCOUNT}")
        return sid

    @property
    def auth_tokens(self) -> tuple[str, ...]:
        """The account's tokens, the current one first: during a rotation the carrier may sign with either."""
        if one := self.exchange:
            return (one.token,)
        if self.twilio_token is None:
            raise SettingsError(f"TWILIO_AUTH_TOKEN {NO_ACCOUNT}")
        return tuple(token.get_secret_value() for token in (self.twilio_token, self.twilio_token_old) if token)

    @property
    def second(self) -> Space | None:
        """The project at the second carrier, if one was set."""
        if self.space is None or self.project is None or self.space_token is None or self.signing_key is None:
            return None
        return Space(self.space, self.project, self.space_token, self.signing_key)

    @property
    def secret_keys(self) -> tuple[bytes, ...]:
        """The keys that open sealed numbers, the one that seals them first; from the data folder if not set."""
        try:
            current = self.key.get_secret_value() if self.key else secret_key.kept_in(self.data_dir)
        except secret_key.SecretKeyError as wrong:
            raise SettingsError(f"HELPLINE_SECRET_KEY is not set and {wrong}.") from wrong
        if current is None:
            raise SettingsError(
                f"HELPLINE_SECRET_KEY is not set and {self.data_dir} holds no key: set it, or start helpline up once."
            )
        return (current, self.key_old.get_secret_value()) if self.key_old else (current,)

    def _url(self, variable: str, given: SecretStr | None, of: Callable[[Servers], str]) -> str:
        if given is not None:
            return given.get_secret_value()
        servers = running(self.data_dir)
        if servers is None or not of(servers):
            raise SettingsError(
                f"{variable} is not set and no server runs for {self.data_dir}: set it, or start helpline up."
            )
        return of(servers)


VARIABLES = tuple(str(field.alias) for field in Settings.model_fields.values())


def load_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in `environ`, where an empty variable counts as missing; raises `SettingsError` with all faults."""
    given = {name: environ[name].strip() for name in VARIABLES if environ.get(name, "").strip()}
    faults = [*_unknown(environ), *_missing(given)]
    try:
        settings = Settings.model_validate(given)
    except ValidationError as invalid:
        faults += [
            _fault(error["loc"], error["msg"]) for error in invalid.errors(include_input=False, include_url=False)
        ]
    else:
        faults += _clashes(settings)
    if faults:
        raise SettingsError("\n".join(dict.fromkeys(faults)))
    return settings


def _fault(place: tuple[int | str, ...], message: str) -> str:
    return f"{place[0]} {message.removeprefix('Value error, ')}."


def _unknown(environ: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(environ):
        if name.startswith("HELPLINE_") and name not in VARIABLES:
            meant = difflib.get_close_matches(name, VARIABLES, n=1, cutoff=0.85)
            if meant:
                yield f"{name} is not a variable of helpline; set {meant[0]} instead."


def _missing(given: Mapping[str, str]) -> Iterator[str]:
    pair = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
    if not set(pair) <= given.keys():
        for name, other in (pair, pair[::-1]):
            if other in given:
                yield f"{name} is missing although {other} is set; set both, or neither to use the exchange."
    if "TWILIO_AUTH_TOKEN_OLD" in given and "TWILIO_AUTH_TOKEN" not in given:
        yield "TWILIO_AUTH_TOKEN is missing although TWILIO_AUTH_TOKEN_OLD is set; set the new one beside the old."
    yield from _missing_of_second(given)
    real = given.get("TWILIO_API_BASE", TWILIO)
    if set(pair) <= given.keys() and "PUBLIC_URL" not in given and not is_loopback(_host(real)):
        yield "PUBLIC_URL is missing although a carrier's account is set; set it to the https URL that Twilio calls."


SECOND = ("SIGNALWIRE_SPACE_URL", "SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_TOKEN", "SIGNALWIRE_SIGNING_KEY")


def _missing_of_second(given: Mapping[str, str]) -> Iterator[str]:
    there = [name for name in SECOND if name in given]
    if not there:
        return
    for name in SECOND:
        if name not in given:
            yield f"{name} is missing although {there[0]} is set; set all four of SignalWire's, or none."
    if "TWILIO_ACCOUNT_SID" not in given:
        yield f"TWILIO_ACCOUNT_SID is missing although {there[0]} is set; the second carrier stands beside the first."


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _clashes(settings: Settings) -> Iterator[str]:
    seen: dict[Address, str] = {}
    for name in ("bind", "console_bind", "exchange_bind"):
        variable = str(Settings.model_fields[name].alias)
        address = getattr(settings, name)
        if address in seen:
            yield f"{variable} is the same address as {seen[address]}; set it to another port."
        seen[address] = variable
