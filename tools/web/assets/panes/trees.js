// The B-trees: pages as boxes, the root at the left. Those that the statement's cursors are on come first; after a run,
// the pages that were asked for are warm, and those that were written are marked.

import { count, counted, h, heat, short, svg } from "../dom.js";
import { lights } from "../lights.js";
import { session } from "../session.js";

const [WIDTH, HEIGHT, ACROSS, DOWN] = [164, 34, 40, 6];

export class TreesPane {
  constructor(open) {
    this.title = "B-trees";
    this.open = open;
    this.opened = new Map();
    this.body = h("div", { class: "scroll trees" });
    this.element = h("div", { class: "pane" }, this.body);
    session.addEventListener("file", () => this.fetch());
    session.addEventListener("database", () => this.opened.clear());
    session.addEventListener("look", () => this.draw());
    session.addEventListener("run", () => this.draw());
  }

  async fetch() {
    const answer = await session.ask("trees", { database: session.database });
    if (answer === null) return;
    if (answer.problem && this.answer) session.say(answer.problem.message, true, "trees");
    this.body.classList.toggle("old", Boolean(answer.problem && !this.answer?.problem));
    if (!answer.problem || !this.answer) this.answer = answer;
    this.draw();
  }

  draw() {
    const { answer } = this;
    if (!answer) return;
    if (answer.problem) {
      this.body.replaceChildren(h("p", { class: "problem" }, answer.problem.message));
      return;
    }
    const used = new Set((session.look.chain?.cursors ?? []).filter((cursor) => cursor.database === 0).map((cursor) => cursor.root));
    const trees = [...answer.trees].sort((a, b) => used.has(b.root.page) - used.has(a.root.page));
    const [uses, most] = pageUses();
    const state = JSON.stringify([[...used], [...uses], session.run?.changed ?? [], trees.length, answer.page_count]);
    if (state === this.drawnState && answer === this.drawnAnswer) return;
    [this.drawnState, this.drawnAnswer] = [state, answer];
    this.body.replaceChildren(
      h("p", { class: "note" }, `${counted(answer.page_count, "page")} of ${count(answer.page_size)} bytes`, answer.freelist.count ? `, ${count(answer.freelist.count)} of them free` : "",
        answer.trees_not_shown ? `; ${count(answer.trees_not_shown)} trees not shown` : ""),
      ...trees.map((tree) => this.tree(tree, used.has(tree.root.page), uses, most)),
    );
    lights.changed();
    lights.show();
  }

  tree(tree, used, uses, most) {
    const root = tree.root.page;
    const details = h("details", { open: this.opened.get(root) ?? used, ontoggle: () => this.opened.set(root, details.open) },
      h("summary", { key: `tree:${root}` }, h("em", { class: "kind" }, tree.kind), h("b", {}, tree.name), h("span", { class: "dim" }, ` root page ${root}`)),
      this.picture(tree, uses, most));
    return details;
  }

  picture(tree, uses, most) {
    const [boxes, lines, size] = laidOut(tree.root);
    const changed = new Set(session.run?.changed ?? []);
    return svg("svg", { width: size[0], height: size[1], role: "tree", "aria-label": `${tree.kind} ${tree.name}`, onkeydown: (event) => step(event) },
      svg("g", { class: "edges" }, ...lines.map((path) => svg("path", { d: path }))),
      ...boxes.map((box, at) => this.box(box, at, uses.get(box.page?.page), most, changed)));
  }

  box({ x, y, page, text }, at, uses, most, changed) {
    if (!page) return svg("g", { class: "elided", transform: `translate(${x} ${y})` }, svg("rect", { width: WIDTH, height: HEIGHT, rx: 5 }), written(10, 21, text));
    const classes = ["page", page.kind.includes("leaf") ? "leaf" : "interior", page.fault ? "fault" : "", changed.has(page.page) ? "changed" : "", uses ? heat(uses / most) : ""];
    const full = Math.max(0, Math.min(1, 1 - page.free / this.answer.page_size));
    const keys = page.fault ?? keysOf(page);
    const go = () => this.open(page.page);
    return svg("g", {
      class: classes.join(" "), transform: `translate(${x} ${y})`, key: `page:${page.page}`, tabindex: at ? "-1" : "0", role: "treeitem",
      "aria-label": `page ${page.page}, ${page.kind}, ${counted(page.cells, "cell")}`, ondblclick: go, onclick: go, onkeydown: (event) => event.key === "Enter" && go(),
    },
    svg("rect", { width: WIDTH, height: HEIGHT, rx: 5 }),
    svg("rect", { class: "full", x: 0, y: HEIGHT - 3, width: WIDTH * full, height: 3 }),
    svg("text", { x: 8, y: 14 }, svg("tspan", { class: "number" }, String(page.page)), svg("tspan", { class: "dim", dx: 6 }, `${counted(page.cells, "cell")}${uses ? `, asked ${count(uses)}×` : ""}`)),
    written(8, 27, short(keys, 28)));
  }
}

function keysOf(page) {
  if (!page.cells) return "no keys";
  return page.cells === 1 ? `key ${page.first}` : `${short(String(page.first), 11)} … ${short(String(page.last), 11)}`;
}

/** How often each page was asked for in the run that is shown, and the most of that. */
function pageUses() {
  const uses = new Map();
  for (const pages of session.figures?.uses ?? []) {
    for (const use of pages) if (use.database === 0) uses.set(use.page, (uses.get(use.page) ?? 0) + use.times);
  }
  return [uses, Math.max(...uses.values(), 1)];
}

/** Boxes and lines of a tree that grows to the right, each parent in the middle of its children. */
function laidOut(root) {
  const boxes = [];
  const lines = [];
  let bottom = 2;
  let right = 0;
  const put = (item, level) => {
    const box = { x: 2 + level * (WIDTH + ACROSS), y: 0, page: item.text ? null : item, text: item.text };
    boxes.push(box);
    right = Math.max(right, box.x + WIDTH);
    const below = item.text ? [] : [
      ...(item.overflow ?? []).map((chain) => ({ text: `overflow ${chain.pages.slice(0, 4).join(" → ")}${chain.length > 4 ? " …" : ""}` })),
      ...(item.overflow_not_shown ? [{ text: `${item.overflow_not_shown} more chains` }] : []),
      ...(item.children ?? []).map((child) => (child.not_shown ? { text: `… ${counted(child.not_shown, "page")}` } : child)),
    ];
    if (!below.length) {
      box.y = bottom;
      bottom += HEIGHT + DOWN;
      return box;
    }
    const children = below.map((child) => put(child, level + 1));
    box.y = (children[0].y + children.at(-1).y) / 2;
    const [fromX, fromY] = [box.x + WIDTH, box.y + HEIGHT / 2];
    for (const child of children) {
      const [toX, toY] = [child.x, child.y + HEIGHT / 2];
      lines.push(`M${fromX} ${fromY}C${fromX + ACROSS / 2} ${fromY} ${toX - ACROSS / 2} ${toY} ${toX} ${toY}`);
    }
    return box;
  };
  put(root, 0);
  return [boxes, lines, [right + 4, bottom + 2]];
}

function written(x, y, text) {
  return svg("text", { class: "dim", x, y }, text);
}

function step(event) {
  const boxes = [...event.currentTarget.querySelectorAll("[tabindex]")];
  const to = boxes.indexOf(event.target) + ({ ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key] ?? 0);
  if (boxes[to] && boxes[to] !== event.target) {
    event.preventDefault();
    event.target.setAttribute("tabindex", "-1");
    boxes[to].setAttribute("tabindex", "0");
    boxes[to].focus();
  }
}
