// Tables, columns, indexes, views and triggers; a name is put into the SQL, a root page is opened.

import { h, short, visible } from "../dom.js";
import { session } from "../session.js";
import { Outline } from "./outline.js";

export class SchemaPane {
  constructor(insert, open) {
    this.title = "Schema";
    this.outline = new Outline({
      label: "Schema", className: "schema",
      key: (item) => (item.root ? `tree:${item.root}` : null),
      row: (item) => [
        h("em", { class: "kind" }, item.kind), h("b", {}, item.name), h("code", {}, short(item.more ?? "", 70)), h("span", { class: "grow" }),
        item.insert ? h("button", { title: "Put this name into the SQL", "aria-label": `Put ${item.name} into the SQL`, tabindex: "-1", onclick: () => insert(item.insert) }, "↥") : "",
        item.root ? h("button", { title: "Open the root page", tabindex: "-1", onclick: () => open(item.root) }, `page ${item.root}`) : "",
      ],
    });
    this.note = h("p", { class: "empty" });
    this.element = h("div", { class: "pane scroll" }, this.note, this.outline.element);
    session.addEventListener("file", () => this.draw());
  }

  async draw() {
    const answer = await session.ask("schema", { database: session.database });
    if (answer === null || answer.busy) return;
    const note = answer.problem?.message ?? (answer.tables.length ? "" : "The database has no tables.");
    this.note.replaceChildren(...visible(note));
    this.note.hidden = !note;
    const tables = (answer.tables ?? []).map((table) => ({
      kind: table.kind, name: table.name, root: table.root, insert: table.quoted,
      more: table.fault || table.columns.map((column) => column.name).join(", "),
      below: [
        ...table.columns.map((column) => ({
          kind: column.key ? "key" : "column", name: column.name, insert: column.quoted,
          more: [column.type, column.not_null ? "NOT NULL" : ""].filter(Boolean).join(" "), below: [],
        })),
        ...table.parts.map((part) => ({ kind: part.kind, name: part.name, root: part.root, more: part.sql, below: [] })),
      ],
    }));
    this.outline.show(tables, (item) => item.below);
    if (tables.length > 3) {
      this.outline.opened = new Set(tables.length > 12 ? [] : this.outline.opened);
      this.outline.draw();
    }
  }
}
