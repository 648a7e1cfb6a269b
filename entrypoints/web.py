"""The carrier's door, as gunicorn serves it."""

import os

from entrypoints.bootstrap import from_settings, spare_callers_the_collector
from helpline import log
from helpline.settings import load_settings

log.configure()
app = from_settings(load_settings(os.environ)).web()
spare_callers_the_collector()
