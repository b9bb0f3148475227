// Prove a receipt in the browser: words and drawing of what ledger.js computes.
// Without this, or where the browser cannot, the form is sent and the server computes.

const form = document.querySelector("form[data-verify]");

if (form) {
  const words = new Map(
    Array.from(
      document.getElementById("verify-words").content.querySelectorAll("[data-say]"),
      (element) => [element.dataset.say, element.textContent],
    ),
  );
  const say = (word, values = {}) =>
    (words.get(word) ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  const short = (hash) => `${hash.slice(0, 8)}…${hash.slice(-4)}`;
  const result = document.querySelector("[data-verify-result]");
  const button = form.querySelector("button.btn");

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  const VERDICTS = {
    proved: ["decision said", "holds"],
    waiting: ["decision wait said", "pending"],
    absent: ["decision no said", "unknown"],
    refuted: ["decision no said", "fails"],
    unreadable: ["decision wait said", "unreadable"],
  };

  const stepWords = (step) => {
    switch (step.kind) {
      case "payload": return [say("payload"), step.result];
      case "leaf": return [say("leaf"), step.result];
      case "node": {
        const given = step.side === "left" ? step.left : step.right;
        return [say(step.side, { hash: short(given), level: step.level }), step.result];
      }
      case "root": return [say("root"), step.result];
      case "history": return [say("history", { size: grouped(step.size) }), step.result];
      default: return [say("signed"), ""];
    }
  };

  const stepList = (steps) =>
    element("ol", { class: "proof-steps" }, ...steps.map((step) => {
      const [text, hash] = stepWords(step);
      const told = element("span", {}, text);
      if (hash) told.append(element("br"), element("span", { class: "mono muted" }, short(hash)));
      const mark = element("span", { class: step.ok ? "ok" : "no" }, say(step.ok ? "agrees" : "disagrees"));
      return element("li", {}, told, mark);
    }));

  const show = (outcome, drawTree) => {
    const [looks, title] = VERDICTS[outcome.verdict];
    const box = element("div", { class: looks }, element("h3", {}, say(title)));
    if (outcome.verdict === "refuted" && outcome.reason === "signature") {
      box.append(element("p", {}, say("signature")));
    }
    if (outcome.index !== undefined && outcome.size !== undefined) {
      const place = { index: grouped(outcome.index), size: grouped(outcome.size) };
      box.append(element("p", {}, say("leaf-number", place)));
    }
    result.replaceChildren(box);
    if (!outcome.steps.length) return;
    if (outcome.steps.some((step) => step.kind === "leaf")) {
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      svg.setAttribute("class", "tree");
      svg.setAttribute("role", "img");
      svg.setAttribute("aria-label", say("tree"));
      drawTree(svg, outcome.steps, {
        isNarrow: result.clientWidth < 480,
        words: {
          leaf: say("tree-leaf"),
          level: (level) => say("tree-level", { level }),
          root: say("tree-root"),
          folded: (count) => say("tree-folded", { count }),
          yours: say("tree-yours", { index: grouped(outcome.index) }),
        },
      });
      result.append(element("div", { class: "proof" }, svg, element("p", { class: "small muted" }, say("tree"))));
    }
    result.append(stepList(outcome.steps));
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    result.replaceChildren(element("p", { class: "muted said" }, say("working")));
    try {
      const { verifyReceipt, drawTree } = await import(form.dataset.module);
      const { base, vkey } = form.dataset;
      const outcome = await verifyReceipt(form.elements.receipt.value, { base, vkey });
      if (outcome.verdict === "unable" && outcome.reason === "network") {
        result.replaceChildren(element("p", { class: "error said" }, say("network")));
      } else if (outcome.verdict === "unable") {
        // A browser without these signatures, or a page over plain http: the server computes it.
        form.submit();
        return;
      } else {
        show(outcome, drawTree);
      }
    } catch {
      form.submit();
      return;
    }
    button.disabled = false;
  });

  // A receipt that came with the address is proved at once.
  if (form.dataset.now !== undefined && form.elements.receipt.value) form.requestSubmit();
}
