// Switches for a network that misbehaves, and for numbers that are dead.

import { move, setFaults } from "./api.js";
import { byId, el, keepChildren, setText } from "./dom.js";
import { spoken } from "./wording.js";

const FAULTS = [
  { name: "callbacks_copies", on: 2, off: 1, label: "Every notice arrives twice" },
  { name: "callbacks_out_of_order", on: true, off: false, label: "Notices arrive out of order" },
  { name: "lose_every_nth_callback", on: 3, off: 0, label: "Every third notice is lost" },
  { name: "lose_all_callbacks", on: true, off: false, label: "No notice arrives at all" },
  { name: "refuse_calls", on: true, off: false, label: "The carrier refuses every call" },
];

function toggle(label, onChange) {
  const box = el("input", { type: "checkbox", role: "switch" });
  box.addEventListener("change", () => onChange(box.checked));
  return el("label", { class: "switch" }, box, el("span", {}, label));
}

export function showFaults(state) {
  const faults = new Map(FAULTS.map((fault) => [fault.name, fault]));
  keepChildren(byId("faults"), [...faults.keys()], (name) => {
    const { label, on, off } = faults.get(name);
    return toggle(label, (thrown) => setFaults({ [name]: thrown ? on : off }));
  });
  for (const item of byId("faults").children) {
    const { name, off } = faults.get(item.dataset.key);
    item.querySelector("input").checked = state.faults[name] !== off;
  }
  showDead(state);
}

function showDead(state) {
  const phones = new Map(state.phones.map((phone) => [phone.number, phone]));
  const chips = byId("dead");
  keepChildren(chips, [...phones.keys()], (number) =>
    toggle("", (on) => move(number, "dead", { dead: on })));
  for (const chip of chips.children) {
    const phone = phones.get(chip.dataset.key);
    setText(chip.querySelector("span"), phone.name || spoken(phone.number));
    chip.querySelector("input").checked = phone.dead;
  }
}
