"""gunicorn for the carrier's door: nothing here may keep a caller waiting, and nothing is logged about one."""

import os

from entrypoints.quiet_log import QuietLog
from helpline.settings import load_settings

# `helpline up` holds the socket itself, so that nobody is refused while this is being started again.
bind = os.environ.get("WEB_SOCKET") or str(load_settings(os.environ).bind)
proc_name = "helpline web"
worker_class = "gthread"
preload_app = True  # a worker that was killed is back at once: it need not read the lexicon again
workers = 2
threads = 6  # enough to wait side by side; more would share two processors without answering sooner
timeout = 10
graceful_timeout = 8
keepalive = 30
control_socket_disable = True
accesslog = None
loglevel = "error"
logger_class = QuietLog
