// One statement stepped through, forward and back: where it stands, what its registers and cursors hold.

import { count, counted, h, short } from "../dom.js";
import { lights } from "../lights.js";
import { session } from "../session.js";
import { shown } from "./rows.js";

const MOVES = [
  ["restart", "«", "Back to the start"],
  ["previous", "‹ row", "Back to the row before (↑)"],
  ["back", "‹ step", "Back one instruction (←)"],
  ["step", "step ›", "One instruction (→)"],
  ["next", "row ›", "On to the next row (↓)"],
  ["finish", "»", "On to the end"],
];
const BY_KEY = { ArrowRight: "step", ArrowLeft: "back", ArrowDown: "next", ArrowUp: "previous" };

export class DebugPane {
  constructor() {
    this.title = "Debugger";
    this.toggle = h("button", { onclick: () => (this.state ? this.leave() : this.begin()) }, "Step through");
    this.moves = h("span", { class: "moves", hidden: true, onkeydown: (event) => this.key(event) },
      ...MOVES.map(([how, text, title]) => h("button", { title, "aria-label": title, onclick: () => this.move(how) }, text)));
    this.target = h("input", {
      "aria-label": "Where to", placeholder: "12, Column, sql weight > 300, page 6, row 3, when r3 > 5",
      onkeydown: (event) => { if (event.key === "Enter") this.move(event.shiftKey ? "reverse" : "run"); },
    });
    this.to = h("span", { class: "to", hidden: true },
      h("button", { title: "Back to where that was last", onclick: () => this.move("reverse") }, "‹ back to"), this.target,
      h("button", { title: "On to where that is next", onclick: () => this.move("run") }, "run to ›"));
    this.body = h("div", { class: "scroll", "aria-live": "polite" });
    this.element = h("div", { class: "pane debug" }, h("div", { class: "turn" }, this.toggle, this.moves), this.to, this.body);
    this.marked = [];
    session.addEventListener("look", () => { if (this.state && this.isOld()) this.leave("The SQL is another one now."); });
    session.addEventListener("database", () => this.leave());
    document.addEventListener("dblclick", (event) => {
      const key = event.target.closest?.("#pane-bytecode [data-key^='i']")?.dataset.key;
      if (key && this.state) { this.target.value = key.slice(1); this.move("run"); }
    });
    this.say(HELP);
  }

  isOld() {
    return session.text !== this.text || session.look.statement?.join() !== this.place;
  }

  async begin() {
    const { text, at } = session.current();
    const { database, parameters } = session;
    const state = await session.ask("debug", { database, text, at, parameters });
    if (state === null) return;
    if (state.problem) {
      this.say(state.problem.hint ? `${state.problem.message} (${state.problem.hint})` : state.problem.message, "problem");
      return;
    }
    this.text = text;
    this.place = state.statement.join();
    this.moves.hidden = this.to.hidden = false;
    this.toggle.textContent = "Leave";
    this.show(state);
    this.moves.children[3].focus();
  }

  leave(note = HELP) {
    if (!this.state) return;
    session.ask("leave");
    this.state = session.now = null;
    this.moves.hidden = this.to.hidden = true;
    this.toggle.textContent = "Step through";
    this.mark([]);
    this.say(note);
    session.tell("run");
  }

  async move(how) {
    if (!this.state || this.moving) return;
    this.moving = true;
    const state = await session.ask("move", { stepping: this.state.stepping, how, to: this.target.value });
    this.moving = false;
    if (state?.position !== undefined) this.show(state);
    else if (state?.note) this.leave(state.note);
    else if (state?.problem) this.say(state.problem.message, "problem");
  }

  key(event) {
    const how = BY_KEY[event.key];
    if (!how || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    this.move(how);
  }

  say(text, name = "empty") {
    this.body.replaceChildren(h("p", { class: name }, text));
  }

  show(state) {
    this.state = state;
    session.now = state.next?.program === null ? state.next.spans : [];
    const { pages } = state;
    this.body.replaceChildren(heading(state), ...registers(state), ...cursors(state), ...row(state),
      ...(pages.asked.length ? [h("p", { class: "note" }, `asked for page ${told(pages.asked)}`)] : []),
      ...(pages.changed_since_start.length ? [h("p", { class: "note" }, `pages changed so far: ${told(pages.changed_since_start)}`)] : []));
    const keys = state.next && state.next.program === null ? [`i${state.next.address}`] : [];
    session.tell("run");
    lights.changed();
    this.mark([...keys, ...[...pages.asked, ...pages.changed].filter(([database]) => database === 0).map(([, number]) => `page:${number}`)]);
  }

  /** Mark the next instruction, and the pages that the last one asked for. */
  mark(keys) {
    for (const element of this.marked) element.classList.remove("now");
    this.marked = keys.flatMap((key) => lights.byKey().get(key) ?? []);
    for (const element of this.marked) element.classList.add("now");
    this.marked.find((element) => element.matches("#pane-bytecode .line"))?.scrollIntoView({ block: "nearest" });
  }
}

const HELP = "Step through the statement, one instruction at a time, forward and back. What it changes is undone when you leave.";

function heading(state) {
  const of = state.end === null ? "" : ` of ${count(state.end)}`;
  const key = state.next?.program === null ? `i${state.next.address}` : null;
  const next = state.next === null ? (state.failure ?? `the end: ${counted(state.rows, "row")}`) : `${state.next.title ? `${state.next.title}: ` : ""}${state.next.address} ${state.next.opcode}`;
  return h("p", { class: "standing" }, h("span", { class: "dim" }, `${count(state.position)}${of} `), state.next === null ? "" : "next ", h("b", { key }, next),
    h("span", { class: "dim" }, ` ${state.next?.comment ?? ""}`), state.note ? h("em", {}, ` ${state.note}`) : "");
}

function table(heads, rows) {
  if (!rows.length) return [];
  return [h("table", { class: "grid" }, h("thead", {}, h("tr", {}, ...heads.map((text) => h("th", {}, text)))), h("tbody", {}, ...rows))];
}

function registers(state) {
  return table(["register", "holds", "stands for", "written by"], state.registers.map((one) => h("tr", { class: one.fresh ? "fresh" : "" },
    h("td", {}, `r${one.register}`), h("td", {}, h("code", {}, one.text)), h("td", {}, short(one.stands_for, 60)),
    h("td", { key: one.written_by >= 0 ? `i${one.written_by}` : null }, one.written_by >= 0 ? `${one.written_by}` : ""))));
}

function cursors(state) {
  return table(["cursor", "on", "stands at", "row"], state.cursors.map((one) => h("tr", { key: `c${one.cursor}` },
    h("td", {}, `c${one.cursor}`), h("td", {}, one.tree || one.kind, one.count === null ? "" : `, ${count(one.count)} entries`),
    h("td", { key: one.page ? `page:${one.page}` : null }, one.page ? `page ${one.page}, cell ${one.cell}` : one.place),
    h("td", {}, h("code", {}, [one.rowid === null ? "" : `rowid ${one.rowid}`, one.row === null ? "" : short(JSON.stringify(one.row), 60)].filter(Boolean).join(" "))))));
}

function row(state) {
  const begun = state.row.some((value) => value !== "");
  const values = begun ? state.row : state.last_row;
  if (!state.columns.length || !values?.length) return [];
  return [h("table", { class: "grid rows" },
    h("thead", {}, h("tr", {}, h("th", {}, begun ? "row so far" : `row ${count(state.rows)}`), ...state.columns.map((name, at) => h("th", { key: `col:${at}` }, name)))),
    h("tbody", {}, h("tr", {}, h("td", {}), ...values.map((value, at) => (value === "" ? h("td", { class: "v-null" }, "…") : shown(value, `col:${at}`))))))];
}

function told(pages) {
  return pages.slice(0, 12).map(([database, number]) => (database ? `${database}.${number}` : number)).join(", ") + (pages.length > 12 ? ", …" : "");
}
