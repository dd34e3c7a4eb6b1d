// The program, loops indented; after a run how often each instruction was carried out, and where the time went.

import { Batches, count, h, heat, milliseconds } from "../dom.js";
import { lights } from "../lights.js";
import { session } from "../session.js";

export class BytecodePane {
  constructor() {
    this.title = "Bytecode";
    this.head = h("div", {});
    this.list = h("div", { role: "listbox", "aria-label": "Instructions", onkeydown: (event) => this.step(event) });
    this.batches = new Batches(this.list, () => lights.changed());
    this.listing = h("div", { class: "listing" }, this.head, this.list);
    this.cursors = h("div", { class: "chips", "aria-label": "Cursors" });
    this.element = h("div", { class: "pane" }, this.cursors, h("div", { class: "scroll" }, this.listing));
    session.addEventListener("look", () => this.draw());
    lights.addEventListener("lit", () => this.target());
  }

  draw() {
    const { look, figures } = session;
    if (look.chain === this.chain && figures === this.figures) return;
    this.chain = look.chain;
    this.figures = figures;
    const instructions = look.chain?.instructions ?? [];
    this.listing.classList.toggle("measured", figures !== null);
    const most = (figures?.instructions ?? []).reduce((found, one) => Math.max(found, one[3]), 1);
    this.head.replaceChildren(...(instructions.length ? [this.heading()] : []));
    this.batches.begin(instructions.length, (at) => this.line(instructions[at], look.indents[at], most));
    this.rows = this.batches.rows;
    this.rows[0]?.setAttribute("tabindex", "0");
    this.cursors.hidden = !look.chain?.cursors.length;
    this.cursors.replaceChildren(...(look.chain?.cursors ?? []).map((cursor) =>
      h("span", { class: "chip", key: cursor.id, tabindex: "0" }, `cursor ${cursor.id.slice(1)}`, cursor.tree ? h("b", {}, cursor.tree) : h("em", {}, "transient"))));
    lights.changed();
  }

  heading() {
    const ran = this.figures ? ["times", "time"] : [];
    return h("div", { class: "line heading", "aria-hidden": "true" }, ...["addr", "opcode", "p1", "p2", "p3", "p4", ...ran, "comment"].map((text) => h("span", {}, text)));
  }

  line(one, indent, most) {
    const figures = this.figures?.instructions[one.addr];
    const opcode = h("span", { class: "opcode" }, one.opcode);
    opcode.style.paddingInlineStart = `${(indent / 2) * 10}px`;
    const ran = !figures ? [] : [
      h("span", { class: "number" }, figures[0] ? count(figures[0]) : ""),
      h("span", { class: `number ${heat(figures[3] / most)}` }, figures[0] ? milliseconds(figures[3]).replace(" ms", "") : ""),
    ];
    return h("div", { class: `line ${figures && !figures[0] ? "never" : ""}`, role: "option", tabindex: "-1", key: one.id },
      h("span", { class: "number addr" }, String(one.addr)), opcode,
      ...[one.p1, one.p2, one.p3].map((value) => h("span", { class: "number" }, String(value))),
      h("span", { class: "p4" }, one.p4 === null ? "" : String(one.p4)), ...ran, h("span", { class: "comment" }, one.comment ?? ""));
  }

  /** Mark where the instruction that is pointed at may jump. */
  target() {
    if (lights.pinned !== null && this.batches.drawn < this.batches.size) this.reach();
    for (const row of this.targets ?? []) row.classList.remove("target");
    const key = lights.pointed ?? lights.pinned ?? "";
    const jumps = key[0] === "i" ? (session.look.jumps?.[key.slice(1)] ?? []) : [];
    this.targets = jumps.map((address) => this.rows?.[address]).filter(Boolean);
    for (const row of this.targets) row.classList.add("target");
  }

  reach() {
    const lit = [...lights.found.keys].filter((key) => key[0] === "i").map((key) => +key.slice(1));
    const first = Math.min(...lit);
    if (lit.length && first >= this.batches.drawn) {
      this.batches.more(first + 50);
      lights.show();
    }
  }

  step(event) {
    const at = this.rows.indexOf(event.target.closest(".line"));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: this.rows.length - 1 }[event.key];
    if (at < 0 || to === undefined || !this.rows[to] || event.ctrlKey) return;
    event.preventDefault();
    this.rows[at].tabIndex = -1;
    this.rows[to].tabIndex = 0;
    this.rows[to].focus();
  }
}
