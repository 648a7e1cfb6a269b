"""What the tests of the carrier's door share: a world with people in it, its doorstep, and the log."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator

import pytest
from doorstep import Doorstep, Notebook, enlist

from entrypoints.drill.world import World
from helpline import log


@pytest.fixture
def world(make_world: Callable[[], World]) -> World:
    made = make_world()
    enlist(made)
    return made


@pytest.fixture
def doorstep(world: World) -> Doorstep:
    assert world.app is not None
    return Doorstep(world.app)


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    """Everything that is logged from now on."""
    book = Notebook()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", book.out)
        log.configure(machine=True)
    logging.getLogger().addHandler(book)
    yield book
    logging.getLogger().removeHandler(book)
    log.configure()
