"""How the cost of one decision grows with the people on duty, as figures and as a picture for the docs.

    .venv/bin/python bench/routing_curve.py docs/routing-cost.svg

Each point is `helpline bench routing --peers P --waiting 500`, run so often that its median settles.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from entrypoints.bench.routing import run

PEERS = (100, 200, 500, 1000, 2000, 5000, 10_000)
WAITING = 500
GOAL_MS = 5.0
WIDTH, HEIGHT, MARGIN = 680, 420, 76
LOWEST, HIGHEST = 0.01, 1000.0

Series = tuple[str, str, Sequence[float]]


def measured() -> dict[str, list[float]]:
    """Milliseconds of one decision at the 99th percentile, and of a whole pass over 500 contacts at the median."""
    found: dict[str, list[float]] = {"p50": [], "p99": [], "pass": []}
    for peers in PEERS:
        figures = run(peers, WAITING, least_seconds=5.0)
        found["p50"].append(figures["p50_ms"])
        found["p99"].append(figures["p99_ms"])
        found["pass"].append(figures["pass_p50_ms"])
        p50, p99, whole = (figures[name] for name in ("p50_ms", "p99_ms", "pass_p50_ms"))
        click.echo(f"{peers:>6} people  p50 {p50:.3f} ms  p99 {p99:.3f} ms  pass {whole:.1f} ms")
    return found


def picture(found: dict[str, list[float]]) -> str:
    """Both axes are logarithmic: whatever grows with the number of people alone is a straight line of slope one."""
    lines: list[Series] = [
        ("a whole pass over 500 who wait, median", "#7a5195", found["pass"]),
        ("one decision, 99th percentile", "#d45087", found["p99"]),
        ("one decision, median", "#2f4b7c", found["p50"]),
    ]
    body = [*_axes(), *_goal()]
    for number, (name, colour, values) in enumerate(lines):
        points = " ".join(f"{_x(peers):.1f},{_y(ms):.1f}" for peers, ms in zip(PEERS, values, strict=True))
        body.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        body += [
            f'<circle cx="{_x(peers):.1f}" cy="{_y(ms):.1f}" r="3.5" fill="{colour}"/>'
            for peers, ms in zip(PEERS, values, strict=True)
        ]
        body.append(f'<text x="{MARGIN + 12}" y="{MARGIN + 18 * number}" fill="{colour}">{name}</text>')
    style = "font-family: system-ui, sans-serif; font-size: 13px; background: #fff"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" style="{style}" role="img">'
    title = "<title>Cost of routing by people on duty</title>"
    return "\n".join([head, title, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>', *body, "</svg>"]) + "\n"


def _axes() -> Iterator[str]:
    for peers in (100, 1000, 10_000):
        yield f'<line x1="{_x(peers)}" y1="{_y(LOWEST)}" x2="{_x(peers)}" y2="{_y(HIGHEST)}" stroke="#ddd"/>'
        yield f'<text x="{_x(peers)}" y="{HEIGHT - MARGIN + 20}" text-anchor="middle" fill="#444">{peers:,}</text>'
    yield f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle" fill="#444">people on duty</text>'
    for ms in (0.01, 0.1, 1, 10, 100, 1000):
        yield f'<line x1="{_x(PEERS[0])}" y1="{_y(ms)}" x2="{_x(PEERS[-1])}" y2="{_y(ms)}" stroke="#ddd"/>'
        yield f'<text x="{MARGIN - 8}" y="{_y(ms) + 4}" text-anchor="end" fill="#444">{ms:g} ms</text>'


def _goal() -> Iterator[str]:
    y = _y(GOAL_MS)
    yield f'<line x1="{_x(PEERS[0])}" y1="{y}" x2="{_x(PEERS[-1])}" y2="{y}" stroke="#2a9d3a" stroke-dasharray="6 4"/>'
    yield f'<text x="{_x(PEERS[-1])}" y="{y - 6}" text-anchor="end" fill="#2a9d3a">goal for one decision: 5 ms</text>'


def _x(peers: float) -> float:
    span = math.log10(PEERS[-1] / PEERS[0])
    return round(MARGIN + 8 + (WIDTH - 2 * MARGIN) * math.log10(peers / PEERS[0]) / span, 1)


def _y(ms: float) -> float:
    share = math.log10(max(ms, LOWEST) / LOWEST) / math.log10(HIGHEST / LOWEST)
    return round(HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN + 20) * share, 1)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(picture(measured()), encoding="utf-8")
