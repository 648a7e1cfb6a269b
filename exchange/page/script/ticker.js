// The last exchanges between the carrier and the line, newest first.

import { byId, el, keepChildren, setFlag, setMark } from "./dom.js";
import { nameOf, timeOfDay } from "./wording.js";

export function showTicker(state) {
  const lines = new Map(state.ticker.map((line) => [line.id, line]));
  setFlag(byId("ticker-empty"), "hidden", lines.size > 0);
  keepChildren(byId("ticker"), [...lines.keys()].reverse(), (id) => row(lines.get(id), state));
}

function row(line, state) {
  const took = line.ms === null ? "" : `, ${line.ms} ms`;
  const what = el("td", {}, line.what);
  if (line.detail) what.append(el("small", {}, line.detail));
  const entry = el("tr", {},
    el("td", {}, timeOfDay(line.at)),
    what,
    el("td", {}, line.number ? nameOf(line.number, state) : ""),
    el("td", {}, line.answer + took));
  setMark(entry, "mood", line.mood);
  return entry;
}
