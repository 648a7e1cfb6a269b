// Starts the page: every state from the stream is shown by each part in turn.

import { addPhone } from "./api.js";
import { makeCard, updateCard } from "./card.js";
import { byId, keepChildren, setFlag, setMark, setText } from "./dom.js";
import { showFaults } from "./faults.js";
import { announce, showHub } from "./hub.js";
import { allowSound, ringAloud } from "./ring.js";
import { watch } from "./stream.js";
import { showTicker } from "./ticker.js";
import { drawWires } from "./wires.js";

let shown;

function show(state) {
  showCards(byId("callers"), state.phones.filter((phone) => phone.side === "caller"), state);
  showCards(byId("people"), state.phones.filter((phone) => phone.side !== "caller"), state);
  showHub(state);
  showCrowd(state.crowd);
  showFaults(state);
  showTicker(state);
  announce(shown, state);
  ringAloud(state.phones.some((phone) => phone.state === "ringing"));
  shown = state;
  drawWires(state);
}

function showCards(list, phones, state) {
  keepChildren(list, phones.map((phone) => phone.number), makeCard);
  phones.forEach((phone, index) => updateCard(list.children[index], phone, state));
}

function showCrowd(crowd) {
  setFlag(byId("crowd"), "hidden", crowd.phones === 0);
  setText(byId("crowd"), `and ${crowd.phones} more: ${crowd.ringing} ringing, ${crowd.connected} connected`);
}

function showLink(up) {
  setMark(byId("link"), "state", up ? "up" : "lost");
  setText(byId("link"), up ? "Live" : "Not live");
  setFlag(byId("lost"), "hidden", up);
  setText(byId("lost"), up ? "" : "The exchange has stopped answering. What you see is old; trying again…");
}

function redraw() {
  if (shown) drawWires(shown);
}

byId("sound").addEventListener("change", (event) => allowSound(event.target.checked));

byId("new-caller").addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = event.target.elements.name;
  if (await addPhone({ name: name.value.trim(), role: "Caller" })) name.value = "";
});

new ResizeObserver(redraw).observe(byId("board"));
addEventListener("scroll", () => requestAnimationFrame(redraw), { passive: true });
watch("/events", { onState: show, onLink: showLink });
