// What belongs to what. The chain has ids, both ways; here any one of them, a piece of the text, a column of the result,
// a page or a tree is followed to everything that it came from and became.
//
// Keys: t… tokens, a… syntax, n… names, e… expressions, p… plan nodes, i… instructions, c… cursors (the chain's ids);
// page:N, tree:ROOT, cell:PAGE:N, field:PAGE:N:AT, col:N, row:N, value:ROW:COL, text:START:END.

export class Links {
  constructor(look, figures) {
    this.look = look;
    this.figures = figures;
    this.chain = look.chain ?? null;
    this.items = new Map();
    if (this.chain === null) return;
    for (const part of ["tokens", "ast", "names", "expressions", "nodes", "instructions", "cursors"]) {
      for (const item of this.chain[part]) this.items.set(item.id, item);
    }
    this.places = new Map(this.chain.ast.map((node, at) => [node.id, at]));
    this.holders = gathered(this.chain.nodes, (node) => node.expressions);
    this.users = gathered(this.chain.expressions, (expression) => expression.operands);
    this.later = gathered([...this.chain.nodes, ...this.chain.expressions], (item) => (item.from ? [item.from] : []));
    this.final = this.chain.plans.at(-1)?.nodes ?? [];
  }

  /** Everything that belongs to a key: keys, and pieces of the text. rows: those that are shown, and where they came from. */
  of(key, rows) {
    const found = new Found(key);
    this.rows = rows;
    if (this.chain === null || key === null) return found;
    const [kind, first, second] = key.split(":");
    if (kind === "text") this.text(+first, +second, found);
    else if (kind === "page") this.page(+first, found);
    else if (kind === "tree") this.tree(+first, found);
    else if (kind === "col") this.column(+first, found);
    else if (kind === "row") this.row(+first, found);
    else if (kind === "value") this.value(+first, +second, found);
    else if (kind === "cell" || kind === "field") this.cell(+first, +second, found);
    else if (this.items.has(key)) this[BY_LETTER[key[0]]](this.items.get(key), found);
    return found;
  }

  text(start, end, found) {
    found.span(start, end);
    let best = null;
    for (const node of this.chain.ast) {
      if (node.start <= start && end <= node.end && (best === null || node.end - node.start <= best.end - best.start)) best = node;
    }
    if (best !== null) this.syntax(best, found);
  }

  token(token, found) {
    this.text(token.start, token.end, found);
  }

  syntax(written, found) {
    found.add(written.id);
    const node = this.meant(written);
    const inside = new Set(this.inside(node).map((each) => each.id));
    found.span(node.start, node.end);
    found.add(node.id);
    const bound = new Set();
    for (const expression of this.chain.expressions) {
      if (inside.has(this.root(expression))) bound.add(expression.id);
    }
    const asked = new Set();
    for (const plan of this.chain.nodes) {
      if (inside.has(plan.ast)) asked.add(plan.id);
      if (inside.has(plan.ast) || plan.expressions.some((id) => bound.has(id))) found.add(plan.id);
    }
    for (const one of this.chain.instructions) {
      if (node.id === "a1" || asked.has(one.node) || one.expressions.some((id) => bound.has(id))) this.carried(one, found);
    }
    bound.forEach((id) => found.add(id));
    for (const name of this.chain.names) {
      if (node.start <= name.start && name.end <= node.end) found.add(name.id);
    }
  }

  /** The syntax that a part of it stands for: of a table's name, what reads the table. */
  meant(node) {
    const became = (each) => each.expressions.length || each.nodes.length;
    let one = node;
    while (one.parent !== null && !this.isWhole(one.parent) && !this.inside(one).some(became)) one = this.items.get(one.parent);
    return one;
  }

  /** A node of the syntax with all below it, which follow it in the list. */
  inside(node) {
    const { ast } = this.chain;
    const first = this.places.get(node.id);
    const ids = new Set([node.id]);
    let end = first + 1;
    while (end < ast.length && ids.has(ast[end].parent)) ids.add(ast[end++].id);
    return ast.slice(first, end);
  }

  name(name, found) {
    found.add(name.id);
    this.text(name.start, name.end, found);
    for (const other of this.chain.names) {
      if (name.refers_to && other.refers_to === name.refers_to && other.source === name.source) {
        found.add(other.id);
        found.span(other.start, other.end);
      }
    }
  }

  expression(expression, found) {
    const waiting = [expression];
    while (waiting.length) {
      const one = waiting.pop();
      if (found.keys.has(one.id)) continue;
      found.add(one.id);
      if (one.ast) found.add(one.ast);
      if (one.start >= 0) found.span(one.start, one.end);
      for (const id of this.holders.get(one.id) ?? []) found.add(id);
      for (const id of one.instructions) this.carried(this.items.get(id), found);
      waiting.push(...one.operands.map((id) => this.items.get(id)));
      if (one.from) waiting.push(this.items.get(one.from));
      waiting.push(...(this.later.get(one.id) ?? []).map((id) => this.items.get(id)));
    }
  }

  plan(node, found) {
    const family = new Set();
    for (let one = node; one; one = this.items.get(one.from)) family.add(one.id);
    const waiting = [node.id];
    while (waiting.length) {
      const id = waiting.pop();
      family.add(id);
      waiting.push(...(this.later.get(id) ?? []));
    }
    for (const id of family) {
      const one = this.items.get(id);
      found.add(id);
      one.spans.forEach((span) => found.span(...span));
      if (one.ast && !this.isWhole(one.ast)) found.add(one.ast);
      for (const each of one.expressions) this.operands(each, found);
      for (const each of one.instructions) this.carried(this.items.get(each), found);
    }
  }

  instruction(one, found) {
    this.carried(one, found);
    one.spans.forEach((span) => found.span(...span));
    for (const id of one.expressions) this.operands(id, found);
    const node = this.items.get(one.node);
    if (node) {
      found.add(node.id);
      for (let older = node; older; older = this.items.get(older.from)) found.add(older.id);
      if (node.ast && !this.isWhole(node.ast)) found.add(node.ast);
    }
  }

  cursor(cursor, found) {
    found.add(cursor.id);
    for (const id of cursor.instructions) {
      const one = this.items.get(id);
      if (one.cursors[0] === cursor.id || id === cursor.opened_by) this.instruction(one, found);
    }
    this.below(cursor, found);
  }

  page(number, found) {
    found.add(`page:${number}`);
    const uses = this.figures?.uses ?? [];
    uses.forEach((pages, address) => {
      if (pages.some((use) => use.database === 0 && use.page === number)) this.instruction(this.items.get(`i${address}`), found);
    });
    for (const key of [...found.keys]) if (key.startsWith("page:")) found.keys.delete(key);
    found.add(`page:${number}`);
    for (const cursor of this.chain.cursors) {
      if (cursor.database === 0 && cursor.root === number) this.tree(number, found);
    }
  }

  tree(root, found) {
    found.add(`tree:${root}`);
    for (const cursor of this.chain.cursors) {
      if (cursor.database === 0 && cursor.root === root) this.cursor(cursor, found);
    }
  }

  column(number, found) {
    found.add(`col:${number}`);
    for (let at = 0; at < this.rows.count; at++) found.add(`value:${this.rows.first + at}:${number}`);
    const project = this.final.map((id) => this.items.get(id)).find((node) => ["Project", "Values", "Compound"].includes(node.node));
    const id = project?.expressions[number];
    if (id) this.expression(this.items.get(id), found);
  }

  /** A row: the cells that it was read from, with their pages, trees and cursors. */
  row(number, found) {
    found.add(`row:${number}`);
    const { origins, first } = this.rows;
    for (const at of origins?.rows[number - first]?.[0] ?? []) {
      const [cursor, database, page, cell] = origins.cells[at];
      if (this.figures !== null) this.standing(cursor, found);
      if (database !== 0) continue;
      found.add(`page:${page}`);
      found.add(`cell:${page}:${cell}`);
    }
  }

  /** One value of a row: what its column is, and where the row came from. */
  value(number, column, found) {
    this.column(column, found);
    for (const key of [...found.keys]) if (key.startsWith("page:") || key.startsWith("value:")) found.keys.delete(key);
    found.add(`value:${number}:${column}`);
    this.row(number, found);
  }

  /** A cell of a page: the rows that came from there, and the cursors that stood on it. */
  cell(page, number, found) {
    found.add(`page:${page}`);
    const { origins, first } = this.rows;
    const numbers = (origins?.cells ?? []).flatMap(([, database, on, cell], at) => (database === 0 && on === page && cell === number ? [at] : []));
    if (this.figures !== null) for (const at of numbers) this.standing(origins.cells[at][0], found);
    (origins?.rows ?? []).forEach(([cells], at) => {
      if (numbers.some((each) => cells.includes(each))) found.add(`row:${first + at}`);
    });
  }

  // -- steps that several ways share

  /** A cursor that stood on a cell, with its tree. */
  standing(cursor, found) {
    const item = this.items.get(`c${cursor}`);
    if (!item) return;
    found.add(item.id);
    if (item.database === 0 && item.root !== null) found.add(`tree:${item.root}`);
  }

  /** An instruction with the cursors that it names and the pages that it asked for. */
  carried(one, found) {
    found.add(one.id);
    const pages = this.figures?.uses[one.addr] ?? [];
    for (const use of pages) if (use.database === 0) found.add(`page:${use.page}`);
    for (const id of one.cursors.slice(0, 1)) this.below(this.items.get(id), found);
  }

  /** A cursor's tree. */
  below(cursor, found) {
    found.add(cursor.id);
    if (cursor.database === 0 && cursor.root !== null) {
      found.add(`tree:${cursor.root}`);
      if (this.figures === null) found.add(`page:${cursor.root}`);
    }
  }

  /** An expression with its operands, without what else they are for. */
  operands(id, found) {
    const one = this.items.get(id);
    if (!one || found.keys.has(id)) return;
    found.add(id);
    if (one.ast) found.add(one.ast);
    one.operands.forEach((each) => this.operands(each, found));
    if (one.from) this.operands(one.from, found);
  }

  /** The syntax that an expression was bound from, or that it was rewritten from. */
  root(expression) {
    for (let one = expression, steps = 0; one && steps < 1000; steps++) {
      if (one.ast !== null) return one.ast;
      const above = one.from ?? one.within;
      if (!above || above[0] !== "e") return null;
      one = this.items.get(above);
    }
    return null;
  }

  isWhole(id) {
    const node = this.items.get(id);
    return node.node.startsWith("Select") || node.parent === null;
  }
}

const BY_LETTER = { t: "token", a: "syntax", n: "name", e: "expression", p: "plan", i: "instruction", c: "cursor" };

class Found {
  constructor(key) {
    this.keys = new Set(key === null ? [] : [key]);
    this.spans = [];
  }

  add(key) {
    this.keys.add(key);
  }

  span(start, end) {
    if (start >= 0 && end > start) this.spans.push([start, end]);
  }
}

/** For each id that some items name, the ids of those. */
function gathered(items, names) {
  const found = new Map();
  for (const item of items) {
    for (const name of names(item)) {
      if (!found.has(name)) found.set(name, []);
      found.get(name).push(item.id);
    }
  }
  return found;
}
