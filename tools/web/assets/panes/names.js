// What each name refers to, and the expressions that were made of the text.

import { h, short } from "../dom.js";
import { lights } from "../lights.js";
import { session } from "../session.js";

const MOST = 600;

export class NamesPane {
  constructor() {
    this.title = "Names";
    this.element = h("div", { class: "pane scroll" });
    session.addEventListener("look", () => this.draw());
  }

  draw() {
    const { chain } = session.look;
    if (chain === this.chain) return;
    this.chain = chain;
    this.element.replaceChildren(...(chain ? [names(chain), expressions(chain)] : []));
    lights.changed();
  }
}

function names(chain) {
  if (!chain.names.length) return h("p", { class: "empty" }, "The statement has no names.");
  return h("table", { class: "grid" },
    h("thead", {}, h("tr", {}, ...["name", "is a", "refers to", "type", "affinity", "collation", "null"].map((text) => h("th", {}, text)))),
    h("tbody", {}, ...chain.names.slice(0, MOST).map((name) =>
      h("tr", { key: name.id, tabindex: "-1" },
        h("td", {}, h("code", {}, short(name.text, 40))), h("td", {}, name.kind + (name.defines ? ", defined" : "")),
        h("td", {}, h("code", {}, short(name.refers_to ?? "", 50))), h("td", {}, name.type), h("td", {}, name.affinity),
        h("td", {}, name.collation), h("td", {}, name.nullable === null ? "" : name.nullable ? "yes" : "no")))));
}

function expressions(chain) {
  return h("table", { class: "grid" },
    h("thead", {}, h("tr", {}, h("th", {}, "expression"), h("th", {}, "is a"), h("th", {}, "from"), h("th", {}, "instructions"))),
    h("tbody", {}, ...chain.expressions.slice(0, MOST).map((one) =>
      h("tr", { key: one.id, tabindex: "-1" },
        h("td", {}, h("code", {}, short(one.text, 60))), h("td", {}, one.node), h("td", {}, one.from ?? ""),
        h("td", {}, one.instructions.map((id) => id.slice(1)).join(" "))))));
}
