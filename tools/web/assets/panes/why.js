// Two questions about the statement at the cursor: why a row is not in its result, and which instructions change a page.

import { count, counted, h } from "../dom.js";
import { lights } from "../lights.js";
import { session } from "../session.js";

const HELP = "Name a row of a table that the statement reads, by its rowid or by values: bell 112, or bell note='a1' weight=1270.7. The piece of the SQL that dropped it is told.";
const WHO = "Name a page: the statement is run, each instruction that changes the page is told, and what it changed is undone.";

export class WhyPane {
  constructor() {
    this.title = "Why";
    this.row = question("The row that is missing", "bell 112", () => this.whyNot());
    this.number = question("The number of the page", "12", () => this.who());
    this.number.setAttribute("inputmode", "numeric");
    this.missing = h("div", { class: "answers", "aria-live": "polite" }, note(HELP));
    this.changes = h("div", { class: "answers", "aria-live": "polite" }, note(WHO));
    this.element = h("div", { class: "pane scroll questions" },
      h("h3", {}, "Why is a row missing?"), asking(this.row, "Why not?", () => this.whyNot()), this.missing,
      h("h3", {}, "Who changes a page?"), asking(this.number, "Who?", () => this.who()), this.changes);
    session.addEventListener("look", () => { if (this.text !== undefined && session.text !== this.text) this.forget(); });
    session.addEventListener("database", () => this.forget());
  }

  forget() {
    this.text = undefined;
    this.missing.replaceChildren(note(HELP));
    this.changes.replaceChildren(note(WHO));
    lights.changed();
  }

  /** Ask about the statement at the cursor. */
  async ask(name, body, into, draw) {
    const { text, at } = session.current();
    const { database, parameters } = session;
    const answer = await session.ask(name, { database, text, at, parameters, ...body });
    if (answer === null) return;
    this.text = text;
    const { problem } = answer;
    into.replaceChildren(...(problem ? [h("p", { class: "problem" }, problem.hint ? `${problem.message} (${problem.hint})` : problem.message)] : draw(answer)));
    lights.changed();
  }

  whyNot() {
    return this.ask("why_not", { row: this.row.value }, this.missing, (answer) => [
      ...answer.answers.map((one) => told(one)),
      ...(answer.more ? [note(`${count(answer.more)} more rows like that`)] : []),
      ...(answer.note ? [h("p", { class: "problem" }, answer.note)] : []),
    ]);
  }

  who(number = Number(this.number.value)) {
    if (!Number.isInteger(number) || number < 1) {
      this.changes.replaceChildren(h("p", { class: "problem" }, "A page has a number, from 1"));
      return undefined;
    }
    this.number.value = number;
    return this.ask("who", { number }, this.changes, (answer) => [
      ...(answer.changes.length ? [changes(answer.changes)] : [note(answer.note ? `Page ${count(number)} was not changed so far.` : `The statement does not change page ${count(number)}.`)]),
      ...(answer.failure === null ? [] : [h("p", { class: "problem" }, `${answer.failure}${answer.undone ? ": what was changed is undone" : ""}`)]),
      ...(answer.note ? [note(answer.note)] : []),
    ]);
  }
}

function question(label, placeholder, ask) {
  return h("input", { "aria-label": label, placeholder, spellcheck: "false", onkeydown: (event) => { if (event.key === "Enter") ask(); } });
}

function asking(input, text, ask) {
  return h("div", { class: "asking" }, input, h("button", { onclick: ask }, text));
}

function note(text) {
  return h("p", { class: "note" }, text);
}

/** What became of a row: in words, its piece of the SQL, and what carries that out. */
function told(one) {
  const [start, end] = one.spans[0] ?? [0, 0];
  return h("div", { class: `answer ${one.kind}` },
    h("p", {}, h("b", {}, one.row), one.place ? ` ${one.place}` : "", `: ${one.kind === "unknown" ? "cannot tell: " : ""}${one.text}`),
    end > start ? h("code", { key: `text:${start}:${end}`, tabindex: "0" }, session.text.slice(start, Math.min(end, start + 200))) : "",
    one.instructions.length ? h("p", { class: "dim" }, "instructions ", ...one.instructions.slice(0, 20).map((at) => h("span", { class: "chip", key: `i${at}`, tabindex: "0" }, String(at))),
      ...one.nodes.map((node) => h("span", {}, ` ${node}`))) : "");
}

function changes(all) {
  return h("table", { class: "grid" }, h("thead", {}, h("tr", {}, ...["step", "instruction", "what became of the page"].map((text) => h("th", {}, text)))),
    h("tbody", {}, ...all.map((one) => (one.left_out !== undefined
      ? h("tr", {}, h("td", { class: "dim", colspan: "3" }, `… ${counted(one.left_out, "change")} of cells`))
      : h("tr", { class: one.shape ? "shape" : "", key: one.place.program === null ? `i${one.place.address}` : null },
        h("td", {}, count(one.step)), h("td", {}, `${one.place.title ? `${one.place.title}, ` : ""}${one.place.address} ${one.place.opcode}`), h("td", {}, one.what))))));
}
