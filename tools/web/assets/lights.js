// What is pointed at, and what lights up for it. Whatever has a `data-key` can be pointed at, in any pane: by the mouse
// for as long as it stays, by a click or the keyboard until Escape.

import { Links } from "./links.js";
import { session } from "./session.js";

const OF_ROWS = /^(row|value|cell|field):/;

class Lights extends EventTarget {
  constructor() {
    super();
    this.pinned = null;
    this.pointed = null;
    this.links = new Links({}, null);
    this.elements = null;
    this.lit = [];
    session.addEventListener("look", () => this.renew());
    session.addEventListener("run", () => this.renew());
    session.addEventListener("origins", () => this.show());
  }

  /** Another chain: what was pointed at is gone. */
  renew() {
    this.links = new Links(session.look.stale ? {} : session.look, session.figures);
    this.pinned = this.pointed = null;
    document.body.classList.toggle("stale", Boolean(session.look.stale));
    this.changed();
    this.show();
  }

  /** Elements were made or went. */
  changed() {
    this.elements = null;
  }

  point(key) {
    if (key === this.pointed) return;
    this.pointed = key;
    this.show();
  }

  /** Keep a key lit, and bring what belongs to it into view elsewhere; the same key again lets it go. */
  pin(key, from = null) {
    this.pinned = key === this.pinned ? null : key;
    this.pointed = null;
    this.show();
    if (this.pinned !== null) this.reveal(from?.closest(".scroll"));
  }

  show() {
    const key = this.pointed ?? this.pinned;
    if (OF_ROWS.test(key ?? "")) session.trace();
    this.found = this.links.of(key, session.rows);
    for (const element of this.lit) element.classList.remove("lit", "here");
    this.lit = [];
    if (key !== null) {
      const all = this.byKey();
      for (const each of this.found.keys) {
        for (const element of all.get(each) ?? []) {
          element.classList.add("lit");
          if (each === key) element.classList.add("here");
          this.lit.push(element);
        }
      }
    }
    this.dispatchEvent(new Event("lit"));
  }

  /** Scroll each pane to the first thing that is lit, where none of it is in view. */
  reveal(here = null) {
    const panes = new Map();
    for (const element of this.lit) {
      const pane = element.closest(".scroll");
      if (pane !== null && pane !== here && !panes.has(pane)) panes.set(pane, element);
    }
    for (const [pane, element] of panes) {
      const [box, view] = [element.getBoundingClientRect(), pane.getBoundingClientRect()];
      if (view.height && (box.top < view.top || box.bottom > view.bottom)) pane.scrollTop += box.top - view.top - view.height / 3;
    }
  }

  byKey() {
    if (this.elements === null) {
      this.elements = new Map();
      for (const element of document.querySelectorAll("[data-key]")) {
        const { key } = element.dataset;
        if (!this.elements.has(key)) this.elements.set(key, []);
        this.elements.get(key).push(element);
      }
    }
    return this.elements;
  }

  /** Listen to what happens in a pane. */
  watch(pane) {
    pane.addEventListener("pointerover", (event) => this.point(keyOf(event.target)));
    pane.addEventListener("pointerleave", () => this.point(null));
    pane.addEventListener("click", (event) => {
      const key = keyOf(event.target);
      if (key !== null && !event.target.closest("button, input, select, a")) this.pin(key, event.target);
    });
    pane.addEventListener("focusin", (event) => {
      if (event.target.matches(":focus-visible")) this.point(keyOf(event.target));
    });
    pane.addEventListener("focusout", () => this.point(null));
  }
}

function keyOf(element) {
  return element.closest?.("[data-key]")?.dataset.key ?? null;
}

export const lights = new Lights();
