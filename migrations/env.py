"""Runs migrations on the database whose address it is handed."""

from alembic import context
from sqlalchemy import create_engine, text

from helpline.tables import Table

ONE_AT_A_TIME = 7_420_111

engine = create_engine(context.config.attributes["url"], hide_parameters=True)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Table.metadata)
    with context.begin_transaction():
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))
        context.run_migrations()
engine.dispose()
