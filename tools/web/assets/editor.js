// The SQL: a plain text area, and below its transparent text three layers of the same shape that the server's answers
// paint: where the time went, what is lit, and the tokens' colours. So what is typed is there at once, whatever the server does.

import { exact, h, heat, settled } from "./dom.js";
import { lights } from "./lights.js";
import { session } from "./session.js";

const QUIET = 40; // milliseconds after a keystroke
const LATER = 250; // milliseconds after a mistake was found
const LONGEST = 100; // characters before the cursor, in which the word that is typed begins

export class Editor {
  constructor() {
    this.layers = { warm: h("pre"), lit: h("pre"), paint: h("pre") };
    this.area = h("textarea", {
      spellcheck: "false", autocomplete: "off", autocapitalize: "off", wrap: "off", "aria-label": "SQL", id: "sql",
      role: "combobox", "aria-expanded": "false", "aria-controls": "candidates", "aria-autocomplete": "list",
    });
    for (const layer of Object.values(this.layers)) layer.setAttribute("aria-hidden", "true");
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.list = h("ul", { class: "candidates", id: "candidates", role: "listbox", hidden: true });
    this.fields = h("div", { class: "parameters", hidden: true });
    this.sheet = h("div", { class: "sheet" }, this.layers.warm, this.layers.lit, this.layers.paint, this.area, this.list);
    this.element = h("div", { class: "editor" }, this.sheet, this.problem, this.fields);
    this.tokens = [];
    this.candidates = [];
    this.wrong = [];
    this.lookOn = settled(LATER, () => this.askProblems());
    this.look = settled(QUIET, () => session.see(this.area.value, this.area.selectionStart));
    this.listen();
  }

  listen() {
    this.area.addEventListener("input", () => this.edited());
    this.area.addEventListener("scroll", () => this.follow());
    this.area.addEventListener("keydown", (event) => this.key(event));
    this.area.addEventListener("blur", () => this.close());
    this.area.addEventListener("pointermove", (event) => this.hover(event));
    this.area.addEventListener("pointerleave", () => lights.point(null));
    document.addEventListener("selectionchange", () => {
      if (document.activeElement === this.area) this.moved();
    });
    session.addEventListener("look", () => this.looked());
    session.addEventListener("run", () => this.paint());
    session.addEventListener("current", () => {
      if (this.area.value !== session.text) session.see(this.area.value, this.area.selectionStart);
      else session.at = this.area.selectionStart;
    });
    lights.addEventListener("lit", () => this.paintLit());
  }

  set(text, at = 0) {
    this.area.value = text;
    this.area.setSelectionRange(at, at);
    this.area.scrollTop = 0;
    this.edited(false);
  }

  edited(typed = true) {
    this.shift(this.area.value);
    this.paint();
    this.paintLit();
    this.look();
    this.narrow();
    this.complete(typed);
  }

  /** Keep the colours that are known where the text did not change, until the server has looked again. */
  shift(text) {
    const old = this.known ?? "";
    let head = 0;
    while (head < old.length && head < text.length && old[head] === text[head]) head++;
    const change = text.length - old.length;
    let tail = 0;
    while (tail < old.length - head && tail < text.length - head && old.at(-1 - tail) === text.at(-1 - tail)) tail++;
    this.tokens = this.tokens
      .filter(([start, end]) => end < head || start > old.length - tail || end <= head || start >= old.length - tail)
      .map(([start, end, color]) => (end <= head ? [start, end, color] : [start + change, end + change, color]));
    this.known = text;
    this.wrong = [];
  }

  looked() {
    if (session.text !== this.area.value) return;
    this.tokens = session.look.tokens ?? [];
    this.known = this.area.value;
    const { problem } = session.look;
    this.showProblems(problem ? [problem] : []);
    if (problem) this.lookOn();
    this.showParameters();
    this.paint();
    this.paintLit();
  }

  /** Show all that is wrong with the statement, not its first mistake alone. */
  async askProblems() {
    const { text } = session;
    if (!session.look.problem || text !== this.area.value) return;
    const answer = await session.ask("problems", { database: session.database, text, at: session.at });
    if (!(answer?.problems?.length > 1) || session.text !== text || this.area.value !== text || !session.look.problem) return;
    this.showProblems(answer.problems);
    this.paint();
  }

  showProblems(problems) {
    this.wrong = problems.filter((one) => one.start >= 0).map((one) => [one.start, Math.max(one.end, one.start + 1)]);
    this.problem.hidden = problems.length === 0;
    this.area.setAttribute("aria-invalid", problems.length ? "true" : "false");
    this.problem.replaceChildren(...problems.map((problem) =>
      h("span", { class: "one" }, h("span", { class: "place" }, this.placeOf(problem)), problem.message, problem.hint ? h("em", {}, ` ${problem.hint}`) : "")));
  }

  placeOf(problem) {
    if (problem.start < 0) return "";
    const before = this.area.value.slice(0, problem.start).split("\n");
    return `${before.length}:${before.at(-1).length + 1}  `;
  }

  showParameters() {
    const names = session.look.parameters ?? [];
    if (names.join() === this.shownNames) return;
    this.shownNames = names.join();
    this.fields.hidden = names.length === 0;
    this.fields.replaceChildren(
      ...names.map((name) =>
        h("label", {}, name, h("input", {
          value: session.parameters[name] ?? "", placeholder: "NULL",
          oninput: (event) => { session.parameters[name] = event.target.value; },
        })),
      ),
    );
  }

  // -- painting

  paint() {
    const text = this.area.value;
    const parts = [];
    let at = 0;
    for (const [start, end, color] of this.tokens) {
      if (start < at || end > text.length) continue;
      if (start > at) parts.push(text.slice(at, start));
      const wrong = this.wrong.some(([from, to]) => start < to && from < end) ? " t-wrong" : "";
      parts.push(exact("span", { class: `t-${color}${wrong}`, "data-at": `${start}:${end}` }, text.slice(start, end)));
      at = end;
    }
    parts.push(text.slice(at) + "\n");
    this.layers.paint.replaceChildren(...parts);
    this.layers.warm.replaceChildren(...this.marked(text, this.warmth()));
    this.follow();
  }

  paintLit() {
    const spans = (lights.found?.spans ?? []).map(([start, end]) => [start, end, "lit"]);
    this.layers.lit.replaceChildren(...this.marked(this.area.value, merged(spans)));
  }

  /** Where the time of a run went: each token with its share of what the instructions took that are for it. */
  warmth() {
    const { figures, look, now } = session;
    if (now && session.text === this.area.value) return merged(now.map(([start, end]) => [start, end, "now"]));
    if (!figures || !look.chain || session.text !== this.area.value) return [];
    const steps = new Float64Array(session.text.length + 1); // by how much it gets warmer from here on
    for (const one of look.chain.instructions) {
      const nanoseconds = figures.instructions[one.addr]?.[3] ?? 0;
      const size = one.spans.reduce((sum, [start, end]) => sum + end - start, 0);
      if (!nanoseconds || !size) continue;
      for (const [start, end] of one.spans) {
        steps[start] += nanoseconds / size;
        steps[end] -= nanoseconds / size;
      }
    }
    const warm = steps.slice();
    for (let at = 1; at < warm.length; at++) warm[at] += warm[at - 1];
    const heats = this.tokens.map(([start, end]) => [start, end, warm[start]]).filter(([, , one]) => one > 1e-6);
    const most = heats.reduce((found, [, , one]) => Math.max(found, one), 0);
    return heats.map(([start, end, one]) => [start, end, heat(one / most)]);
  }

  marked(text, spans) {
    const parts = [];
    let at = 0;
    for (const [start, end, name] of spans) {
      if (start < at || end > text.length) continue;
      parts.push(text.slice(at, start), exact("mark", { class: name }, text.slice(start, end)));
      at = end;
    }
    parts.push(text.slice(at) + "\n");
    return parts;
  }

  follow() {
    for (const layer of Object.values(this.layers)) {
      layer.style.transform = `translate(${-this.area.scrollLeft}px, ${-this.area.scrollTop}px)`;
    }
  }

  // -- pointing

  hover(event) {
    const under = document.elementsFromPoint(event.clientX, event.clientY);
    const token = under.find((element) => element.dataset?.at && element.closest(".sheet") === this.sheet);
    lights.point(token ? `text:${token.dataset.at}` : null);
  }

  /** The cursor moved: the token that it stands in is kept lit, and another statement may be meant. */
  moved() {
    const at = this.area.selectionStart;
    if (at === this.lastAt && this.area.value === this.known) return;
    this.lastAt = at;
    const [start, end] = session.look.statement ?? [0, 0];
    if (this.area.value === session.text && (at < start || at > end + 1)) this.look();
    session.at = at;
    const token = this.tokens.find(([from, to, color]) => from <= at && at <= to && color !== "comment");
    lights.pinned = token && at >= start && at <= end ? `text:${token[0]}:${token[1]}` : null;
    lights.show();
    if (lights.pinned !== null) lights.reveal();
  }

  /** Put a text in at the cursor. */
  insert(text) {
    this.area.focus();
    this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, "end");
    this.edited();
  }

  // -- completion

  async complete(typed, asked = false) {
    const at = this.area.selectionStart;
    const word = /[\p{L}_][\p{L}\p{N}_]*$/u.test(this.area.value.slice(Math.max(0, at - LONGEST), at)) || this.area.value[at - 1] === ".";
    if (!(asked || (typed && word)) || at !== this.area.selectionEnd) return this.close();
    const text = this.area.value;
    const answer = await session.ask("complete", { database: session.database, text, at });
    if (answer?.busy && !session.run?.running) {
      setTimeout(() => { if (this.area.value === text && this.area.selectionStart === at) this.complete(typed, asked); }, QUIET);
    }
    if (!answer?.candidates || this.area.value !== text || this.area.selectionStart !== at) return undefined;
    const whole = answer.candidates.length === 1 && answer.candidates[0][1] === answer.candidates[0][0].length;
    this.candidates = whole ? [] : answer.candidates;
    this.offered = { text, at };
    this.chosen = 0;
    return this.showCandidates(answer.more);
  }

  /** What was offered fits what was typed since, or goes; the server is asked meanwhile. */
  narrow() {
    if (this.list.hidden) return;
    const { value: text, selectionStart: at } = this.area;
    const { text: before, at: was } = this.offered;
    const typed = at >= was && text.slice(0, was) === before.slice(0, was) && text.slice(at) === before.slice(was);
    this.candidates = (typed ? this.candidates : []).map(([name, replaces, kind]) => [name, replaces + at - was, kind])
      .filter(([name, replaces]) => name.toLowerCase().startsWith(text.slice(at - replaces, at).toLowerCase()));
    this.offered = { text, at };
    this.chosen = 0;
    this.showCandidates(0);
  }

  showCandidates(more) {
    if (this.candidates.length === 0) return this.close();
    this.list.replaceChildren(
      ...this.candidates.map(([text, , kind], at) =>
        h("li", {
          role: "option", id: `candidate${at}`, "aria-selected": at === this.chosen ? "true" : "false",
          onpointerdown: (event) => { event.preventDefault(); this.chosen = at; this.take(); },
        }, h("span", {}, text), h("em", {}, kind)),
      ),
      ...(more ? [h("li", { class: "more" }, `${more} more`)] : []),
    );
    this.list.hidden = false;
    this.area.setAttribute("aria-expanded", "true");
    this.place();
    return this.choose(this.chosen);
  }

  /** Put the list below the word: its place is that of the same word in the painted layer. */
  place() {
    const start = this.area.selectionStart - this.candidates[0][1];
    const range = document.createRange();
    const walker = document.createTreeWalker(this.layers.lit, NodeFilter.SHOW_TEXT);
    let left = start;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (left <= node.length) {
        range.setStart(node, left);
        range.setEnd(node, Math.min(left + 1, node.length));
        break;
      }
      left -= node.length;
    }
    const [box, sheet] = [range.getBoundingClientRect(), this.sheet.getBoundingClientRect()];
    const below = box.bottom - sheet.top + 2;
    const height = Math.min(this.list.scrollHeight, 220);
    this.list.style.left = `${Math.max(0, Math.min(box.left - sheet.left, sheet.width - 260))}px`;
    this.list.style.top = `${below + height > innerHeight - sheet.top ? Math.max(0, box.top - sheet.top - height - 4) : below}px`;
  }

  choose(at) {
    this.chosen = (at + this.candidates.length) % this.candidates.length;
    [...this.list.children].forEach((item, i) => item.setAttribute("aria-selected", i === this.chosen ? "true" : "false"));
    this.list.children[this.chosen].scrollIntoView({ block: "nearest" });
    this.area.setAttribute("aria-activedescendant", `candidate${this.chosen}`);
  }

  take() {
    const [text, replaces] = this.candidates[this.chosen];
    const at = this.area.selectionStart;
    this.area.setRangeText(text, at - replaces, at, "end");
    this.edited(false);
    this.close();
  }

  close() {
    this.list.hidden = true;
    this.candidates = [];
    this.area.setAttribute("aria-expanded", "false");
    this.area.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const open = !this.list.hidden;
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      this.complete(true, true);
    } else if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.choose(this.chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (open && (event.key === "Enter" || event.key === "Tab") && !event.ctrlKey) {
      event.preventDefault();
      this.take();
    } else if (open && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }
}

/** Spans in order, those that touch as one. */
function merged(spans) {
  const found = [];
  for (const [start, end, name] of [...spans].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = found.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else found.push([start, end, name]);
  }
  return found;
}
