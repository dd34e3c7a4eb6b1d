// The rows, a page at a time, as they come.

import { count, counted, h } from "../dom.js";
import { lights } from "../lights.js";
import { session } from "../session.js";

const PAGE = 100;
const SHOWN = 12; // cells that are named
const NAMES = { i: "integer", r: "real", t: "text", b: "blob", n: "null" };

export class RowsPane {
  /**
   * @param open opens a page, with a cell marked
   * @param missing asks for a row that is missing
   */
  constructor(open, missing) {
    this.open = open;
    this.missing = missing;
    this.title = "Rows";
    this.page = 0;
    this.place = h("span", {});
    const turn = (text, label, to) => h("button", { "aria-label": label, title: label, onclick: () => this.turn(to()) }, text);
    this.number = h("input", { type: "number", min: "1", "aria-label": "Row", placeholder: "go to row", onchange: () => this.turn(Math.floor((this.number.value - 1) / PAGE)) });
    this.bar = h("div", { class: "turn", hidden: true },
      turn("«", "First rows", () => 0), turn("‹", "Rows before", () => this.page - 1),
      turn("›", "Next rows", () => this.page + 1), turn("»", "Last rows", () => this.last()), this.place, this.number,
      h("span", { class: "grow" }), h("button", { onclick: missing }, "a row missing?"));
    this.body = h("div", { class: "scroll" }, h("p", { class: "empty" }, "Run the statement to see its rows: Ctrl+Enter."));
    this.origins = h("div", { class: "chips origins", "aria-label": "Where it was read from", hidden: true });
    this.element = h("div", { class: "pane" }, this.bar, this.body, this.origins);
    session.addEventListener("run", () => this.changed());
    lights.addEventListener("lit", () => this.tell());
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
      this.body.replaceChildren(h("p", { class: "empty" }, run.running ? "No rows yet." : changes === null || changes === undefined ? "No rows." : `${counted(changes, "row")} changed.`,
        run.running || !run.chain || run.writes ? "" : h("button", { onclick: this.missing }, "a row missing?")));
      return;
    }
    const first = this.page * PAGE + 1;
    const width = rows[0].length;
    session.showRows(this.page, first - 1, rows.length);
    this.body.replaceChildren(h("table", { class: "grid rows" },
      h("thead", {}, h("tr", {}, h("th", {}), ...Array.from({ length: width }, (_, at) => h("th", { key: `col:${at}`, tabindex: "0" }, names[at] ?? "")))),
      h("tbody", {}, ...rows.map((row, at) => h("tr", { key: `row:${first + at - 1}` },
        h("td", { class: "index", tabindex: at ? "-1" : "0", key: `row:${first + at - 1}`, onkeydown: (event) => this.step(event), onclick: () => this.openCell(first + at - 1) }, count(first + at)),
        ...row.map((value, column) => shown(value, `value:${first + at - 1}:${column}`)))))));
    this.body.scrollTop = 0;
    lights.changed();
  }

  /** Through the rows by their numbers. */
  step(event) {
    const row = event.target.parentElement;
    const to = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key]?.firstElementChild;
    if (event.key === "Enter") setTimeout(() => this.openCell(+event.target.dataset.key.slice(4)));
    if (!to || event.ctrlKey) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  }

  /** Open the page that a row was read from, where there is room beside the rows. */
  async openCell(number) {
    await session.trace();
    const { origins, first } = session.rows;
    const cell = origins?.rows[number - first]?.[0].map((at) => origins.cells[at]).find(([, database]) => database === 0);
    if (cell && lights.pinned === `row:${number}`) this.open(cell[2], cell[3], true);
  }

  /** Say where the row that is kept lit was read from, or which rows the cell has given that is. */
  async tell() {
    const [kind, first, second] = (lights.pinned ?? "").split(":");
    const state = `${lights.pinned} ${session.rows.run} ${session.rows.origins !== null}`;
    if (state === this.told) return;
    this.told = state;
    if (kind === "row" || kind === "value") this.say(this.cellsOf(+first));
    else if ((kind === "cell" || kind === "field") && session.run?.run && !session.run.running) this.say(await this.rowsOf(+first, +second));
    else this.say([]);
  }

  say(parts) {
    this.origins.hidden = !parts.length;
    this.origins.replaceChildren(...parts);
    lights.changed();
  }

  cellsOf(number) {
    const { origins, first } = session.rows;
    if (origins === null) return ["…"];
    const [cells, more, lost] = origins.rows[number - first] ?? [[], 0, false];
    const name = `row ${count(number + 1)} `;
    if (!origins.rows[number - first]) return [`${name}: ${origins.note || "where it was read from is not known"}`];
    const chips = cells.slice(0, SHOWN).map((at) => this.chip(origins.cells[at]));
    const rest = cells.length - chips.length + more;
    return [h("span", { class: "dim" }, cells.length ? `${name} was read from` : `${name} was read from no cell`), ...chips,
      h("span", { class: "dim" }, [rest ? `and ${count(rest)} more cells` : "", lost ? "and what was lost on its way through a temporary file" : ""].filter(Boolean).join(", "))];
  }

  chip([cursor, database, page, cell]) {
    const tree = session.look.chain?.cursors.find((each) => each.id === `c${cursor}`)?.tree ?? `cursor ${cursor}`;
    const text = `page ${page}, cell ${cell}`;
    if (database !== 0) return h("span", { class: "chip" }, h("b", {}, tree), `${text} of database ${database}`);
    return h("button", { class: "chip", key: `cell:${page}:${cell}`, title: "Open the page", onclick: () => this.open(page, cell) }, h("b", {}, tree), text);
  }

  /** The rows that a cell has given, on whatever page of rows. */
  async rowsOf(page, cell) {
    const answer = await session.ask("given", { run: session.run.run, number: page, cell });
    if (answer === null || answer.problem) return [];
    const name = `cell ${cell} of page ${count(page)} `;
    const chips = answer.rows.map((at) => h("button", { class: "chip", key: `row:${at}`, title: "Show the row", onclick: () => this.see(at) }, `row ${count(at + 1)}`));
    return [h("span", { class: "dim" }, chips.length ? `${name} gave` : `${name} gave no row`), ...chips,
      h("span", { class: "dim" }, [answer.more ? `and ${count(answer.more)} more` : "", answer.note].filter(Boolean).join("; "))];
  }

  async see(number) {
    if (Math.floor(number / PAGE) !== this.page) await this.turn(Math.floor(number / PAGE));
    lights.show();
    this.body.querySelector(`tr[data-key='row:${number}']`)?.scrollIntoView({ block: "center" });
  }
}

/** The cell of a value, and what it is pointed at by. */
export function shown(value, key) {
  const kind = value[0].toLowerCase();
  const cut = value[0] === kind ? value.length : value.lastIndexOf("\0");
  const text = value.slice(1, cut), size = value.slice(cut + 1);
  const whole = kind === "n" ? "NULL" : kind === "b" ? `x'${text}'` : text;
  return h("td", { class: `v-${NAMES[kind]}`, key, title: size ? `${size} in all` : null }, whole, size ? h("em", {}, ` … ${size}`) : "");
}
