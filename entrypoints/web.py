"""The carrier's door, as gunicorn serves it."""

import os

from entrypoints.bootstrap import from_settings, spare_callers_the_collector
from entrypoints.rehearsal import rehearse
from helpline import log
from helpline.settings import load_settings

log.configure()
stack = from_settings(load_settings(os.environ))
app = stack.web()
rehearse(stack.database)
stack.database.engine.dispose()  # the workers that are forked now may share no connection
spare_callers_the_collector()
