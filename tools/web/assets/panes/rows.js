// The rows, a page at a time, as they come.

import { count, h } from "../dom.js";
import { lights } from "../lights.js";
import { session } from "../session.js";

const PAGE = 100;
const NAMES = { i: "integer", r: "real", t: "text", b: "blob", n: "null" };

export class RowsPane {
  constructor() {
    this.title = "Rows";
    this.page = 0;
    this.place = h("span", {});
    const turn = (text, label, to) => h("button", { "aria-label": label, title: label, onclick: () => this.turn(to()) }, text);
    this.number = h("input", { type: "number", min: "1", "aria-label": "Row", placeholder: "go to row", onchange: () => this.turn(Math.floor((this.number.value - 1) / PAGE)) });
    this.bar = h("div", { class: "turn", hidden: true },
      turn("«", "First rows", () => 0), turn("‹", "Rows before", () => this.page - 1),
      turn("›", "Next rows", () => this.page + 1), turn("»", "Last rows", () => this.last()), this.place, this.number);
    this.body = h("div", { class: "scroll" }, h("p", { class: "empty" }, "Run the statement to see its rows: Ctrl+Enter."));
    this.element = h("div", { class: "pane" }, this.bar, this.body);
    session.addEventListener("run", () => this.changed());
  }

  last() {
    return Math.max(Math.ceil((session.run?.kept ?? 0) / PAGE) - 1, 0);
  }

  changed() {
    const { run } = session;
    if (run === null || run === undefined) {
      this.shownRun = undefined;
      this.bar.hidden = true;
      this.body.replaceChildren(h("p", { class: "empty" }, "Run the statement to see its rows: Ctrl+Enter."));
      return;
    }
    if (run.problem && !run.count) {
      this.bar.hidden = true;
      this.body.replaceChildren(h("p", { class: "problem" }, run.problem.message, run.problem.hint ? h("em", {}, ` ${run.problem.hint}`) : ""));
      return;
    }
    if (run.run === undefined) return;
    if (run.run !== this.shownRun) this.page = 0;
    const fresh = run.run !== this.shownRun || !run.running || this.waits;
    this.shownRun = run.run;
    this.describe();
    if (fresh) this.turn(this.page);
  }

  describe() {
    const { kept, count: all, running } = session.run;
    const first = this.page * PAGE + 1;
    this.bar.hidden = all === 0;
    const shown = `rows ${count(first)}–${count(Math.min(first + PAGE - 1, kept))} of ${count(all)}`;
    this.place.textContent = `${shown}${running ? " so far" : ""}${kept < all && !running ? `, the first ${count(kept)} kept` : ""}`;
    this.number.hidden = kept <= PAGE;
  }

  async turn(page) {
    const { run } = session;
    this.page = Math.max(0, Math.min(page || 0, this.last()));
    const answer = await session.ask("rows", { run: run.run, page: this.page });
    if (answer === null || session.run?.run !== run.run) return;
    const rows = JSON.parse(answer.rows);
    this.waits = rows.length < PAGE && run.running;
    this.describe();
    this.draw(rows);
  }

  draw(rows) {
    const { run, look } = session;
    const names = run.results ?? look.results ?? [];
    if (!rows.length) {
      const { changes } = run.figures ?? {};
      this.body.replaceChildren(h("p", { class: "empty" }, run.running ? "No rows yet." : changes === null || changes === undefined ? "No rows." : `${count(changes)} rows changed.`));
      return;
    }
    const first = this.page * PAGE + 1;
    const width = rows[0].length;
    this.body.replaceChildren(h("table", { class: "grid rows" },
      h("thead", {}, h("tr", {}, h("th", {}), ...Array.from({ length: width }, (_, at) => h("th", { key: `col:${at}`, tabindex: "0" }, names[at] ?? "")))),
      h("tbody", {}, ...rows.map((row, at) => h("tr", {}, h("td", { class: "index" }, count(first + at)), ...row.map((value, column) => shown(value, column)))))));
    this.body.scrollTop = 0;
    lights.changed();
  }
}

/** The cell of a value. */
export function shown(value, column) {
  const [text, size] = value.slice(1).split("\0");
  const whole = value[0] === "n" ? "NULL" : value[0] === "b" ? `x'${text}'` : text;
  return h("td", { class: `v-${NAMES[value[0]]}`, key: `col:${column}`, title: size ? `${size} in all` : null }, whole, size ? h("em", {}, ` … ${size}`) : "");
}
