// What the page knows, and how it asks for more. Panes listen: "look" (another chain), "run" (a run began, goes on or
// ended), "current" (the text of now is wanted), "origins" (where the rows that are shown came from is known), "database" (another one), "file" (it may have changed), "status" (something to say).

const AGAIN = 150; // milliseconds until the server is asked once more that was busy

class Session extends EventTarget {
  constructor() {
    super();
    this.database = "file";
    this.title = "";
    this.writable = false;
    this.sample = false;
    this.schema = ""; // of the scratch database; "" for the file
    this.examples = [];
    this.text = "";
    this.at = 0;
    this.look = { tokens: [], statement: [0, 0] };
    this.run = null;
    this.figures = null; // of the run, as long as the chain shown is its own
    this.rows = { page: 0, first: 0, count: 0, origins: null }; // those that are shown
    this.now = null; // pieces of the text that the debugger stands at
    this.parameters = {};
    this.asked = 0;
  }

  tell(what) {
    this.dispatchEvent(new Event(what));
  }

  /** Say something; about: what was asked, where that went wrong: it is unsaid once the same goes well. */
  say(text, wrong = false, about = "") {
    this.saying = { text, wrong, about };
    this.tell("status");
  }

  /** Ask the server; the answer, or null where there was none (what went wrong is said). */
  async ask(name, body = {}) {
    try {
      const answer = await fetch(`api/${name}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      if (answer.status === 403) throw new Error("This page is not let in any more: open the address that fdb web has printed");
      const text = await answer.text();
      if (!answer.ok) throw new Error(refusal(text));
      const document = JSON.parse(text);
      if (this.saying?.about === name && !document.problem) this.say(""); // what was wrong with it is over
      return document;
    } catch (failure) {
      const gone = failure instanceof TypeError;
      this.say(gone ? "The server does not answer: has fdb web ended?" : failure.message, true, name);
      return null;
    }
  }

  async begin() {
    const hello = await this.ask("hello");
    if (hello === null) return;
    Object.assign(this, { title: hello.title, writable: hello.writable, sample: hello.sample, examples: hello.examples });
    this.file = { title: hello.title, writable: hello.writable };
    this.tell("database");
  }

  /** Work on the scratch database of a schema, or on the file where there is none. */
  async use(schema, anew = false) {
    this.stop();
    if (schema === "") {
      if (anew) await this.ask("renew");
      Object.assign(this, { database: "file", schema: "", ...this.file });
    } else {
      const made = await this.ask("scratch", { schema, anew });
      if (made === null) return false;
      if (made.problem) {
        this.say(`The schema: ${made.problem.message}`, true);
        return false;
      }
      Object.assign(this, { database: made.database, schema, title: made.title, writable: true });
    }
    this.run = this.figures = null;
    this.tell("database");
    this.tell("run");
    this.tell("file");
    return true;
  }

  /** The text and where the cursor is, as they are now: the editor waits a little before it has them looked at. */
  current() {
    this.tell("current");
    return { text: this.text, at: this.at };
  }

  /** Look at a text with the cursor somewhere in it. */
  async see(text, at) {
    this.text = text;
    this.at = at;
    const number = ++this.asked;
    const look = await this.ask("chain", { database: this.database, text, at });
    if (look === null || number !== this.asked) return;
    if (look.problem && look.tokens === undefined) look.tokens = [];
    if (look.busy) {
      this.look = { ...this.look, tokens: look.tokens, statement: look.statement, busy: true };
      if (!this.run?.running) setTimeout(() => { if (number === this.asked) this.see(text, at); }, AGAIN);
    } else {
      this.figures = this.stillRuns(look, text) ? this.figures : null;
      const kept = Boolean(this.figures && look.problem); // a statement that ran may not do so twice
      const stale = Boolean(!kept && look.problem && this.look.chain);
      if (kept) this.look = { ...this.look, tokens: look.tokens, statement: look.statement };
      else this.look = stale ? { ...this.look, busy: false, ...look, stale } : look;
    }
    this.tell("look");
  }

  /** Whether a look is at the statement whose figures are there. */
  stillRuns(look, text) {
    if (this.figures === null || look.statement === undefined) return false;
    return text.slice(...look.statement) === this.ranText && look.statement[0] === this.ranAt;
  }

  async start() {
    if (this.run?.running) return;
    const { text, at } = this.current();
    this.run = { running: true, count: 0, kept: 0 };
    this.tell("run");
    let state = await this.ask("run", { database: this.database, text, at, parameters: this.parameters });
    while (state?.running) {
      this.run = state;
      this.tell("run");
      if (this.wantsStop) {
        this.wantsStop = false;
        state = await this.ask("stop", { run: state.run });
      } else {
        state = await this.ask("state", { run: state.run });
      }
    }
    this.wantsStop = false;
    this.run = state;
    if (state?.chain && this.text === text) {
      this.ranText = text.slice(...state.statement);
      this.ranAt = state.statement[0];
      this.figures = state.figures ?? null;
      this.look = { ...this.look, problem: undefined, busy: false, stale: false, ...pick(state) };
      this.tell("look");
    }
    this.tell("run");
    this.tell("file");
    if (this.look.busy || this.text !== text) this.see(this.text, this.at);
  }

  /** Other rows are shown. */
  showRows(page, first, size) {
    if (this.rows.run === this.run?.run && this.rows.page === page && this.rows.count === size) return;
    this.rows = { run: this.run?.run, page, first, count: size, origins: null };
  }

  /** Learn which cells the rows that are shown were read from, once, when somebody first points at one. */
  trace() {
    const { rows, run } = this;
    if (rows.count && run?.run && !run.running && rows.run === run.run) rows.tracing ??= this.origins(rows);
    return rows.tracing;
  }

  async origins(rows) {
    const answer = await this.ask("origins", { run: rows.run, page: rows.page });
    if (answer === null || answer.problem) return;
    rows.origins = answer;
    if (rows === this.rows) this.tell("origins");
  }

  stop() {
    if (!this.run?.running) return;
    this.wantsStop = true;
    if (this.run.run) this.ask("stop", { run: this.run.run });
  }
}

/** What an answer says that is none: JSON with a message, or text where the question did not get as far as that. */
function refusal(text) {
  try {
    return JSON.parse(text).message;
  } catch {
    return text;
  }
}

function pick(state) {
  const { statement, chain, trees, choices, indents, jumps, results, parameters, writes, measured } = state;
  return { statement, chain, trees, choices, indents, jumps, results, parameters, writes, measured };
}

export const session = new Session();
