// A tree as rows, opened and closed, stepped through by the arrow keys. Only what is open is in the document, and of
// that a few hundred rows at a time, so that a tree of any size is drawn at once.

import { Batches, h } from "../dom.js";
import { lights } from "../lights.js";

const OPEN_AT_FIRST = 240;

export class Outline {
  /**
   * @param label what the tree is called
   * @param row what an item's row holds: nodes
   * @param key what an item is pointed at by
   */
  constructor({ label, row, key, className = "" }) {
    this.row = row;
    this.key = key;
    this.element = h("div", { class: `outline ${className}`, role: "tree", "aria-label": label, onkeydown: (event) => this.step(event), onclick: (event) => this.clicked(event) });
    this.opened = new Set();
    this.batches = new Batches(this.element, () => lights.changed());
  }

  /** Show a tree: its roots, and what is below an item. */
  show(roots, children) {
    this.roots = roots;
    this.children = children;
    this.opened = new Set();
    let waiting = [...roots];
    let drawn = waiting.length;
    while (waiting.length && drawn < OPEN_AT_FIRST) {
      const below = [];
      for (const item of waiting) {
        const inside = children(item);
        if (!inside.length || drawn + inside.length > OPEN_AT_FIRST * 2) continue;
        this.opened.add(item);
        drawn += inside.length;
        below.push(...inside);
      }
      waiting = below;
    }
    this.draw();
  }

  draw(focus = null) {
    this.visible = [];
    const waiting = this.roots.map((item) => [item, 1]).reverse();
    while (waiting.length) {
      const [item, level] = waiting.pop();
      this.visible.push([item, level]);
      if (this.opened.has(item)) waiting.push(...this.children(item).map((each) => [each, level + 1]).reverse());
    }
    this.rows = new Map();
    this.batches.begin(this.visible.length, (at) => this.made(...this.visible[at]));
    (this.rows.get(focus) ?? this.element.firstElementChild)?.setAttribute("tabindex", "0");
    if (focus !== null) this.rows.get(focus)?.focus();
  }

  made(item, level) {
    const inside = this.children(item).length > 0;
    const row = h("div", {
      class: "row", role: "treeitem", tabindex: "-1", key: this.key(item), "aria-level": level,
      "aria-expanded": inside ? String(this.opened.has(item)) : null,
    }, h("span", { class: "twist", "aria-hidden": "true" }), ...this.row(item));
    row.style.setProperty("--level", level - 1);
    this.rows.set(item, row);
    row.item = item;
    return row;
  }

  toggle(item, open = !this.opened.has(item)) {
    if (open) this.opened.add(item);
    else this.opened.delete(item);
    this.draw(item);
  }

  clicked(event) {
    const row = event.target.closest(".row");
    if (row && event.target.classList.contains("twist") && row.hasAttribute("aria-expanded")) {
      event.stopPropagation();
      this.toggle(row.item);
    }
  }

  step(event) {
    const row = event.target.closest(".row");
    if (!row || event.ctrlKey || event.altKey) return;
    const { item } = row;
    const at = this.visible.findIndex(([each]) => each === item);
    const isOpen = this.opened.has(item);
    const go = (to) => {
      if (to >= this.batches.drawn) this.batches.more();
      const target = this.rows.get(this.visible[to]?.[0]);
      if (!target) return;
      row.tabIndex = -1;
      target.tabIndex = 0;
      target.focus();
    };
    if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(this.batches.drawn - 1);
    else if (event.key === "ArrowRight" && this.children(item).length) {
      if (isOpen) go(at + 1);
      else this.toggle(item, true);
    } else if (event.key === "ArrowLeft") {
      const [, level] = this.visible[at];
      if (isOpen) this.toggle(item, false);
      else for (let up = at - 1; up >= 0; up--) if (this.visible[up][1] < level) { go(up); break; }
    } else return;
    event.preventDefault();
  }
}
