"""`python -m exchange`: starts the exchange with its page of phones."""

from __future__ import annotations

from pathlib import Path

import click

from exchange.dialects import DIALECTS
from exchange.live.directory import BadDirectory, Directory, read_directory
from exchange.server import Setup, is_loopback, serve

ACCOUNT = "AC" + "0" * 32


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--bind",
    envvar="EXCHANGE_BIND",
    default="127.0.0.1:8040",
    show_default=True,
    show_envvar=True,
    help="Address and port. Other machines reach it only if you say so here; port 0 takes any free one.",
)
@click.option(
    "--application",
    envvar=["EXCHANGE_APPLICATION", "PUBLIC_URL"],
    default="http://127.0.0.1:8000",
    show_default=True,
    show_envvar=True,
    help="Where your application is, as it knows itself: the webhooks of the line go there and are signed for it.",
)
@click.option(
    "--directory",
    "directory_file",
    envvar="EXCHANGE_DIRECTORY",
    required=True,
    show_envvar=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML or JSON file with the line's number and everyone's phone; see below.",
)
@click.option(
    "--account-sid",
    envvar=["EXCHANGE_ACCOUNT_SID", "TWILIO_ACCOUNT_SID"],
    default=ACCOUNT,
    show_envvar=True,
    help="The account your application logs in with.  [default: AC and 32 zeros]",
)
@click.option(
    "--auth-token",
    envvar=["EXCHANGE_AUTH_TOKEN", "TWILIO_AUTH_TOKEN"],
    required=True,
    show_envvar=True,
    help="The account's token; webhooks are signed with it. Give it in the environment, not on the command line.",
)
@click.option(
    "--dialect",
    envvar="EXCHANGE_DIALECT",
    default="twilio",
    show_default=True,
    show_envvar=True,
    type=click.Choice(sorted(DIALECTS)),
    help="Whose protocol it speaks. As signalwire its REST side is under /api/laml/2010-04-01.",
)
@click.option(
    "--signing-key",
    envvar="EXCHANGE_SIGNING_KEY",
    default="",
    show_envvar=True,
    help="What webhooks are signed with, if not with the token: SignalWire has a key for it.",
)
@click.option(
    "--calls-per-second",
    envvar="EXCHANGE_CALLS_PER_SECOND",
    default=1.0,
    show_default=True,
    show_envvar=True,
    type=click.FloatRange(min=0, min_open=True),
    help="How many calls the application may start a second; the rest queue, as at the carrier.",
)
@click.option(
    "--messages-per-second",
    envvar="EXCHANGE_MESSAGES_PER_SECOND",
    default=1.0,
    show_default=True,
    show_envvar=True,
    type=click.FloatRange(min=0, min_open=True),
    help="The same for texts, in segments.",
)
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="A host name by which people open the page, besides localhost and plain addresses. May be repeated.",
)
def main(
    *,
    bind: str,
    application: str,
    directory_file: Path,
    account_sid: str,
    auth_token: str,
    dialect: str,
    signing_key: str,
    calls_per_second: float,
    messages_per_second: float,
    hosts: tuple[str, ...],
) -> None:
    """A telephone exchange that speaks Twilio's protocol, with a page of phones to try a line from.

    Open the address it prints, press "Call the line" on any phone, and answer on another. Your application
    reaches the carrier's REST side at the same address, under /2010-04-01.

    The directory file, in TOML (JSON has the same keys):

    \b
        [line]
        number = "+12125550100"
        name = "The demonstration line"
        others = ["+12125550109"]       # further numbers of the account, if there are any
        # voice_url, voice_status_url, voice_fallback_url, sms_url, sms_fallback_url:
        # paths of the application; /webhooks/voice/incoming and /webhooks/messages/incoming if left out
        [[phones]]
        number = "+12125550101"
        name = "Ana"
        role = "Peer"
        [[phones]]
        number = "+12125550141"
        name = "Sam"
        role = "Caller"
    """
    setup = Setup(
        account_sid=account_sid,
        auth_token=auth_token,
        application=application,
        directory=_directory(directory_file),
        calls_per_second=calls_per_second,
        messages_per_second=messages_per_second,
        allowed_hosts=frozenset(hosts),
        dialect=DIALECTS[dialect],
        signing_key=signing_key,
    )
    reach = (
        "only this machine can open it"
        if is_loopback(bind)
        else "other machines can open it: anyone who does can move the phones"
    )
    serve(bind, setup, on_ready=lambda address: click.echo(f"Page of phones: {address} ({reach})"))


def _directory(path: Path) -> Directory:
    try:
        return read_directory(path)
    except (BadDirectory, OSError) as error:
        raise click.BadParameter(str(error), param_hint="--directory") from None


if __name__ == "__main__":
    main(prog_name="python -m exchange")
