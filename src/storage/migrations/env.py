"""What alembic runs: the migrations, on the connection and in the transaction that it is handed."""

from alembic import context
from sqlalchemy import Connection

connection = context.config.attributes["connection"]
if not isinstance(connection, Connection):
    raise TypeError("alembic is run by src.storage.migrate alone")
context.configure(connection=connection)
context.run_migrations()
