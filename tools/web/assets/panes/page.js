// One page of the file, every byte of it: what it is, and the records of its cells.

import { count, counted, h, short } from "../dom.js";
import { lights } from "../lights.js";
import { session } from "../session.js";

const ROW = 16;
const SMALL = 4; // bytes of a region that is told on its own line
const MOST_ALIKE = 2; // equal rows in a row that are shown

export class PagePane {
  /** @param who asks who changes a page */
  constructor(who) {
    this.title = "Page";
    this.number = 1;
    this.cell = -1;
    this.input = h("input", { type: "number", min: "1", value: "1", "aria-label": "Page number", onchange: () => this.open(+this.input.value) });
    this.role = h("span", { class: "role" });
    this.bar = h("div", { class: "turn" },
      h("button", { "aria-label": "Page before", onclick: () => this.open(this.number - 1) }, "‹"), this.input,
      h("button", { "aria-label": "Next page", onclick: () => this.open(this.number + 1) }, "›"), this.role,
      h("span", { class: "grow" }), h("button", { title: "Which instructions of the statement change this page?", onclick: () => who(this.number) }, "who changes it?"));
    this.body = h("div", { class: "scroll" });
    this.records = h("div", { class: "scroll records", hidden: true });
    this.element = h("div", { class: "pane" }, this.bar, this.body, this.records);
    session.addEventListener("file", () => this.open(this.number, true));
    session.addEventListener("database", () => { this.number = 1; this.cell = -1; });
  }

  /** Show a page; cell: the number of one that is to be seen. */
  async open(number, again = false, cell = -1) {
    if (!Number.isInteger(number) || number < 1) return;
    if (again) cell = this.cell;
    const answer = await session.ask("page", { database: session.database, number, cell });
    if (answer === null) return;
    if (answer.problem) {
      if (again && this.number !== 1) this.open(1, true);
      else this.fail(answer.problem.message);
      return;
    }
    this.number = number;
    this.cell = cell;
    this.input.value = number;
    this.input.max = answer.page_count;
    this.input.setCustomValidity("");
    this.draw(answer);
    if (cell >= 0) this.reveal(`cell:${number}:${cell}`);
  }

  /** Bring a cell into view, among the bytes and among the records. */
  reveal(key) {
    lights.show();
    for (const part of [this.body, this.records]) part.querySelector(`[data-key='${key}']`)?.scrollIntoView({ block: "center" });
  }

  fail(message) {
    this.element.classList.add("old");
    this.role.replaceChildren(h("span", { class: "wrong" }, message));
    if (!this.body.childElementCount) this.body.replaceChildren(h("p", { class: "problem" }, message));
  }

  draw(page) {
    this.element.classList.remove("old");
    this.role.replaceChildren(`of ${count(page.page_count)}: `, h("b", {}, page.role));
    this.role.title = page.role;
    this.body.replaceChildren(
      ...page.faults.map((fault) => h("p", { class: "problem" }, fault)),
      hex(page),
    );
    this.records.hidden = !page.cells?.length;
    this.records.replaceChildren(...(page.cells?.length ? [cells(page)] : []));
    this.body.scrollTop = this.records.scrollTop = 0;
    lights.changed();
  }
}

function hex(page) {
  const bytes = page.bytes.match(/../g).map((pair) => Number.parseInt(pair, 16));
  const rows = [];
  for (const [at, [start, end, text]] of page.regions.entries()) {
    const fields = fieldsIn(page, start, end);
    const color = colorOf(text, at);
    const key = keyOf(page, at);
    const small = end - start <= SMALL;
    if (!small) rows.push(h("div", { class: `hex title ${color}`, key, tabindex: "0" }, h("span", { class: "what", title: text }, text)));
    let alike = 0;
    for (let from = start; from < end; from += ROW) {
      const to = Math.min(from + ROW, end);
      const same = from > start && to - from === ROW && to < end && equal(bytes, from, from - ROW);
      alike = same ? alike + 1 : 0;
      if (alike >= MOST_ALIKE) {
        if (alike === MOST_ALIKE) rows.push(h("div", { class: "hex same" }, "the same, and again"));
        continue;
      }
      rows.push(h("div", { class: `hex ${color} ${small ? "small" : ""}`, key, tabindex: small ? "0" : "-1" },
        h("span", { class: "offset" }, String(from)),
        h("span", { class: "bytes" }, ...pieces(fields, from, to, (a, b) => `${bytes.slice(a, b).map((byte) => byte.toString(16).padStart(2, "0")).join(" ")} `)),
        h("span", { class: "letters" }, ...pieces(fields, from, to, (a, b) => bytes.slice(a, b).map(letter).join(""))),
        small ? h("span", { class: "what", title: text }, text) : ""));
    }
  }
  return h("div", { class: "dump", role: "group", "aria-label": `Bytes of page ${page.page}` }, ...rows);
}

/** What a region is pointed at by: its cell, or its number. */
function keyOf(page, at) {
  const cell = /^cell (\d+):/.exec(page.regions[at][2]);
  return cell ? `cell:${page.page}:${cell[1]}` : `r${at}`;
}

/** The fields of the records that lie in a region, as [start, end, key]. */
function fieldsIn(page, start, end) {
  const cell = (page.cells ?? []).find((each) => each.offset === start);
  if (!cell?.fields) return [];
  const record = start + (cell.child ? 4 : 0) + (cell.payload_varint ?? 0) + (cell.rowid_varint ?? 0);
  return [
    [record, record + cell.header, `field:${page.page}:${cell.cell}:header`],
    ...cell.fields.map((field, at) => [record + field.offset, record + field.offset + field.size, `field:${page.page}:${cell.cell}:${at}`]),
  ].filter(([from, to]) => to > from && from < end).map(([from, to, key]) => [from, Math.min(to, end), key]);
}

/** A row cut where fields begin and end. */
function pieces(fields, from, to, text) {
  const made = [];
  let at = from;
  for (const [start, end, key] of fields) {
    if (end <= at || start >= to) continue;
    const [a, b] = [Math.max(start, at), Math.min(end, to)];
    if (a > at) made.push(text(at, a));
    made.push(h("span", { key }, text(a, b)));
    at = b;
  }
  if (at < to) made.push(text(at, to));
  return made;
}

function colorOf(text, at) {
  if (text.startsWith("cell ")) return `cell${at % 2}`;
  if (/^(unallocated|not in use|unknown|reserved|freeblock)/.test(text)) return "unused";
  return text.startsWith("payload") ? "cell0" : "head";
}

function equal(bytes, a, b) {
  for (let i = 0; i < ROW; i++) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}

function letter(byte) {
  return byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "·";
}

function cells(page) {
  return h("div", { class: "cells" },
    h("h3", {}, `${counted(page.cell_count, "cell")}${page.cells_not_shown ? `, ${count(page.cells_not_shown)} not shown here` : ""}`),
    ...page.cells.map((cell) => h("div", { class: "cell", key: `cell:${page.page}:${cell.cell}` },
      h("h4", {}, `cell ${cell.cell}`, h("span", {}, about(cell))),
      ...(cell.fields ?? []).map((field, at) => h("div", { class: "field", key: `field:${page.page}:${cell.cell}:${at}` },
        h("b", {}, field.column), h("span", {}, `serial type ${field.serial_type}`), h("span", {}, `${field.type}, ${counted(field.size, "byte")}`),
        h("code", {}, field.value === null ? "NULL" : short(String(field.value), 80)))),
      cell.fault ? h("p", { class: "problem" }, cell.fault) : "")));
}

function about(cell) {
  const parts = [`offset ${cell.offset}, ${counted(cell.size, "byte")}`];
  if (cell.child) parts.push(`child page ${cell.child}`);
  if (cell.rowid !== undefined) parts.push(`rowid ${cell.rowid}`);
  if (cell.payload) parts.push(`payload ${counted(cell.payload, "byte")}`);
  if (cell.overflow) parts.push(`goes on in pages ${cell.overflow.pages.slice(0, 6).join(" → ")}${cell.overflow.count > 6 ? " …" : ""}`);
  return ` ${parts.join(", ")}`;
}
