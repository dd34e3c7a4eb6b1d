// The plan after each pass, what the pass changed, and what it weighed. After a run, what came beside what was expected.

import { count, h, heat, milliseconds, rough, short } from "../dom.js";
import { lights } from "../lights.js";
import { session } from "../session.js";
import { Outline } from "./outline.js";

const WRONG = 3; // a factor from which an estimate is marked

export class PlanPane {
  constructor() {
    this.title = "Plan";
    this.slider = h("input", { type: "range", min: "0", max: "0", "aria-label": "Pass", oninput: () => this.at(+this.slider.value) });
    this.pass = h("span", { class: "pass" });
    this.steps = h("div", { class: "steps" }, this.slider, this.pass);
    this.outline = new Outline({
      label: "Plan", className: "plan",
      key: (item) => item.node?.id ?? null,
      row: (item) => (item.node ? this.node(item.node) : [h("em", {}, item.text)]),
    });
    this.head = h("div", { class: "row heading", "aria-hidden": "true" });
    this.gone = h("div", { class: "gone" });
    this.why = h("div", { class: "why" });
    this.element = h("div", { class: "pane" }, this.steps, h("div", { class: "scroll" }, this.head, this.outline.element, this.gone, this.why));
    session.addEventListener("look", () => this.draw());
  }

  draw() {
    const { look, figures } = session;
    const trees = look.trees ?? [];
    const another = look.chain !== this.chain;
    if (!another && figures === this.figures) return;
    this.chain = look.chain;
    this.figures = figures;
    this.steps.hidden = trees.length === 0;
    this.slider.max = Math.max(trees.length - 1, 0);
    this.slider.disabled = trees.length < 2;
    this.slider.value = trees.length - 1;
    this.items = new Map((look.chain?.nodes ?? []).map((node) => [node.id, node]));
    this.at(trees.length - 1);
  }

  /** Show the plan after a pass, by its number. */
  at(number) {
    const { trees = [], choices = [] } = session.look;
    if (!trees.length) {
      this.outline.show([], () => []);
      this.head.hidden = true;
      this.gone.replaceChildren();
      this.why.replaceChildren(h("p", { class: "empty" }, session.look.chain ? "The statement needs no plan: it works on no rows." : "No plan yet."));
      return;
    }
    const last = number === trees.length - 1;
    this.measured = last ? this.figures : null;
    this.before = number ? ids(trees[number - 1].tree) : null;
    this.above = number ? { old: parents(trees[number - 1].tree), now: parents(trees[number].tree) } : null;
    this.pass.replaceChildren(h("b", {}, trees[number].after === "build" ? "as it was built" : trees[number].after), ` ${number + 1} of ${trees.length}`);
    this.slider.setAttribute("aria-valuetext", trees[number].after);
    this.worst = this.measured ? Object.entries(this.measured.nodes).reduce((a, b) => (b[1].nanoseconds > a[1].nanoseconds ? b : a))[0] : null;
    this.heading();
    this.outline.element.classList.toggle("measured", this.measured !== null);
    this.outline.show([{ node: trees[number].tree }], (item) => below(item));
    this.showGone(number, trees);
    this.showWhy(choices.filter((choice) => last || choice.pass === trees[number].after), last);
    lights.changed();
    lights.show();
  }

  heading() {
    this.head.hidden = false;
    const words = this.measured ? ["rows", "expected", "loops", "pages", "time"] : ["rows", "cost"];
    this.head.className = `row heading ${this.measured ? "measured" : ""}`;
    this.head.replaceChildren(h("span", {}), ...words.map((text) => h("span", { class: "figure" }, text)));
  }

  node(node) {
    const made = this.before?.has(node.id) ? null : this.items.get(this.items.get(node.id)?.from);
    const isNew = this.before !== null && !this.before.has(node.id) && !(made && !changes(made, node));
    const run = this.measured?.nodes[node.id];
    const marks = [];
    if (isNew) marks.push(h("span", { class: "new" }, "new"));
    else if (this.before && this.isMoved(node)) marks.push(h("span", { class: "moved" }, "moved"));
    if (node.id === this.worst) marks.push(h("span", { class: "worst", title: "The most time was spent here" }, "slowest"));
    const was = isNew && made ? h("span", { class: "was" }, short(`${made.node} ${made.detail}`, 120)) : null;
    return [
      h("span", { class: `title ${isNew ? "is-new" : ""}` }, h("b", {}, node.node)), ...(run ? this.ran(node, run) : estimated(node)),
      h("span", { class: "detail", title: node.detail }, ...marks, h("code", {}, short(node.detail, 200)), was),
    ];
  }

  /** Whether a node stands below another one than before the pass. */
  isMoved(node) {
    const older = this.before.has(node.id) ? node.id : this.items.get(node.id)?.from;
    return this.above.old.has(older) && this.above.old.get(older) !== this.above.now.get(node.id);
  }

  ran(node, run) {
    const most = this.measured.nodes[this.worst].nanoseconds || 1;
    const wrong = run.off >= WRONG;
    return [
      h("span", { class: "figure" }, count(run.rows)),
      h("span", { class: `figure ${wrong ? "wrong" : "dim"}`, title: wrong ? `off by a factor of ${rough(run.off)}` : null }, node.rows === undefined ? "" : rough(node.rows)),
      h("span", { class: "figure" }, count(run.runs)),
      h("span", { class: "figure", title: `${count(run.reads)} from the file` }, count(run.pages)),
      h("span", { class: `figure time ${heat(run.nanoseconds / most)}` }, milliseconds(run.nanoseconds)),
    ];
  }

  showGone(number, trees) {
    if (!number) return this.gone.replaceChildren();
    const now = ids(trees[number].tree);
    const became = new Set([...now].map((id) => this.items.get(id)?.from));
    const left = [...this.before].filter((id) => !now.has(id) && !became.has(id)).map((id) => this.items.get(id));
    return this.gone.replaceChildren(...left.filter(Boolean).map((node) =>
      h("div", { key: node.id }, h("span", {}, "gone"), h("b", {}, node.node), h("code", {}, short(node.detail, 90)))));
  }

  showWhy(choices, last) {
    this.why.replaceChildren(
      h("h3", {}, last ? "What was weighed" : "What this pass weighed"),
      ...(choices.length ? choices.map(choice) : [h("p", { class: "empty" }, last ? "There was one way only." : "Nothing: it follows a rule.")]),
    );
  }
}

/** Whether a node says another thing than the one that it was made from. */
function changes(older, node) {
  return older.node !== node.node || older.detail !== node.detail;
}

function estimated(node) {
  return [
    h("span", { class: "figure" }, node.rows === undefined ? "" : rough(node.rows)),
    h("span", { class: "figure dim" }, node.cost === undefined ? "" : rough(node.cost)),
  ];
}

/** What is below a line of the tree: subqueries with a heading of their own, then children. */
function below(item) {
  if (item.below) return item.below;
  const { node } = item;
  item.below = item.plan ? [{ node: item.plan }] : [
    ...(node.subqueries ?? []).map((query) => ({
      text: `subquery ${query.number}${query.outer.length ? `, for each row of ${query.outer.filter(Boolean).join(", ")}` : ""}`,
      plan: query.plan,
    })),
    ...(node.children ?? []).map((child) => ({ node: child })),
  ];
  return item.below;
}

/** For each node of a tree, by its id, what it stands below. */
function parents(tree) {
  const found = new Map();
  const waiting = [[tree, ""]];
  while (waiting.length) {
    const [node, above] = waiting.pop();
    found.set(node.id, above);
    const own = `${node.node} ${node.detail}`;
    waiting.push(...(node.children ?? []).map((each) => [each, own]), ...(node.subqueries ?? []).map((query) => [query.plan, own]));
  }
  return found;
}

function ids(tree) {
  const found = new Set();
  const waiting = [tree];
  while (waiting.length) {
    const node = waiting.pop();
    found.add(node.id);
    waiting.push(...(node.children ?? []), ...(node.subqueries ?? []).map((query) => query.plan));
  }
  return found;
}

function choice(made) {
  const dearest = Math.max(...made.alternatives.map((way) => way.cost ?? 0), 1);
  return h("div", { class: "choice" },
    h("h4", {}, made.kind, h("span", {}, ` ${made.subject}`), h("em", {}, made.pass)),
    h("div", { class: "ways" }, ...made.alternatives.slice(0, 12).flatMap((way) => {
      const bar = h("span", { class: "bar" });
      bar.style.inlineSize = `${way.cost === undefined ? 0 : Math.max(2, (100 * Math.log1p(way.cost)) / Math.log1p(dearest))}%`;
      return [
        h("span", { class: way.taken ? "way taken" : "way", title: way.way }, way.taken ? "● " : "○ ", way.way, way.note ? h("em", {}, ` ${way.note}`) : ""),
        h("span", { class: "figure" }, way.cost === undefined ? "" : rough(way.cost)),
        h("span", { class: "gauge" }, bar),
      ];
    })));
}
