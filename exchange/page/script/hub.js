// The line itself: its number, a hint when it is quiet, and who is talking with whom.

import { byId, el, keepChildren, setFlag, setMark, setText } from "./dom.js";
import { nameOf, spoken, together } from "./wording.js";

/** One key per conversation, stable while people join and leave it: the caller's number where there is one. */
export function keyOf(conversation, state) {
  const sides = new Map(state.phones.map((phone) => [phone.number, phone.side]));
  return conversation.find((number) => sides.get(number) === "caller") ?? conversation[0];
}

export function showHub(state) {
  setText(byId("line-name"), state.line.name || "The line");
  setText(byId("line-number"), spoken(state.line.number));
  const quiet = state.phones.every((phone) => phone.state === "idle");
  setFlag(byId("line-hint"), "hidden", !quiet);
  setMark(byId("line"), "busy", String(!quiet));
  showRinging(state);
  showConversations(state);
}

function showRinging(state) {
  const ringing = state.phones.filter((phone) => phone.state === "ringing").map((phone) => phone.number);
  setFlag(byId("ringing"), "hidden", ringing.length === 0);
  keepChildren(byId("ringing"), ringing, (number) => {
    const link = el("a", { href: `#phone-${number.slice(1)}` }, nameOf(number, state));
    return el("li", {}, link, " rings");
  });
}

function showConversations(state) {
  const talks = new Map(state.conversations.map((numbers) => [keyOf(numbers, state), numbers]));
  const list = byId("conversations");
  keepChildren(list, [...talks.keys()], () => el("li", { class: "conversation" }));
  [...list.children].forEach((item, index) => {
    const names = talks.get(item.dataset.key).map((number) => nameOf(number, state));
    setText(item, `${together(names)} are talking`);
    setMark(item, "hue", String(index % 3));
  });
}

/** Say in words, once each, what a sighted person sees change. */
export function announce(before, after) {
  const news = [];
  const was = new Map((before?.phones ?? []).map((phone) => [phone.number, phone.state]));
  for (const phone of after.phones) {
    if (phone.state === "ringing" && was.get(phone.number) !== "ringing") news.push(`${phone.name || spoken(phone.number)}’s phone rings.`);
  }
  const talked = new Set((before?.conversations ?? []).map((numbers) => numbers.join()));
  for (const numbers of after.conversations) {
    if (!talked.has(numbers.join())) news.push(`${together(numbers.map((number) => nameOf(number, after)))} are talking.`);
  }
  if (before && news.length) byId("announcer").textContent = news.join(" ");
}
