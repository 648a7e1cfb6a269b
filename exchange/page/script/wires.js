// The live legs, drawn as wires from the line in the middle to each phone's card.

import { byId } from "./dom.js";
import { stateOf } from "./card.js";
import { keyOf } from "./hub.js";

const SVG = "http://www.w3.org/2000/svg";
const CORNER = 12;
const INSET = 30;
const SPREAD = 5;

/** Wires are drawn behind the cards; a board too narrow for them hides the whole drawing by style. */
export function drawWires(state) {
  const svg = byId("wires");
  const legs = state.phones.filter((phone) => phone.state !== "idle");
  const paths = legs.map((phone, index) => wire(phone, index, state)).filter(Boolean);
  svg.replaceChildren(...paths.flat());
}

function wire(phone, index, state) {
  const card = document.querySelector(`li.phone[data-key="${phone.number}"]`);
  if (!card) return undefined;
  const talk = state.conversations.find((numbers) => numbers.includes(phone.number));
  const plug = talk
    ? document.querySelector(`.conversation[data-key="${keyOf(talk, state)}"]`)
    : byId("line");
  const points = route(place(plug), place(card), index);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", rounded(points));
  path.dataset.state = stateOf(phone);
  path.dataset.hue = plug.dataset.hue ?? "";
  const [x, y] = points.at(-1);
  const end = document.createElementNS(SVG, "circle");
  for (const [name, value] of [["cx", x], ["cy", y], ["r", 4.5]]) end.setAttribute(name, value);
  end.dataset.state = path.dataset.state;
  end.dataset.hue = path.dataset.hue;
  return [path, end];
}

function place(node) {
  const board = byId("board").getBoundingClientRect();
  const box = node.getBoundingClientRect();
  return {
    left: box.left - board.left, right: box.right - board.left,
    top: box.top - board.top, bottom: box.bottom - board.top,
    middle: (box.top + box.bottom) / 2 - board.top,
  };
}

/** Corner points from the plug to the card: straight into a neighbour, through the gaps above to a far one. */
function route(plug, card, index) {
  const shift = (index % 5 - 2) * SPREAD;
  if (card.right < plug.left) return sideways(plug.left, plug.middle + shift, card.right, card.top + INSET, -22 + shift);
  const column = firstColumn();
  const gutter = (plug.right + column) / 2 + shift;
  if (card.left - column < 4) return sideways(plug.right, plug.middle + shift, card.left, card.top + INSET, gutter - plug.right);
  const lane = card.top - 9 + shift / 2;
  const down = card.left + INSET;
  return [[plug.right, plug.middle + shift], [gutter, plug.middle + shift], [gutter, lane], [down, lane], [down, card.top]];
}

function firstColumn() {
  return place(byId("people")).left;
}

function sideways(fromX, fromY, toX, toY, turn) {
  return [[fromX, fromY], [fromX + turn, fromY], [fromX + turn, toY], [toX, toY]];
}

/** An SVG path through right-angled points, its corners rounded. */
function rounded(points) {
  const steps = [`M${points[0].join(" ")}`];
  for (let i = 1; i < points.length - 1; i += 1) {
    const [x, y] = points[i];
    steps.push(`L${towards(points[i], points[i - 1])}`, `Q${x} ${y} ${towards(points[i], points[i + 1])}`);
  }
  steps.push(`L${points.at(-1).join(" ")}`);
  return steps.join("");
}

function towards([x, y], [otherX, otherY]) {
  const length = Math.hypot(otherX - x, otherY - y);
  const part = length ? Math.min(CORNER, length / 2) / length : 0;
  return `${x + (otherX - x) * part} ${y + (otherY - y) * part}`;
}
