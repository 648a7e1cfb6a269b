"""The ticker: does what is due, several times a second, until it is told to stop. Any number of them may run."""

from __future__ import annotations

import signal
import threading

from sqlalchemy.exc import SQLAlchemyError

from entrypoints.bootstrap import Stack
from helpline.log import logger

PERIOD = 0.05
AFTER_A_FAULT = 1.0
log = logger(__name__)


def run(stack: Stack) -> None:
    """Tick twenty times a second. A database that is away is waited for."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    pause = PERIOD
    while not stop.wait(pause):
        try:
            stack.ticker.tick()
            pause = PERIOD
        except SQLAlchemyError as fault:
            log.error("ticker.database_away", fault=fault)
            pause = AFTER_A_FAULT
        except Exception as fault:  # noqa: BLE001 - whatever it was, the next tick may well do
            log.error("ticker.failed", fault=fault)
            pause = AFTER_A_FAULT
