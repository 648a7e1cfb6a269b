"""Brings the database to the schema this code expects."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


class MigrationFailed(Exception):
    """The database could not be brought up to date; the text says what to do."""


def configuration(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = database_url
    return config


def upgrade(database_url: str) -> None:
    """Run every migration that is missing. MigrationFailed names the fault in one sentence."""
    try:
        command.upgrade(configuration(database_url), "head")
    except (SQLAlchemyError, CommandError) as fault:
        reason = type(getattr(fault, "orig", None) or fault).__name__
        raise MigrationFailed(
            f"The database could not be migrated ({reason}); "
            "check that DATABASE_URL is right and its user may create tables, then run `helpline migrate`."
        ) from fault
