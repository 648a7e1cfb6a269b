// Requests that move a phone or a fault. A refusal is shown, never swallowed.

import { byId, setFlag, setText } from "./dom.js";

const SHOWN_MS = 6000;
let hiding;

function show(words) {
  const refusal = byId("refusal");
  clearTimeout(hiding);
  setText(refusal, words);
  setFlag(refusal, "hidden", false);
  hiding = setTimeout(() => setFlag(refusal, "hidden", true), SHOWN_MS);
}

async function post(path, body) {
  const reply = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body ?? {}),
  });
  const answer = await reply.json().catch(() => ({}));
  if (!reply.ok) throw new Error(answer.error || `The exchange answered ${reply.status}.`);
  return answer;
}

async function ask(path, body) {
  try {
    return await post(path, body);
  } catch (refusal) {
    show(refusal.message);
    return undefined;
  }
}

export const move = (number, action, body) => ask(`/phones/${encodeURIComponent(number)}/${action}`, body);
export const addPhone = (phone) => ask("/phones", phone);
export const setFaults = (faults) => ask("/faults", faults);
