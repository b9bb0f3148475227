// Prove a receipt on the page: the words are the page's, the mathematics is ledger.js.
// Without this the form is sent and the server says what it computes.

const form = document.querySelector("form[data-verify]");
const result = document.querySelector("[data-verify-result]");

const read = (id, key) =>
  new Map(
    Array.from(document.getElementById(id).content.children, (element) => [
      element.dataset[key], element,
    ]),
  );

const words = form ? read("verify-words", "say") : new Map();
const icons = form ? read("verify-icons", "icon") : new Map();
const say = (word, values = {}) =>
  (words.get(word)?.textContent ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const icon = (name) => icons.get(name).firstElementChild.cloneNode(true);
const grouped = (number) => Number(number).toLocaleString("en-US");
const short = (hash) => `${hash.slice(0, 8)}…${hash.slice(-4)}`;

function make(name, classes = "", ...children) {
  const element = document.createElement(name);
  if (classes) element.className = classes;
  element.append(...children);
  return element;
}

const LOOKS = {
  proved: ["", "done"],
  waiting: ["wait", "clock"],
  absent: ["no", "refused"],
  refuted: ["no", "refused"],
  unreadable: ["no", "refused"],
  unable: ["wait", "refused"],
};

function verdict(outcome, count) {
  const [look, mark] = LOOKS[outcome.verdict];
  const box = make(
    "div", `decision said ${look}`, make("h3", "", icon(mark), say(`verdict-${outcome.verdict}`)),
  );
  const more =
    outcome.verdict === "proved"
      ? say("place", { index: grouped(outcome.index), size: grouped(outcome.size), count })
      : say(`reason-${outcome.reason}`);
  if (more) box.append(make("p", "", more));
  return box;
}

function line(step) {
  const given = step.side === "right" ? step.right : step.left;
  const word = step.kind === "node" ? `step-${step.side}` : `step-${step.kind}`;
  const text = make("span", "", say(word, { hash: given?.slice(0, 8), level: step.level }));
  if (step.result) text.append(make("br"), make("span", "mono muted", short(step.result)));
  const mark = step.ok
    ? make("span", "ok", icon("tick"), ` ${say("agrees")}`)
    : make("span", "no", icon("close"), ` ${say("disagrees")}`);
  return make("li", "", text, mark);
}

/** The first two and the last joins are shown, those between are folded. */
function lines(steps) {
  const list = make("ol", "proof-steps");
  const nodes = steps.filter((step) => step.kind === "node");
  const folded = nodes.length > 5 ? nodes.slice(2, -1) : [];
  for (const step of steps) {
    if (!folded.includes(step)) {
      list.append(line(step));
    } else if (step === folded[0]) {
      const inner = make("ol", "proof-steps", ...folded.map(line));
      const summary = make("summary", "", say("step-folded", { count: folded.length }));
      list.append(make("li", "", make("details", "", summary, inner)));
    }
  }
  return list;
}

function drawing(drawTree, outcome) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "tree");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", say("tree-name"));
  drawTree(svg, outcome.steps, {
    isNarrow: matchMedia("(max-width: 640px)").matches,
    words: {
      leaf: say("tree-leaf"),
      root: say("tree-root"),
      level: (level) => say("tree-level", { level }),
      folded: (count) => say("tree-folded", { count }),
      yours: say("tree-yours", { index: grouped(outcome.index) }),
    },
  });
  return make("figure", "proof", svg, make("figcaption", "small muted", say("tree")));
}

function evidence(outcome) {
  const [look, mark] = LOOKS[outcome.verdict];
  const word = outcome.verdict === "unreadable" ? "unreadable" : "bundle-" + outcome.verdict;
  const title = say(`verdict-${word}`) || say(`verdict-${outcome.verdict}`);
  const box = make("div", `decision said ${look}`, make("h3", "", icon(mark), title));
  const leaves = outcome.lines.filter((one) => one.kind === "leaf").length;
  const count = { leaves: grouped(leaves), calls: grouped(outcome.lines.length - leaves) };
  const more =
    outcome.verdict === "proved"
      ? say(leaves < outcome.lines.length ? "bundle-place" : "bundle-leaves", { ...count, size: grouped(outcome.size) })
      : say(`reason-${outcome.reason}`);
  if (more) box.append(make("p", "", more));
  const list = make("ol", "proof-steps");
  for (const one of outcome.lines) {
    const values = { index: grouped(one.index), position: grouped(one.position ?? 0), day: one.shredded };
    const text = make("span", "", say(`bundle-${one.kind}`, values));
    const state = one.shredded ? say("bundle-shredded", values) : one.opened ? one.act : say("bundle-closed");
    if (state) text.append(make("br"), make("span", "small muted", state));
    const tick = one.ok
      ? make("span", "ok", icon("tick"), ` ${say("agrees")}`)
      : make("span", "no", icon("close"), ` ${say("disagrees")}`);
    list.append(make("li", "", text, tick));
  }
  result.replaceChildren(box, ...(outcome.lines.length ? [list] : []));
}

async function prove() {
  const button = form.querySelector("button");
  button.disabled = true;
  result.replaceChildren(make("p", "muted said", say("working")));
  const { isBundle, verifyBundle, verifyReceipt, drawTree } = await import(form.dataset.module);
  if (isBundle(form.receipt.value)) {
    const found = await verifyBundle(form.receipt.value, { vkey: form.dataset.vkey });
    button.disabled = false;
    evidence(found);
    return;
  }
  const outcome = await verifyReceipt(form.receipt.value, {
    base: form.dataset.base, vkey: form.dataset.vkey,
  });
  button.disabled = false;
  const count = outcome.steps.filter((step) => step.kind === "node").length;
  result.replaceChildren(verdict(outcome, count));
  // The page of a leaf has its drawing already.
  const isDrawn = document.querySelector(".tree.way");
  if (!isDrawn && outcome.steps.some((step) => step.kind === "root")) result.append(drawing(drawTree, outcome));
  if (outcome.steps.length) result.append(lines(outcome.steps));
}

if (form && globalThis.crypto?.subtle) {
  const chosen = form.querySelector("input[type=file]");
  chosen?.closest("[hidden]")?.removeAttribute("hidden");
  chosen?.addEventListener("change", async () => {
    if (!chosen.files.length) return;
    form.receipt.value = await chosen.files[0].text();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    prove().catch(() => form.submit());
  });
  // A receipt that came in the address or from the leaf's own page is checked at once when asked so.
  if (form.dataset.verify === "now" && form.receipt.value) form.requestSubmit();
}
