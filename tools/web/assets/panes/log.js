// What lies beside the file: a rollback journal or a write-ahead log.

import { h, visible } from "../dom.js";
import { session } from "../session.js";

export class LogPane {
  constructor() {
    this.title = "Log";
    this.text = h("pre", { class: "text" });
    this.element = h("div", { class: "pane scroll", tabindex: "-1" }, this.text);
    session.addEventListener("file", () => this.shown());
  }

  async shown() {
    if (this.element.hidden) return;
    const answer = await session.ask("log", { database: session.database });
    if (answer !== null) this.text.replaceChildren(...visible(answer.text || answer.message || answer.problem?.message || ""));
  }
}
