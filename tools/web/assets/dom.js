// Making elements. Text is only ever set as text: nothing here reads HTML.

const BATCH = 400;

/** An element: its class, attributes (`on…` functions listen), and children, where a string is text, made visible. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  give(element, attributes);
  const shown = children.flat().filter((child) => child !== null && child !== undefined && child !== false);
  element.append(...shown.flatMap((child) => (typeof child === "string" ? visible(child) : child)));
  return element;
}

/** An element with a text to the letter: it lies below one that somebody types in. */
export function exact(name, attributes, text) {
  const element = h(name, attributes);
  element.textContent = text;
  return element;
}

/** The same as `h` for SVG. */
export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  give(element, attributes);
  element.append(...children.map((child) => (typeof child === "string" ? child.split(UNSEEN).map((piece, i) => (i % 2 ? codeOf(piece) : piece)).join("") : child)));
  return element;
}

function give(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "key") element.dataset.key = value;
    else element.setAttribute(key, value === true ? "" : String(value));
  }
}

const UNSEEN = /([\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff])/;

/** Text, with a sign for each character that could not be seen, or would turn others around. */
export function visible(text) {
  if (!UNSEEN.test(text)) return [text];
  return text.split(UNSEEN).map((piece, i) => (i % 2 ? h("em", { class: "unseen" }, codeOf(piece)) : piece));
}

function codeOf(character) {
  return `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A number with its thousands apart. */
export function count(number) {
  return Math.round(number).toLocaleString("en");
}

/** So many of something: 1 row, 2 rows. */
export function counted(number, what) {
  return `${count(number)} ${what}${number === 1 ? "" : "s"}`;
}

/** Rows or a cost, as short as it can be and still tell. */
export function rough(number) {
  if (number >= 1e6) return number.toExponential(1).replace("e+", "e");
  if (number >= 100 || Number.isInteger(number)) return count(number);
  return number.toFixed(number >= 10 ? 0 : 1);
}

/** Nanoseconds as milliseconds. */
export function milliseconds(nanoseconds) {
  const ms = nanoseconds / 1e6;
  return `${ms >= 100 ? count(ms) : ms >= 1 ? ms.toFixed(1) : ms.toFixed(3)} ms`;
}

/** One line of a text, and no more of it than is read. */
export function short(text, most = 80) {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** How hot something is, from 0 to 1, as one of a few classes: the share's square root, so that small ones show. */
export function heat(share) {
  if (!(share > 0)) return "";
  return `heat${Math.max(1, Math.min(8, Math.ceil(Math.sqrt(share) * 8)))}`;
}

/** A long list of elements, drawn some at a time, as its end comes into view. */
export class Batches {
  /** @param drawn is told that there are more elements */
  constructor(element, drawn) {
    this.element = element;
    this.told = drawn;
    this.watcher = new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) this.more(); });
  }

  /** Begin anew: so many items, and what makes the element of one by its number. */
  begin(size, make) {
    this.watcher.disconnect();
    this.element.replaceChildren();
    Object.assign(this, { size, make, drawn: 0, rows: [] });
    this.more();
  }

  more(until = this.drawn + BATCH) {
    this.element.querySelector(":scope > .more")?.remove();
    const made = [];
    for (; this.drawn < Math.min(until, this.size); this.drawn++) made.push(this.make(this.drawn));
    this.rows.push(...made);
    this.element.append(...made);
    if (this.drawn < this.size) {
      const rest = h("div", { class: "more" }, `${count(this.size - this.drawn)} more`);
      this.element.append(rest);
      this.watcher.observe(rest);
    }
    this.told();
  }
}

/** Call a function once, when nothing asked for it again for so long. */
export function settled(wait, act) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, wait);
  };
}
