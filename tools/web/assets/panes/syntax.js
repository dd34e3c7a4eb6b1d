// The syntax tree: each node with the piece of the text that it spans.

import { h, short } from "../dom.js";
import { session } from "../session.js";
import { Outline } from "./outline.js";

export class SyntaxPane {
  constructor() {
    this.title = "Syntax";
    this.outline = new Outline({
      label: "Syntax tree",
      key: (node) => node.id,
      row: (node) => [h("b", {}, node.node), h("code", {}, short(this.text(node)))],
    });
    this.element = h("div", { class: "pane scroll" }, this.outline.element);
    session.addEventListener("look", () => this.draw());
  }

  text(node) {
    return session.text.slice(node.start, Math.min(node.end, node.start + 200));
  }

  draw() {
    const nodes = session.look.chain?.ast ?? [];
    if (nodes === this.nodes) return;
    this.nodes = nodes;
    const below = new Map(nodes.map((node) => [node.id, []]));
    for (const node of nodes) if (node.parent !== null) below.get(node.parent).push(node);
    this.outline.show(nodes.slice(0, 1), (node) => below.get(node.id));
  }
}
