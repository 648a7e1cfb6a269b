"""gunicorn for the consoles' door: each open console holds a thread for its live events."""

import os

from entrypoints.quiet_log import QuietLog
from helpline.settings import load_settings

bind = str(load_settings(os.environ).console_bind)
proc_name = "helpline console"
worker_class = "gthread"
preload_app = True
workers = 2
threads = 100
timeout = 30
graceful_timeout = 3
keepalive = 30
control_socket_disable = True
accesslog = None
loglevel = "error"
logger_class = QuietLog
