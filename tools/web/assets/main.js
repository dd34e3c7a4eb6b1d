// The page: its panes, its keys, and what it begins with.

import { count, counted, h, milliseconds, visible } from "./dom.js";
import { Editor } from "./editor.js";
import { Layout } from "./layout.js";
import { lights } from "./lights.js";
import { BytecodePane } from "./panes/bytecode.js";
import { DebugPane } from "./panes/debug.js";
import { LogPane } from "./panes/log.js";
import { NamesPane } from "./panes/names.js";
import { PagePane } from "./panes/page.js";
import { PlanPane } from "./panes/plan.js";
import { RowsPane } from "./panes/rows.js";
import { SchemaPane } from "./panes/schema.js";
import { SyntaxPane } from "./panes/syntax.js";
import { TreesPane } from "./panes/trees.js";
import { WhyPane } from "./panes/why.js";
import { session } from "./session.js";
import { fragment, shared } from "./share.js";

const KEYS = [
  ["Ctrl+Enter", "run the statement at the cursor"],
  ["Escape", "stop what runs; let go of what is pinned"],
  ["Ctrl+Space", "what may follow here"],
  ["Ctrl+Alt+→  Ctrl+Alt+←", "the next pane, the one before"],
  ["1 … 9", "a pane by its number, where no text is being typed"],
  ["↑ ↓", "step through a tree or a list"],
  ["→ ← ↓ ↑", "in the debugger: a step, a step back, the next row, the row before"],
  ["→ ←", "open or close; step into or out"],
  ["Enter", "keep lit what belongs to this; the same again lets go"],
];

const byId = (id) => document.getElementById(id);
const editor = new Editor();
const why = new WhyPane();
const page = new PagePane((number) => { layout.bring("why", false); why.who(number); });
/** Open a page; cell: one that is to be seen; aside: show it only where that does not hide the rows. */
const open = (number, cell = -1, aside = false) => {
  page.open(number, false, cell);
  if (!aside || !layout.areTogether("rows", "page")) layout.bring("page", false);
};
const panes = new Map(Object.entries({
  sql: { title: "SQL", element: h("div", { class: "pane" }, editor.element) },
  rows: new RowsPane(open, () => { layout.bring("why", false); why.row.focus(); }),
  debug: new DebugPane(),
  why,
  schema: new SchemaPane((text) => editor.insert(text), open),
  plan: new PlanPane(),
  syntax: new SyntaxPane(),
  names: new NamesPane(),
  bytecode: new BytecodePane(),
  trees: new TreesPane(open),
  page,
  log: new LogPane(),
}));
for (const [name, pane] of panes) {
  pane.element.id = `pane-${name}`;
  pane.element.setAttribute("role", "tabpanel");
  pane.element.setAttribute("aria-labelledby", `tab-${name}`);
  if (name !== "sql") lights.watch(pane.element);
}
const layout = new Layout(byId("frame"), panes);

// -- the bar

byId("run").addEventListener("click", () => (session.run?.running ? session.stop() : session.start()));
byId("share").addEventListener("click", share);
byId("anew").addEventListener("click", async () => {
  if (await session.use(session.schema, true)) session.see(editor.area.value, editor.area.selectionStart);
});
byId("theme").addEventListener("click", () => theme(isDark() ? "light" : "dark"));
byId("help").addEventListener("click", showKeys);
byId("examples").addEventListener("change", (event) => example(session.examples[event.target.value]));

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function theme(name) {
  document.documentElement.dataset.theme = name;
  localStorage.setItem("theme", name);
}

async function share() {
  const { sql } = session.schema ? { sql: session.schema } : ((await session.ask("schema", { database: session.database })) ?? {});
  const hash = fragment(editor.area.value, sql ?? "");
  history.replaceState(null, "", hash);
  try {
    await navigator.clipboard.writeText(location.origin + location.pathname + hash);
    session.say("The address is copied: it holds the SQL and the schema, not the token.");
  } catch {
    session.say("The address above holds the SQL and the schema, not the token.");
  }
}

function showKeys() {
  const dialog = h("dialog", { class: "keys", "aria-label": "Keys", onclick: () => dialog.close(), onclose: () => dialog.remove() },
    h("h2", {}, "Keys"),
    h("dl", {}, ...KEYS.flatMap(([key, what]) => [h("dt", {}, key), h("dd", {}, what)])),
    h("p", {}, "Point at anything: what belongs to it lights up in every other pane. A click keeps it lit."));
  document.body.append(dialog);
  dialog.showModal();
}

let taught = []; // the lines that the lesson is about

session.addEventListener("look", () => {
  if (!taught.some((line) => session.text.includes(line))) byId("lesson").hidden = true;
});

async function example(chosen) {
  if (!chosen) return;
  byId("lesson").hidden = false;
  byId("lesson").replaceChildren(h("b", {}, chosen.title), ` ${chosen.note}`);
  if (session.schema !== chosen.schema || session.database === "file") {
    if (session.schema !== chosen.schema && !(await session.use(chosen.schema))) return;
  }
  const at = Math.max(chosen.sql.search(/^(?!--)/m), 0);
  taught = chosen.sql.split("\n").map((line) => line.trim()).filter(Boolean);
  editor.set(chosen.sql, at);
  for (const name of [...chosen.panes].reverse()) layout.bring(name, false);
}

// -- what is said

session.addEventListener("database", () => {
  const mode = session.schema ? "made from a schema" : session.writable ? "" : "read only";
  byId("database").replaceChildren(h("span", {}, session.title), mode ? h("em", {}, mode) : "");
  byId("database").title = session.title;
  byId("anew").hidden = !(session.schema || session.sample);
  document.title = `${session.title} – FoundryDB`;
});
session.addEventListener("status", () => {
  byId("said").replaceChildren(...visible(session.saying.text));
  byId("said").classList.toggle("wrong", session.saying.wrong);
});
session.addEventListener("run", () => {
  const { run } = session;
  byId("run").textContent = run?.running ? "Stop" : "Run";
  byId("run").classList.toggle("stop", Boolean(run?.running));
  byId("status").replaceChildren(...(run === null || run === undefined ? [] : visible(told(run))));
});

function told(run) {
  if (run.running) return `running: ${counted(run.count, "row")} so far, ${(run.seconds ?? 0).toFixed(1)} s`;
  if (run.problem) return run.problem.hint ? `${run.problem.message} (${run.problem.hint})` : run.problem.message;
  const { figures } = run;
  const parts = [run.stopped ? "stopped" : "done"];
  if (figures?.changes !== null && figures?.changes !== undefined) parts.push(`${counted(figures.changes, "row")} changed`);
  parts.push(counted(run.count, "row"));
  if (figures) {
    const sum = (at) => figures.instructions.reduce((total, one) => total + one[at], 0);
    parts.push(counted(sum(0), "instruction"), `${counted(sum(1), "page")} asked for`, `${milliseconds(figures.nanoseconds)} while watched`);
  }
  if (run.changed?.length) parts.push(`pages written: ${run.changed.slice(0, 12).join(", ")}${run.changed.length > 12 ? " …" : ""}`);
  if (run.in_transaction) parts.push("a transaction is open");
  return parts.join(" · ");
}

// -- keys

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("textarea, input, select");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    session.start();
  } else if (event.key === "Escape") {
    if (session.run?.running) session.stop();
    else if (lights.pinned !== null) lights.pin(lights.pinned);
  } else if (event.ctrlKey && event.altKey && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
    event.preventDefault();
    const order = layout.order();
    const here = document.activeElement.closest("[role=tabpanel]")?.id.slice(5) ?? document.activeElement.id.slice(4);
    layout.enter(order[(order.indexOf(here) + (event.key === "ArrowRight" ? 1 : order.length - 1)) % order.length]);
  } else if (/^[1-9]$/.test(event.key) && !typing && !event.ctrlKey && !event.altKey && !event.metaKey) {
    const name = layout.order()[event.key - 1];
    if (name) layout.enter(name);
  } else if (event.key === "Enter" && event.target.dataset?.key && !typing) {
    lights.pin(event.target.dataset.key, event.target);
  } else if (event.key === "?" && !typing) {
    showKeys();
  }
});

// -- the beginning

async function openShared(given) {
  const own = session.database === "file" && given.schema ? await session.ask("schema", { database: "file" }) : null;
  if (given.schema && given.schema !== own?.sql && given.schema !== session.schema) await session.use(given.schema);
  editor.set(given.sql);
}

addEventListener("hashchange", () => {
  const given = shared(location.hash);
  if (given) openShared(given);
});

async function begin() {
  const chosen = localStorage.getItem("theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
  await session.begin();
  const select = byId("examples");
  select.append(h("option", { value: "" }, "choose one"), ...session.examples.map((one, at) => h("option", { value: at }, one.title)));
  const given = shared(location.hash);
  if (given) await openShared(given);
  else if (session.sample) {
    select.value = "0";
    await example(session.examples[0]);
  } else editor.set("");
  session.tell("file");
  editor.area.focus();
}

begin();
