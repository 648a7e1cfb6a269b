// One phone as a card: what state it is in, what it hears, its texts and its buttons.

import { move } from "./api.js";
import { byId, el, keepChildren, setFlag, setMark, setText } from "./dom.js";
import { nameOf, spoken, timeOfDay, together } from "./wording.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#"];
const HEARD_SHOWN = 3;

/** "idle", "ringing", "dialling", "holding" or "talking": what a person would call it. */
export function stateOf(phone) {
  if (phone.state !== "connected") return phone.state;
  return phone.with.length ? "talking" : "holding";
}

export function makeCard(number) {
  const card = byId("phone-card").content.firstElementChild.cloneNode(true);
  const title = card.querySelector(".name");
  title.id = `phone-${number.slice(1)}`;
  card.setAttribute("aria-labelledby", title.id);
  card.querySelector(".composer label").htmlFor = `words-${number.slice(1)}`;
  card.querySelector(".composer input").id = `words-${number.slice(1)}`;
  wireActions(card, number);
  wireKeys(card, number);
  wireComposer(card, number);
  return card;
}

function wireActions(card, number) {
  card.querySelector(".actions").addEventListener("click", (event) => {
    const action = event.target.closest("button")?.dataset.do;
    if (action) move(number, action);
  });
}

function wireKeys(card, number) {
  const keys = card.querySelector(".keys");
  const pressed = keys.querySelector(".pressed");
  const press = (key) => {
    pressed.textContent = (pressed.textContent + key).slice(-12);
    move(number, "press", { keys: key });
  };
  for (const key of KEYS) {
    const button = el("button", { type: "button" }, key);
    button.addEventListener("click", () => press(key));
    keys.append(button);
  }
  keys.addEventListener("keydown", (event) => {
    if (KEYS.includes(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) press(event.key);
  });
}

function wireComposer(card, number) {
  const form = card.querySelector(".composer");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const words = form.elements.words.value.trim();
    if (!words) return;
    const done = event.submitter?.value === "say"
      ? await move(number, "say", { words })
      : await move(number, "text", { body: words });
    if (done) form.elements.words.value = "";
  });
}

/** Bring a card to what the exchange says now, leaving focus and half-written words alone. */
export function updateCard(card, phone, state) {
  const doing = stateOf(phone);
  setMark(card, "state", doing);
  setFlag(card, "data-dead", phone.dead);
  setText(card.querySelector(".name"), phone.name || spoken(phone.number));
  setText(card.querySelector(".role"), phone.role);
  setText(card.querySelector(".number"), spoken(phone.number));
  setText(card.querySelector(".state"), wordsFor(doing, phone, state));
  showActions(card, doing, phone);
  showHeard(card, doing, phone);
  showThread(card, phone, state);
  showComposer(card, doing, phone);
}

function wordsFor(doing, phone, state) {
  const others = phone.with.map((number) => nameOf(number, state));
  if (phone.dead) return "Number dead";
  return {
    idle: "",
    ringing: "Ringing",
    dialling: "Calling…",
    holding: "On the line, alone",
    talking: `With ${together(others)}`,
  }[doing];
}

function showActions(card, doing, phone) {
  const held = card.querySelector(".actions").contains(document.activeElement);
  for (const button of card.querySelectorAll(".actions button")) {
    setFlag(button, "hidden", !button.dataset.when.split(" ").includes(doing));
    if (button.dataset.do === "call") button.classList.toggle("main", phone.side === "caller");
  }
  if (held && document.activeElement.hidden) card.querySelector(".actions button:not([hidden])")?.focus();
  const connected = doing === "holding" || doing === "talking";
  const keys = card.querySelector(".keys");
  if (!connected) setText(keys.querySelector(".pressed"), "");
  setFlag(keys, "hidden", !connected);
}

function showHeard(card, doing, phone) {
  const heard = card.querySelector(".heard");
  const connected = doing === "holding" || doing === "talking";
  const last = phone.heard.slice(connected ? -HEARD_SHOWN : -1);
  setFlag(heard, "hidden", last.length === 0);
  setFlag(heard, "data-over", !connected);
  heard.setAttribute("aria-live", card.contains(document.activeElement) ? "polite" : "off");
  keepChildren(heard, last.map((sentence) => sentence.id), (id) =>
    el("p", {}, captionOf(last.find((sentence) => sentence.id === id).text)));
}

const captionOf = (text) => (text === "♪" ? "♪ music" : text);

function showThread(card, phone, state) {
  const thread = card.querySelector(".thread");
  setFlag(thread, "hidden", phone.texts.length === 0);
  thread.setAttribute("aria-label", `Texts of ${phone.name || spoken(phone.number)}`);
  const newest = thread.lastElementChild?.dataset.key;
  keepChildren(thread, phone.texts.map((text) => text.id), (id) => {
    const text = phone.texts.find((one) => one.id === id);
    const writer = text.sent ? "" : `${nameOf(text.from, state)} · `;
    return el("li", { class: text.sent ? "sent" : "received" },
      el("p", {}, text.body), el("small", {}, writer + timeOfDay(text.at)));
  });
  if (thread.lastElementChild?.dataset.key !== newest) thread.scrollTop = thread.scrollHeight;
}

function showComposer(card, doing, phone) {
  const connected = doing === "holding" || doing === "talking";
  const [label, input, , say] = card.querySelectorAll(".composer label, .composer input, .composer button");
  const who = phone.name || spoken(phone.number);
  setText(label, connected ? `Words ${who} says or texts` : `Text from ${who} to the line`);
  const placeholder = connected ? "Words…" : "Text the line…";
  if (input.placeholder !== placeholder) input.placeholder = placeholder;
  setFlag(say, "hidden", !connected);
}
