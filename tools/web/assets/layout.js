// Where the panes are: columns of slots, each slot with its panes as tabs. The wide page has three columns, the narrow
// one a single one; a pane is the same element wherever it goes.

import { h } from "./dom.js";

const PLACES = [
  { from: 1240, columns: [[["sql"], ["rows", "debug", "why", "schema", "log"]], [["plan"], ["syntax", "names", "page"]], [["bytecode"], ["trees"]]], sizes: [[4, 5], [6, 4], [5, 5]] },
  { from: 720, columns: [[["sql"], ["plan", "syntax", "names", "schema"]], [["bytecode", "rows"], ["trees", "page", "debug", "why", "log"]]], sizes: [[4, 6], [5, 5]] },
  { from: 0, columns: [[["sql"], ["plan", "rows", "bytecode", "trees", "page", "debug", "why", "syntax", "names", "schema", "log"]]], sizes: [[3, 6]] },
];

export class Layout {
  constructor(frame, panes) {
    this.frame = frame;
    this.panes = panes;
    this.slots = [];
    this.place();
    addEventListener("resize", () => this.place());
  }

  place() {
    const wanted = PLACES.find((each) => innerWidth >= each.from);
    if (wanted === this.shown) return;
    const shown = this.slots.map((slot) => slot.current);
    this.shown = wanted;
    this.slots = [];
    const columns = wanted.columns.map((column, at) => this.column(column, wanted.sizes[at]));
    this.frame.replaceChildren(...between(columns, () => gutter("vertical")));
    for (const name of shown) if (name) this.bring(name, false);
  }

  column(slots, sizes) {
    const made = slots.map((names, at) => this.slot(names, sizes[at]));
    return h("div", { class: "column" }, ...between(made, () => gutter("horizontal")));
  }

  slot(names, size) {
    const known = names.filter((name) => this.panes.has(name));
    const slot = { names: known, current: known[0], tabs: new Map() };
    const list = h("div", { class: "tabs", role: "tablist" });
    for (const name of known) {
      const tab = h("button", {
        role: "tab", id: `tab-${name}`, "aria-controls": `pane-${name}`,
        onclick: () => this.bring(name), onkeydown: (event) => this.tabKey(event, slot, name),
      }, this.panes.get(name).title);
      slot.tabs.set(name, tab);
      list.append(tab);
    }
    const body = h("div", { class: "body" }, ...known.map((name) => this.panes.get(name).element));
    slot.element = h("section", { class: "slot" }, list, body);
    slot.element.style.flexGrow = size;
    this.slots.push(slot);
    this.mark(slot);
    return slot.element;
  }

  /** Show a pane in its slot. */
  bring(name, focus = true) {
    const slot = this.slots.find((each) => each.names.includes(name));
    if (!slot) return;
    slot.current = name;
    this.mark(slot);
    this.panes.get(name).shown?.();
    if (focus) slot.tabs.get(name).focus({ preventScroll: true });
  }

  areTogether(one, other) {
    return this.slots.some((slot) => slot.names.includes(one) && slot.names.includes(other));
  }

  isShown(name) {
    return this.slots.some((slot) => slot.current === name);
  }

  /** Go to a pane by keyboard: what it has to step through, or its tab. */
  enter(name) {
    this.bring(name, false);
    const { element } = this.panes.get(name);
    const able = [...element.querySelectorAll("textarea, [tabindex='0'], button, input")].find((each) => !each.disabled && each.offsetParent);
    (able ?? this.slots.find((each) => each.current === name).tabs.get(name)).focus();
  }

  order() {
    return this.slots.flatMap((slot) => slot.names);
  }

  mark(slot) {
    for (const name of slot.names) {
      const current = name === slot.current;
      const tab = slot.tabs.get(name);
      tab.setAttribute("aria-selected", current ? "true" : "false");
      tab.tabIndex = current ? 0 : -1;
      this.panes.get(name).element.hidden = !current;
    }
  }

  tabKey(event, slot, name) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    const { names } = slot;
    this.bring(names[(names.indexOf(name) + step + names.length) % names.length]);
  }
}

function between(items, make) {
  return items.flatMap((item, at) => (at ? [make(), item] : [item]));
}

/** What is between two parts, and moves the border between them. */
function gutter(kind) {
  const bar = h("div", { class: `gutter ${kind}`, role: "separator", tabindex: "0", "aria-orientation": kind, "aria-label": "Border between panes" });
  const along = kind === "vertical" ? "width" : "height";
  const move = (pixels) => {
    const [a, b] = [bar.previousElementSibling, bar.nextElementSibling];
    const [first, second] = [a, b].map((each) => each.getBoundingClientRect()[along]);
    const grown = [a, b].reduce((sum, each) => sum + (Number(each.style.flexGrow) || 1), 0);
    const size = Math.max(80, Math.min(first + second - 80, first + pixels));
    a.style.flexGrow = (grown * size) / (first + second);
    b.style.flexGrow = (grown * (first + second - size)) / (first + second);
  };
  bar.addEventListener("pointerdown", (event) => {
    bar.setPointerCapture(event.pointerId);
    let last = kind === "vertical" ? event.clientX : event.clientY;
    bar.onpointermove = (moved) => {
      const now = kind === "vertical" ? moved.clientX : moved.clientY;
      move(now - last);
      last = now;
    };
  });
  bar.addEventListener("pointerup", () => { bar.onpointermove = null; });
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -24, ArrowUp: -24, ArrowRight: 24, ArrowDown: 24 }[event.key];
    if (step) { event.preventDefault(); move(step); }
  });
  return bar;
}
