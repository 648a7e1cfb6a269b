// Small steps on the document that leave it alone when nothing changed.

export const byId = (id) => document.getElementById(id);

/** A new element with attributes and children; strings become text. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setFlag(node, name, on) {
  if (node.hasAttribute(name) !== on) node.toggleAttribute(name, on);
}

export function setMark(node, name, value) {
  if (node.dataset[name] !== value) node.dataset[name] = value;
}

/** Keep one child per key, in the order of `keys`; `make(key)` builds a missing one. */
export function keepChildren(parent, keys, make) {
  const present = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const wanted = new Set(keys);
  for (const [key, child] of present) if (!wanted.has(key)) child.remove();
  keys.forEach((key, index) => {
    let child = present.get(key);
    if (!child) {
      child = make(key);
      child.dataset.key = key;
    }
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
}
