// "Run until step N": a field whose mistakes are said beside it.

import { button, count, element, write } from "../shell/dom.js";

let made = 0;

export class Until {
  constructor(send) {
    this.send = send;
    this.now = 0;
    this.last = Infinity;
    this.node = element("form", "gl-until gl-rare");
    this.node.noValidate = true;
    const label = element("label", "", "Run until");
    this.field = element("input", "gl-until-field");
    Object.assign(this.field, { type: "number", min: 1, step: 1, inputMode: "numeric", placeholder: "step" });
    label.append(this.field);
    this.go = button({ label: "Go", hint: "Play up to this step, then pause", act: () => {} });
    this.go.type = "submit";
    this.problem = element("p", "gl-until-problem");
    this.problem.id = `gl-until-problem-${(made += 1)}`;
    this.problem.setAttribute("role", "alert");
    this.field.setAttribute("aria-describedby", this.problem.id);
    this.field.addEventListener("input", () => this.say(""));
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.node.append(label, this.go, this.problem);
  }

  submit() {
    const step = Number(this.field.value);
    const valid = this.field.value !== "" && Number.isInteger(step);
    const beyond = `This run ends at step ${count(this.last)}; raise Steps under Training.`;
    if (!valid) this.say("Enter the step to stop at, a whole number.");
    else if (step <= this.now) this.say(`The run is at step ${count(this.now)} already; enter a later one.`);
    else if (step > this.last) this.say(beyond);
    else this.send({ op: "play", until: step });
  }

  say(sentence) {
    write(this.problem, sentence);
    if (sentence) this.field.setAttribute("aria-invalid", "true");
    else this.field.removeAttribute("aria-invalid");
  }

  show({ step = 0, newest, steps = Infinity, until }, ended) {
    this.now = newest ?? step;
    this.last = steps;
    this.field.disabled = this.go.disabled = ended;
    this.node.classList.toggle("gl-active", (until ?? null) !== null);
  }
}
