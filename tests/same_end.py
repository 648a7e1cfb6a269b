"""Scripts of calls and texts, played once without and once with each fault of the carrier's notices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from night import Night
from sqlalchemy import select

from exchange import Behaviour, Phone
from helpline.tables import Caller, Contact

FAULTS: dict[str, dict[str, Any]] = {
    "twice": {"callbacks_copies": 2},
    "every webhook twice": {"webhooks_copies": 2},
    "out of order": {"callbacks_out_of_order": True},
    "late": {"delay_callbacks": (1.0, 12.0)},
    "every second lost": {"lose_every_nth_callback": 2},
    "all lost": {"lose_all_callbacks": True},
    "all of it": {"callbacks_copies": 2, "callbacks_out_of_order": True, "lose_every_nth_callback": 3},
}
REACTIONS = {
    "takes it": Behaviour(answer_after=4, press=((3, "1"),)),
    "takes it slowly": Behaviour(answer_after=15, press=((5, "1"),)),
    "declines": Behaviour(decline_after=5),
    "voicemail": Behaviour(answer_after=12, voicemail=True),
    "hears nothing": None,
    "picks up and says nothing": Behaviour(answer_after=6),
}
TAKING = st.sampled_from(("takes it", "takes it slowly"))
ANYHOW = st.sampled_from(sorted(REACTIONS))
ONE_CALLER = st.fixed_dictionaries({"Ana": ANYHOW, "Bo": ANYHOW, "Cal": ANYHOW, "Lee": ANYHOW})
TWO_CALLERS = st.fixed_dictionaries({"Ana": TAKING, "Bo": TAKING})
PATIENCE = st.sampled_from(("hangs up at once", "talks", "talks", "is left by the peer", "stays"))
SCRIPT = st.one_of(
    st.tuples(ONE_CALLER, st.tuples(PATIENCE), st.booleans()),
    st.tuples(TWO_CALLERS, st.tuples(PATIENCE, PATIENCE), st.booleans()),
)


def talks_to(night: Night, phone: Phone) -> frozenset[str]:
    staff = {one.number for one in night.staff.values()}
    return night.world.network.connected_to(phone.number) & staff


def call(night: Night, name: str, patience: str) -> None:
    """One caller's approach, tied to what happens to them and not to the clock."""
    phone = night.callers[name]
    phone.dial(night.line_number)
    if patience == "hangs up at once":
        night.pass_time(2)
        phone.hang_up()
        return
    night.pass_until(lambda: bool(talks_to(night, phone)) or not phone.in_call, 260)
    talking = sorted(talks_to(night, phone))
    if patience == "stays" or not talking:
        return
    night.pass_time(25)
    if patience == "is left by the peer":
        night.world.network.phone(talking[0]).hang_up()
        night.pass_time(60)
    if phone.in_call:
        phone.hang_up()


def write(night: Night) -> None:
    night.callers["Luz"].text(night.line_number, "hi")
    for words in ("1", "I am here"):
        night.pass_time(4)
        night.staff["Cal"].text(night.line_number, words)
        night.staff["Ana"].text(night.line_number, words)
    night.pass_time(4)


def ends(night: Night, script: Any, faults: dict[str, Any]) -> list[tuple[str, str]]:
    """Where every contact ended, in the order of their arrival."""
    reactions, patiences, texts = script
    for name, reaction in reactions.items():
        night.staff[name].auto = REACTIONS[reaction]
    for field, value in faults.items():
        setattr(night.world.network.faults, field, value)
    for name, patience in zip(("Sam", "Kim"), patiences, strict=False):
        call(night, name, patience)
    if texts:
        write(night)
    for phone in night.staff.values():
        phone.auto = None
    night.pass_time(60)
    night.check()
    night.end()
    with night.world.database.work() as work:
        rows = work.session.execute(
            select(Contact.channel, Contact.state).join(Caller).order_by(Contact.arrived_at, Contact.id)
        ).all()
    return [(str(channel), str(state)) for channel, state in rows]


def assert_the_same_end(make_world: Callable[..., Any], script: Any) -> None:
    """Play the script once without a fault and once with each; every contact ends where it ended without."""
    found = {}
    for kind, faults in {"none": {}, **FAULTS}.items():
        night = Night(make_world())
        try:
            found[kind] = ends(night, script, faults)
        finally:
            night.close()
    assert found == dict.fromkeys(found, found["none"])
