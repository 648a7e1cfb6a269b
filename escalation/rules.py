"""The rules that may never break, as questions to the database: asked after every drill, and by the auditor.

Every question asks for `subject` (what it is about: `contact:…`, `leg:…`), `told` (a sentence of ids and states), and
`missing` (the timer that is not there), about contacts that are not over or ended after `since`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import text

from escalation.audit import Breach
from helpline.database import Work
from helpline.nouns import (
    LEG_UP,
    OFFER_HOLDS,
    REQUEST_OPEN,
    RESCUE_OPEN,
    TRANSFER_OPEN,
    WAITING,
    FaultKind,
    TimerKind,
)
from helpline.tables.ground import listed

EVER = datetime(1970, 1, 1, tzinfo=UTC)
SOON = "CAST(:now AS timestamptz) - interval '15 seconds'"
TAKEN = "EXISTS (SELECT 1 FROM offer o WHERE o.contact_id = c.id AND o.state IN ('accepted', 'bridged'))"
RECENT = "(c.ended_at IS NULL OR c.ended_at >= CAST(:since AS timestamptz))"


def _no_timer(subject: str, *kinds: str) -> str:
    listing = ", ".join(f"'{kind}'" for kind in kinds)
    return f"NOT EXISTS (SELECT 1 FROM timer t WHERE t.subject = {subject} AND t.kind IN ({listing}))"  # noqa: S608 - our own words alone


WITHOUT_TIMER = f"""
SELECT 'contact:' || c.id AS subject, 'contact ' || c.id || ' is ' || c.state || ' and no timer will move it' AS told,
  'presence' AS missing
FROM contact c WHERE c.ended_at IS NULL AND {_no_timer("c.id::text", "limit", "decide", "presence")}
UNION ALL
SELECT 'limit:' || c.id, 'contact ' || c.id || ' waits and no timer will end its wait',
  CASE WHEN c.limit_told_at IS NULL THEN 'limit' ELSE 'decide' END
FROM contact c WHERE c.state IN ({listed(WAITING)}) AND NOT {TAKEN}
  AND {_no_timer("c.id::text", "limit", "decide")}
UNION ALL
SELECT 'queue:' || c.queue, 'contacts wait in a queue and no timer will match them', 'match'
FROM contact c WHERE c.state IN ({listed(WAITING)}) AND {_no_timer("c.queue", "match")} GROUP BY c.queue
UNION ALL
SELECT 'case:' || c.id, 'contact ' || c.id || ' waits and no timer will climb its ladder', 'ladder'
FROM contact c LEFT JOIN "case" k ON k.contact_id = c.id
WHERE c.state IN ({listed(WAITING)}) AND NOT c.outbound AND CAST(:ladder AS boolean) AND NOT {TAKEN}
  AND coalesce(k.acknowledged_at < c.waiting_since, true) AND {_no_timer("c.id::text", "ladder")}
UNION ALL
SELECT 'offer:' || o.id, 'offer ' || o.id || ' is ' || o.state || ' and no timer will move it', 'offer'
FROM offer o WHERE o.state IN ({listed(OFFER_HOLDS)}) AND {_no_timer("o.id::text", "offer")}
UNION ALL
SELECT 'page:' || p.id, 'page ' || p.id || ' is open and no timer will end it', 'page'
FROM page p WHERE p.state = 'open' AND {_no_timer("p.id::text", "page")}
UNION ALL
SELECT 'silence:' || c.id, 'contact ' || c.id || ' is connected and no timer will hear its silence', 'quiet'
FROM silence s JOIN contact c ON c.id = s.contact_id WHERE c.state = 'connected' AND {_no_timer("c.id::text", "quiet")}
UNION ALL
SELECT 'case:' || c.id, 'contact ' || c.id || ' was cut off and no timer will page anybody', 'ladder'
FROM "case" k JOIN contact c ON c.id = k.contact_id WHERE k.state = 'open' AND k.called_why = 'dropped'
  AND NOT (c.state = 'closed' AND c.disposition IS NOT NULL) AND {_no_timer("c.id::text", "ladder")}
UNION ALL
SELECT 'transfer:' || f.id, 'transfer ' || f.id || ' is ' || f.state || ' and no timer will move it', 'transfer'
FROM transfer f WHERE f.state IN ({listed(TRANSFER_OPEN)}) AND {_no_timer("f.id::text", "transfer")}
"""  # noqa: S608 - our own words alone

ROTA_WITHOUT_TIMER = f"""
SELECT 'request:' || r.id AS subject,
  'shift request ' || r.id || ' is ' || r.state || ' and no timer will move it' AS told, 'request' AS missing
FROM shift_request r WHERE r.state IN ({listed(REQUEST_OPEN)}) AND {_no_timer("r.id::text", "request")}
UNION ALL
SELECT 'duty:' || d.id, 'duty ' || d.id || ' is ' || d.state || ' and no timer will move it', 'duty'
FROM duty d WHERE d.state <> 'ended' AND {_no_timer("d.id::text", "duty")}
"""  # noqa: S608 - our own words alone

AFTERWARDS_WITHOUT_TIMER = f"""
SELECT 'sign_off:' || s.id AS subject,
  'sign-off ' || s.id || ' is ' || s.state || ' and no timer will ask for it' AS told, 'sign_off' AS missing
FROM sign_off s WHERE s.state <> 'signed' AND {_no_timer("s.id::text", "sign_off")}
UNION ALL
SELECT 'follow_up:' || u.id, 'follow-up ' || u.id || ' is agreed and no timer will make it', 'follow_up'
FROM follow_up u WHERE u.state = 'agreed' AND {_no_timer("u.id::text", "follow_up")}
"""  # noqa: S608 - our own words alone

CLOSED_UNSIGNED = """
SELECT 'contact:' || c.id AS subject, 'contact ' || c.id || ' was closed and nobody had signed it' AS told,
  NULL AS missing
FROM contact c JOIN sign_off s ON s.contact_id = c.id
WHERE c.state = 'closed' AND s.opened_at < c.ended_at AND (s.signed_at IS NULL OR s.signed_at > c.ended_at)
"""

RESCUE_WITHOUT_TIMER = f"""
SELECT 'rescue:' || r.id AS subject,
  'rescue ' || r.id || ' is ' || r.state || ' and no timer will have anybody reminded' AS told, 'rescue' AS missing
FROM rescue r WHERE r.state IN ({listed(RESCUE_OPEN)}) AND {_no_timer("r.id::text", "rescue")}
"""  # noqa: S608 - our own words alone

LIVE_AFTER_THE_END = f"""
SELECT 'leg:' || l.id AS subject, 'contact ' || c.id || ' is over and its leg ' || l.id || ' is ' || l.state
  || ' without a hang-up' AS told, NULL AS missing
FROM leg l JOIN contact c ON c.id = l.contact_id
WHERE c.ended_at IS NOT NULL AND l.state IN ({listed(LEG_UP)}) AND NOT EXISTS (
  SELECT 1 FROM command m WHERE m.leg_id = l.id AND m.kind = 'hang_up'
    AND m.state IN ('pending', 'sending', 'uncertain', 'sent'))
"""  # noqa: S608 - our own words alone

NOT_JOURNALLED = f"""
SELECT 'contact:' || c.id AS subject,
  CASE WHEN e.unfounded IS NULL
    THEN 'contact ' || c.id || ' is ' || c.state || ' and the journal says ' || coalesce(e.last, 'nothing')
    ELSE 'event ' || e.unfounded || ' has no reason' END AS told,
  NULL AS missing
FROM contact c CROSS JOIN LATERAL (
  SELECT (array_agg(what ORDER BY id DESC) FILTER (WHERE what IN (
      'contact.queued', 'contact.offered', 'contact.connected', 'contact.wrap_up', 'contact.closed',
      'contact.abandoned', 'contact.diverted')))[1] AS last,
    min(id) FILTER (WHERE what NOT IN ('contact.arrived', 'contact.language', 'contact.keeps_waiting')
      AND NOT reasons ? 'why') AS unfounded
  FROM event WHERE contact_id = c.id AND what LIKE 'contact.%') e
WHERE {RECENT} AND (e.last IS DISTINCT FROM 'contact.' || c.state OR e.unfounded IS NOT NULL)
"""  # noqa: S608 - our own words alone

STATES_DISAGREE = f"""
SELECT 'contact:' || c.id AS subject,
  'contact ' || c.id || ' is ' || c.state || ' with offers ' || coalesce(o.states, 'none') AS told, NULL AS missing
FROM contact c
LEFT JOIN LATERAL (SELECT string_agg(state, ',' ORDER BY state) AS states,
    count(*) FILTER (WHERE state IN ('pending', 'ringing')) AS asking,
    count(*) FILTER (WHERE state = 'accepted') AS accepted,
    count(*) FILTER (WHERE state = 'joined') AS joined,
    count(*) FILTER (WHERE state = 'bridged') AS bridged
  FROM offer WHERE contact_id = c.id) o ON true
WHERE {RECENT} AND (
   (c.state = 'queued' AND o.asking + o.accepted + o.bridged > 0)
   OR (c.state = 'offered' AND o.asking + o.accepted = 0)
   OR (c.state = 'connected' AND o.bridged <> 1)
   OR (c.state <> 'connected' AND o.joined > 0)
   OR (c.ended_at IS NOT NULL AND o.asking + o.accepted + o.bridged > 0))
"""  # noqa: S608 - our own words alone

WAITED_TOO_LONG = f"""
SELECT 'contact:' || c.id AS subject, 'contact ' || c.id || ' waited past its limit and was told nothing' AS told,
  'limit' AS missing
FROM contact c WHERE c.state IN ({listed(WAITING)}) AND c.limit_told_at IS NULL AND c.limit_at < {SOON} AND NOT {TAKEN}
"""  # noqa: S608 - our own words alone


APART = """
SELECT 'contact:' || c.id AS subject, 'contact ' || c.id || ' is with ' || c.carrier || ' and its leg ' || l.id
  || ' in the room with ' || l.carrier AS told, NULL AS missing
FROM contact c JOIN leg l ON l.contact_id = c.id
WHERE l.joined AND l.carrier <> c.carrier
"""

RULES: Mapping[str, tuple[FaultKind, str]] = {
    "every contact and offer has a timer": (FaultKind.STRANDED, WITHOUT_TIMER),
    "every request and duty has a timer": (FaultKind.STRANDED, ROTA_WITHOUT_TIMER),
    "every sign-off and follow-up has a timer": (FaultKind.STRANDED, AFTERWARDS_WITHOUT_TIMER),
    "nothing grave is closed unsigned": (FaultKind.STATES_DISAGREE, CLOSED_UNSIGNED),
    "every rescue has a timer": (FaultKind.STRANDED, RESCUE_WITHOUT_TIMER),
    "no leg outlives its contact": (FaultKind.LEG_LEFT, LIVE_AFTER_THE_END),
    "every transition is journalled": (FaultKind.NOT_JOURNALLED, NOT_JOURNALLED),
    "contacts and offers agree": (FaultKind.STATES_DISAGREE, STATES_DISAGREE),
    "the wait limit holds": (FaultKind.LIMIT_PASSED, WAITED_TOO_LONG),
    "no conversation spans two carriers": (FaultKind.STATES_DISAGREE, APART),
}

EVERY_QUESTION = text(
    " UNION ALL ".join(
        f"SELECT '{kind}', '{rule}', asked.subject, asked.told, asked.missing FROM ({question}) AS asked"  # noqa: S608 - our own words alone
        for rule, (kind, question) in RULES.items()
    )
)


def breaches(work: Work, since: datetime = EVER) -> list[Breach]:
    """Every rule that does not hold, for contacts that are not over or ended after `since`."""
    asked = {"now": work.now, "since": since, "ladder": bool(work.line().ladder.tiers_by_wait)}
    return [
        Breach(FaultKind(kind), rule, subject, told, TimerKind(missing) if missing else None)
        for kind, rule, subject, told, missing in work.session.execute(EVERY_QUESTION, asked)
    ]


def broken(work: Work, since: datetime = EVER) -> list[str]:
    """One sentence for each breach; empty when every rule holds."""
    return [f"{breach.rule}: {breach.told}" for breach in breaches(work, since)]
