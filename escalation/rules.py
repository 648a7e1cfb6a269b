"""The rules that may never break, as questions to the database: asked after every drill, and while the line runs."""

from __future__ import annotations

from sqlalchemy import text

from helpline.database import Work

WITHOUT_TIMER = """
SELECT 'contact ' || c.id || ' is ' || c.state || ' and no timer will move it' FROM contact c
WHERE c.ended_at IS NULL AND NOT EXISTS (
  SELECT 1 FROM timer t WHERE t.subject = c.id::text AND t.kind IN ('limit', 'decide', 'presence'))
UNION ALL
SELECT 'offer ' || o.id || ' is ' || o.state || ' and no timer will move it' FROM offer o
WHERE o.state IN ('pending', 'ringing', 'accepted', 'joined', 'bridged', 'wrapping') AND NOT EXISTS (
  SELECT 1 FROM timer t WHERE t.subject = o.id::text AND t.kind = 'offer')
UNION ALL
SELECT 'transfer ' || f.id || ' is ' || f.state || ' and no timer will move it' FROM transfer f
WHERE f.state IN ('asked', 'joined') AND NOT EXISTS (
  SELECT 1 FROM timer t WHERE t.subject = f.id::text AND t.kind = 'transfer')
"""

LIVE_AFTER_THE_END = """
SELECT 'contact ' || c.id || ' is over and its leg ' || l.id || ' is ' || l.state || ' without a hang-up'
FROM contact c JOIN leg l ON l.contact_id = c.id
WHERE c.ended_at IS NOT NULL AND l.state NOT IN ('ended', 'passed_on') AND NOT EXISTS (
  SELECT 1 FROM command m WHERE m.leg_id = l.id AND m.kind = 'hang_up'
    AND m.state IN ('pending', 'sending', 'uncertain', 'sent'))
"""

NOT_JOURNALLED = """
SELECT 'contact ' || c.id || ' is ' || c.state || ' and the journal says ' || coalesce(e.what, 'nothing')
FROM contact c LEFT JOIN LATERAL (
  SELECT what FROM event WHERE contact_id = c.id AND what IN (
    'contact.queued', 'contact.offered', 'contact.connected', 'contact.wrap_up', 'contact.closed',
    'contact.abandoned', 'contact.diverted') ORDER BY id DESC LIMIT 1) e ON true
WHERE e.what IS DISTINCT FROM 'contact.' || c.state
UNION ALL
SELECT 'event ' || id || ' has no reason' FROM event
WHERE what LIKE 'contact.%' AND what NOT IN ('contact.arrived', 'contact.language', 'contact.keeps_waiting')
  AND NOT reasons ? 'why'
"""

STATES_DISAGREE = """
SELECT 'contact ' || c.id || ' is ' || c.state || ' with offers ' || coalesce(o.states, 'none') FROM contact c
LEFT JOIN LATERAL (SELECT string_agg(state, ',' ORDER BY state) AS states,
    count(*) FILTER (WHERE state IN ('pending', 'ringing')) AS asking,
    count(*) FILTER (WHERE state = 'accepted') AS accepted,
    count(*) FILTER (WHERE state = 'joined') AS joined,
    count(*) FILTER (WHERE state = 'bridged') AS bridged
  FROM offer WHERE contact_id = c.id) o ON true
WHERE (c.state = 'queued' AND o.asking + o.accepted + o.bridged > 0)
   OR (c.state = 'offered' AND o.asking + o.accepted = 0)
   OR (c.state = 'connected' AND o.bridged <> 1)
   OR (c.state <> 'connected' AND o.joined > 0)
   OR (c.ended_at IS NOT NULL AND o.asking + o.accepted + o.bridged > 0)
"""

WAITED_TOO_LONG = """
SELECT 'contact ' || id || ' waited past its limit and was told nothing' FROM contact
WHERE state IN ('arrived', 'queued', 'offered') AND limit_told_at IS NULL
  AND limit_at < CAST(:now AS timestamptz) - interval '15 seconds'
  AND NOT EXISTS (SELECT 1 FROM offer o WHERE o.contact_id = contact.id AND o.state IN ('accepted', 'bridged'))
"""

APART = """
SELECT 'contact ' || c.id || ' is with ' || c.carrier || ' and its leg ' || l.id || ' in the room with ' || l.carrier
FROM contact c JOIN leg l ON l.contact_id = c.id
WHERE l.joined AND l.carrier <> c.carrier
"""

RULES = {
    "every contact and offer has a timer": WITHOUT_TIMER,
    "no leg outlives its contact": LIVE_AFTER_THE_END,
    "every transition is journalled": NOT_JOURNALLED,
    "contacts and offers agree": STATES_DISAGREE,
    "the wait limit holds": WAITED_TOO_LONG,
    "no conversation spans two carriers": APART,
}

EVERY_QUESTION = text(
    " UNION ALL ".join(
        f"SELECT '{rule}', asked.breach FROM ({question}) AS asked (breach)"  # noqa: S608 - our own words alone
        for rule, question in RULES.items()
    )
)


def broken(work: Work) -> list[str]:
    """One sentence for each breach; empty when every rule holds."""
    return [f"{rule}: {breach}" for rule, breach in work.session.execute(EVERY_QUESTION, {"now": work.now})]
