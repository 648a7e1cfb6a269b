"""People's door, as gunicorn serves it."""

import os

from console.app import create_app
from entrypoints.bootstrap import from_settings
from helpline import log
from helpline.settings import load_settings

log.configure()
settings = load_settings(os.environ)
app = create_app(from_settings(settings).database, settings.console_url)
