"""What can keep the embedded servers from starting; each message is one sentence that says what to do."""


class EmbeddedError(Exception):
    """The embedded servers cannot run here."""


class ServerMissing(EmbeddedError):
    """No usable server program was found."""


class NoAccount(EmbeddedError):
    """We are root and there is no unprivileged user to run the servers as."""


class FolderInUse(EmbeddedError):
    """Another process holds this folder's servers."""


class FolderUnusable(EmbeddedError):
    """The folder cannot be written, or belongs to someone else."""


class WrongVersion(EmbeddedError):
    """The database in the folder was made by a major version that is not installed."""


class StartFailed(EmbeddedError):
    """A server was started and ended, or never answered."""
