"""PostgreSQL and Redis for a first run: started here, as an unprivileged user, when no URL names another."""

from helpline.embedded.errors import (
    EmbeddedError,
    FolderInUse,
    FolderUnusable,
    NoAccount,
    ServerMissing,
    StartFailed,
    WrongVersion,
)
from helpline.embedded.places import holds_database, open_folder
from helpline.embedded.servers import Embedded, Servers, running

__all__ = [
    "Embedded",
    "EmbeddedError",
    "FolderInUse",
    "FolderUnusable",
    "NoAccount",
    "ServerMissing",
    "Servers",
    "StartFailed",
    "WrongVersion",
    "holds_database",
    "open_folder",
    "running",
]
