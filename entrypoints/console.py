"""People's door, as gunicorn serves it."""

import os

from console.app import create_app
from entrypoints.bootstrap import from_settings
from helpline import log
from helpline.settings import load_settings

log.configure()
app = create_app(from_settings(load_settings(os.environ)).database)
