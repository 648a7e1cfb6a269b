"""The migrations bring a database to exactly the tables the code speaks of."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from entrypoints.migrate import MigrationFailed, configuration, upgrade
from helpline.tables import Table


def test_the_migrations_and_the_tables_say_the_same(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_migrating_again_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    command.current(configuration(database_url))


def test_a_database_that_cannot_be_reached_is_said_in_one_sentence() -> None:
    with pytest.raises(MigrationFailed, match="DATABASE_URL"):
        upgrade("postgresql+psycopg://nobody@/nothing?host=/nonexistent")
