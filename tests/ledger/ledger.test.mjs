// Runs under `node --test` from test_browser_verifier.py, which serves the logs and names the cases.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const given = JSON.parse(readFileSync(process.env.LEDGER_CASES, "utf8"));
const { canonical, drawTree, parseReceipt, verifyReceipt } = await import(pathToFileURL(given.module));

for (const { name, text, options, expected } of given.cases) {
  test(name, async () => {
    const reported = [];
    const outcome = await verifyReceipt(text, { ...options, report: (step) => reported.push(step) });
    for (const [key, value] of Object.entries(expected)) {
      const found = key === "kinds" ? outcome.steps.map((step) => step.kind) : outcome[key];
      assert.deepEqual(found, value, `${key} of ${JSON.stringify(outcome)}`);
    }
    assert.deepEqual(reported, outcome.steps);
  });
}

for (const { value, text } of given.canonical) {
  test(`canonical ${text}`, () => assert.equal(canonical(value), text));
}

test("what other readers would write otherwise has no canonical form", () => {
  for (const value of [1.5, NaN, 2 ** 53, "\ud800", { "\udfff": 1 }, undefined, [() => 1]]) {
    assert.throws(() => canonical(value), { verdict: "unreadable" });
  }
});

for (const text of given.shorts) {
  test(`short receipt ${JSON.stringify(text)}`, () => {
    assert.deepEqual(Buffer.from(parseReceipt(text).h).toString("hex"), given.h);
  });
}

for (const text of given.unreadable) {
  test(`unreadable ${text.slice(0, 60)}`, () => {
    assert.throws(() => parseReceipt(text), { verdict: "unreadable" });
  });
}

// The least of a document that an SVG can be drawn into outside a browser.
class Element {
  constructor(name, ownerDocument) {
    Object.assign(this, { name, ownerDocument, attributes: {}, children: [], textContent: "" });
  }
  setAttribute(key, value) {
    this.attributes[key] = value;
  }
  append(child) {
    this.children.push(child);
  }
  replaceChildren() {
    this.children = [];
  }
  all() {
    return [this, ...this.children.flatMap((child) => child.all())];
  }
}
const page = { createElementNS: (_, name) => new Element(name, page) };

function drawn(steps, options) {
  const svg = new Element("svg", page);
  svg.append(new Element("old", page));
  drawTree(svg, steps, options);
  return svg;
}

const nodes = (count) =>
  Array.from({ length: count }, (_, at) => ({
    kind: "node", level: at + 1, side: at % 2 ? "left" : "right", ok: true,
    left: `${at}a`.repeat(32), right: `${at}b`.repeat(32), result: `${at}c`.repeat(32),
  }));
const whole = (count, ok = true) => [
  { kind: "leaf", level: 0, result: "f".repeat(64), ok: true },
  ...nodes(count),
  { kind: "root", result: "0".repeat(64), given: "0".repeat(64), ok },
];
const ofClass = (svg, name, kind) =>
  svg.all().filter((one) => one.name === name && one.attributes.class === kind);

test("a small tree is drawn whole: computed boxes solid, given ones dashed by their class", () => {
  const svg = drawn(whole(3));
  assert.equal(ofClass(svg, "g", "given").length, 3);
  assert.equal(ofClass(svg, "g", "leaf").length, 1);
  assert.equal(ofClass(svg, "g", "computed").length, 2);
  assert.equal(ofClass(svg, "g", "root").length, 1);
  assert.equal(ofClass(svg, "path", "given").length, 3);
  assert.equal(ofClass(svg, "path", "computed").length, 3);
  assert.ok(!svg.all().some(({ name }) => name === "old"));
});

test("levels in the middle of a tall tree are folded and counted", () => {
  const words = { folded: (count) => `省略 ${count} 层`, yours: "第 41,688 条记录" };
  const svg = drawn(whole(12), { words });
  assert.deepEqual(ofClass(svg, "text", "folded").map((one) => one.textContent), ["省略 9 层"]);
  assert.deepEqual(ofClass(svg, "text", "yours").map((one) => one.textContent), ["第 41,688 条记录"]);
  assert.equal(ofClass(svg, "g", "given").length, 3);
  assert.equal(ofClass(svg, "text", "hash").length, 8);
});

test("everything drawn lies within the view", () => {
  for (const count of [0, 1, 3, 6, 12, 20]) {
    const svg = drawn(whole(count));
    const [left, top, width, height] = svg.attributes.viewBox.split(" ").map(Number);
    for (const { name, attributes } of svg.all()) {
      if (name !== "rect" && name !== "text") continue;
      assert.ok(+attributes.x >= left && +attributes.x <= left + width);
      assert.ok(+attributes.y >= top && +attributes.y <= top + height);
    }
  }
});

test("a root that does not agree is drawn as wrong, and one leaf alone is its own root", () => {
  assert.equal(ofClass(drawn(whole(3, false)), "g", "root wrong").length, 1);
  assert.equal(ofClass(drawn(whole(0)), "g", "root").length, 1);
  assert.equal(drawn([]).children.length, 0);
});

test("a narrow drawing leaves the levels out", () => {
  assert.equal(ofClass(drawn(whole(3)), "text", "note").length, 4);
  assert.equal(ofClass(drawn(whole(3), { isNarrow: true }), "text", "note").length, 0);
});

test("nothing is drawn by style, which the site's policy forbids", () => {
  for (const { attributes } of drawn(whole(12)).all()) assert.ok(!("style" in attributes));
});
