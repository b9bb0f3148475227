/*
 * Prove in the reader's own browser that a receipt is in the ledger.
 *
 * Only the verifier key is trusted. The server is asked where an entry is and for tiles of hashes;
 * whatever it answers, the way from the entry to the signed root is computed here. Formats:
 * RFC 6962 (hashes), RFC 8785 (canonical JSON), C2SP tlog-tiles, signed-note and tlog-checkpoint.
 */

const HASH_SIZE = 32;
const TILE_HEIGHT = 8;
const TILE_WIDTH = 256;
const MAX_DEPTH = 64;
const RECEIPT_KEYS = new Set([
  "v", "kind", "h", "state", "payload", "salt", "index", "size", "proof", "checkpoint", "shredded",
]);
const PLACE = {
  pending: [],
  integrated: ["index"],
  published: ["index", "size", "proof", "checkpoint"],
};

/** Why a receipt could not be proved; `verdict` and `reason` are for the page to put into words. */
class Stop extends Error {
  constructor(verdict, reason, detail = "") {
    super(`${verdict}: ${reason} ${detail}`.trim());
    this.verdict = verdict;
    this.reason = reason;
    this.detail = detail;
  }
}

const unreadable = (reason) => new Stop("unreadable", reason);
const refuted = (reason, detail) => new Stop("refuted", reason, detail);

/* Bytes */

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const utf8 = (text) => new TextEncoder().encode(text);
const same = (one, other) => hex(one) === hex(other);

function base64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

/** Return the bytes of a base64 text, or null for anything else; `size` is how many they must be. */
function unbase64(text, size) {
  if (typeof text !== "string") return null;
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
  // One text for one value: no blanks, no missing padding, no loose bits.
  return base64(bytes) === text && (size === undefined || bytes.length === size) ? bytes : null;
}

async function sha256(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}

const hashLeaf = (entry) => sha256([0], entry);
const hashChildren = (left, right) => sha256([1], left, right);

/* Receipts */

/** Return the one text of a payload (RFC 8785); of numbers it may hold whole ones only. */
export function canonical(value, depth = 0) {
  if (depth > MAX_DEPTH) throw unreadable("payload");
  if (value === null || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value === "string") {
    if (/\p{Surrogate}/u.test(value)) throw unreadable("payload");
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw unreadable("payload");
    return String(value === 0 ? 0 : value);
  }
  if (Array.isArray(value)) {
    return `[${value.map((item) => canonical(item, depth + 1)).join(",")}]`;
  }
  if (typeof value !== "object") throw unreadable("payload");
  // The order of sort() is that of UTF-16 code units, as the RFC wants it.
  const members = Object.keys(value)
    .sort()
    .map((name) => `${canonical(name, depth + 1)}:${canonical(value[name], depth + 1)}`);
  return `{${members.join(",")}}`;
}

/** Return a receipt from its JSON document or its short form, however that was typed or wrapped. */
export function parseReceipt(text) {
  const trimmed = text.replace(/^\uFEFF/, "").trim();
  return trimmed.startsWith("{") ? parseDocument(trimmed) : parseShort(trimmed);
}

function parseShort(text) {
  const kept = text
    .normalize("NFKC")
    .replace(/[‐‑‒–—―−ー]/g, "-")
    .replace(/[\s\p{Cf}]/gu, "")
    .toLowerCase();
  const match = /^yl1-([0-9a-f]{64})$/.exec(kept);
  if (!match) throw unreadable("short");
  return { h: unhex(match[1]), state: null };
}

function parseDocument(text) {
  let document;
  try {
    document = JSON.parse(text);
  } catch {
    throw unreadable("json");
  }
  const { v, kind, state, payload, salt, index, size, proof, checkpoint } = document;
  if (v !== 1 || kind !== "yelin-receipt" || !Object.hasOwn(PLACE, state)) throw unreadable("kind");
  const isCount = (value) => value === undefined || (Number.isSafeInteger(value) && value >= 0);
  const place = PLACE.published.filter((name) => Object.hasOwn(document, name));
  if (
    !Object.keys(document).every((name) => RECEIPT_KEYS.has(name)) ||
    place.join() !== PLACE[state].join() ||
    (payload === undefined) !== (salt === undefined) ||
    !isCount(index) ||
    !isCount(size) ||
    !["undefined", "string"].includes(typeof checkpoint) ||
    !(proof === undefined || Array.isArray(proof)) ||
    !(payload === undefined || isObject(payload))
  ) {
    throw unreadable("fields");
  }
  const h = unbase64(document.h, HASH_SIZE);
  const saltBytes = salt === undefined ? undefined : unbase64(salt, 16);
  const isProof = (proof ?? []).every((step) => unbase64(step, HASH_SIZE));
  if (!h || saltBytes === null || !isProof) throw unreadable("fields");
  return { h, state, payload, salt: saltBytes, index, size, checkpoint };
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

const entryOf = (h) => utf8(`{"h":"${base64(h)}","v":1}`);

/* Signed checkpoints */

async function parseKey(vkey) {
  const [name, id, ...rest] = vkey.split("+");
  const blob = unbase64(rest.join("+"), 33);
  const computed = blob && (await sha256(utf8(`${name}\n`), blob)).slice(0, 4);
  if (!blob || blob[0] !== 1 || hex(computed) !== id) throw new Stop("unable", "key");
  return { name, id, public: blob.slice(1) };
}

/** Return what a signed checkpoint says, once the key's signature over it is verified. */
async function openCheckpoint(note, key) {
  const split = note.lastIndexOf("\n\n");
  const malformed = () => refuted("checkpoint");
  const isClean = !/[\u0000-\u0009\u000b-\u001f]/.test(note);
  if (split < 0 || !note.endsWith("\n") || !isClean) throw malformed();
  const text = note.slice(0, split + 1);
  const signature = note
    .slice(split + 2, -1)
    .split("\n")
    .map((line) => /^— ([^\s+]+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? [])
    .filter(([, name]) => name === key.name)
    .map(([, , encoded]) => unbase64(encoded))
    .find((blob) => blob && hex(blob.slice(0, 4)) === key.id);
  if (!signature) throw refuted("unsigned");
  if (!(await isSigned(key.public, signature.slice(4), utf8(text)))) throw refuted("signature");
  const [origin, size, encoded, ...more] = text.split("\n");
  if (origin !== key.name) throw refuted("origin", origin);
  if (!/^(0|[1-9][0-9]{0,15})$/.test(size) || !Number.isSafeInteger(+size)) throw malformed();
  const root = unbase64(encoded, HASH_SIZE);
  if (!root || more.pop() !== "" || more.includes("")) throw malformed();
  return { origin, size: +size, root };
}

async function isSigned(publicKey, signature, text) {
  let key;
  try {
    key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    throw new Stop("unable", "ed25519");
  }
  return crypto.subtle.verify({ name: "Ed25519" }, key, signature, text);
}

/* The tree, read from tiles */

class Tree {
  /** `get(path)` fetches one part of the ledger as bytes, or null where there is none. */
  constructor(get, size) {
    this.get = get;
    this.size = size;
    this.tiles = new Map();
  }

  async tile(level, index) {
    const name = `${level}/${index}`;
    if (!this.tiles.has(name)) this.tiles.set(name, this.fetchTile(level, index));
    return this.tiles.get(name);
  }

  async fetchTile(level, index) {
    const nodes = Math.floor(this.size / 2 ** (TILE_HEIGHT * level));
    const width = Math.min(TILE_WIDTH, nodes - index * TILE_WIDTH);
    const path = tilePath(level, index);
    const partial = width < TILE_WIDTH ? await this.get(`${path}.p/${width}`) : null;
    // A log may drop a partial tile once the full one is there.
    const bytes = partial ?? (await this.get(path));
    if (!bytes || bytes.length < width * HASH_SIZE) throw refuted("tile", path);
    return bytes.subarray(0, width * HASH_SIZE);
  }

  /** Return the root over the leaves from `low` up to, not with, `high`. */
  async range(low, high) {
    const peaks = [];
    while (low < high) {
      const height = Math.floor(Math.log2(high - low));
      peaks.push(await this.perfect(low, height));
      low += 2 ** height;
    }
    let computed = peaks.pop();
    while (peaks.length) computed = await hashChildren(peaks.pop(), computed);
    return computed;
  }

  async perfect(low, height) {
    const level = Math.floor(height / TILE_HEIGHT);
    const node = Math.floor(low / 2 ** (TILE_HEIGHT * level));
    const bytes = await this.tile(level, Math.floor(node / TILE_WIDTH));
    const first = node % TILE_WIDTH;
    let row = [];
    for (let at = first; at < first + 2 ** (height % TILE_HEIGHT); at += 1) {
      row.push(bytes.subarray(at * HASH_SIZE, (at + 1) * HASH_SIZE));
    }
    while (row.length > 1) {
      const pairs = [];
      for (let at = 0; at < row.length; at += 2) pairs.push(hashChildren(row[at], row[at + 1]));
      row = await Promise.all(pairs);
    }
    return row[0];
  }

  /** Climb from a leaf to the root, telling `step` every node on the way, and return the root. */
  async climb(leaf, index, step) {
    const turns = [];
    for (let low = 0, high = this.size; high - low > 1; ) {
      const middle = low + largestPowerBelow(high - low);
      turns.push({ low, middle, high });
      if (index < middle) high = middle;
      else low = middle;
    }
    let computed = leaf;
    for (const { low, middle, high } of turns.reverse()) {
      const isLeft = index < middle;
      const sibling = await (isLeft ? this.range(middle, high) : this.range(low, middle));
      const [left, right] = isLeft ? [computed, sibling] : [sibling, computed];
      computed = await hashChildren(left, right);
      step({
        kind: "node",
        level: Math.ceil(Math.log2(high - low)),
        left: hex(left),
        right: hex(right),
        result: hex(computed),
        side: isLeft ? "right" : "left",
        ok: true,
      });
    }
    return computed;
  }

  /** Return the roots of the first `old` leaves and of all, computed from the same nodes. */
  async bothRoots(old, low = 0, high = this.size) {
    if (high === old) {
      const root = await this.range(low, high);
      return [root, root];
    }
    const middle = low + largestPowerBelow(high - low);
    if (old <= middle) {
      const [before, now] = await this.bothRoots(old, low, middle);
      return [before, await hashChildren(now, await this.range(middle, high))];
    }
    const left = await this.range(low, middle);
    const [before, now] = await this.bothRoots(old, middle, high);
    return [await hashChildren(left, before), await hashChildren(left, now)];
  }
}

function tilePath(level, index) {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.../g);
  return `tile/${level}/${groups.slice(0, -1).map((group) => `x${group}/`).join("")}${groups.at(-1)}`;
}

function largestPowerBelow(count) {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/* The whole way */

async function fetched(address, options) {
  let answer;
  try {
    answer = await fetch(address, { redirect: "error", ...options });
  } catch {
    throw new Stop("unable", "network", address);
  }
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Stop("unable", "network", `${address} ${answer.status}`);
  return answer;
}

async function ask(base, receipt) {
  const answer = await fetched(`${base}/api/v1/ledger/leaves/${hex(receipt.h)}`, { cache: "no-store" });
  if (!answer) throw new Stop("absent", "unknown");
  let told;
  try {
    told = await answer.json();
  } catch {
    throw new Stop("unable", "answer");
  }
  if (!Object.hasOwn(PLACE, told?.state)) throw new Stop("unable", "answer");
  const found = { ...receipt, state: told.state, index: told.index ?? undefined };
  const salt = unbase64(told.salt, 16);
  return !receipt.payload && told.payload && salt ? { ...found, payload: told.payload, salt } : found;
}

/**
 * Prove a receipt, or say what is in the way.
 *
 * `text` is a receipt document or its short form; `base` the address of the site, empty for this
 * one; `vkey` the log's verifier key; `report(step)` is called with every step as it is made.
 *
 * Returns `{verdict, reason, detail, steps, h, state, index, size, root, payload}`. The verdict is
 * `proved`; `waiting` (not yet published); `absent` (the log does not know it); `refuted` (something
 * disagrees); `unreadable` (no receipt); `unable` (the network or the browser does not let us). A
 * step is `{kind, ok, …}`: `payload` and `leaf` (`result`), `node` (`level`, `left`, `right`,
 * `result`, and `side`, where the hash stands that the log gave), `root` (`result`, `given`),
 * `history` (`size`: the receipt's own checkpoint is the beginning of this log), `signature` (`name`).
 */
export async function verifyReceipt(text, { base = "", vkey, report = () => {} }) {
  const outcome = { verdict: "proved", reason: "", detail: "", steps: [], payload: null };
  const step = (made) => {
    outcome.steps.push(made);
    report(made);
    if (!made.ok) throw refuted(made.kind);
  };
  try {
    await prove(text, base, vkey, step, outcome);
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
    outcome.verdict = stop.verdict;
    outcome.reason = stop.reason;
    outcome.detail = stop.detail;
  }
  return outcome;
}

async function prove(text, base, vkey, step, outcome) {
  let receipt = parseReceipt(text);
  outcome.h = hex(receipt.h);
  // Browsers give web pages no cryptography over plain http.
  if (!globalThis.crypto?.subtle) throw new Stop("unable", "webcrypto");
  const key = await parseKey(vkey);
  if (receipt.index === undefined) receipt = await ask(base, receipt);
  outcome.state = receipt.state;
  if (receipt.payload) {
    const committed = await sha256(receipt.salt, utf8(canonical(receipt.payload)));
    step({ kind: "payload", result: hex(committed), ok: same(committed, receipt.h) });
    outcome.payload = receipt.payload;
  }
  if (receipt.index === undefined) throw new Stop("waiting", "pending");
  if (!Number.isSafeInteger(receipt.index) || receipt.index < 0) throw new Stop("unable", "answer");
  outcome.index = receipt.index;

  const get = async (path) => {
    const answer = await fetched(`${base}/ledger/${path}`);
    return answer && new Uint8Array(await answer.arrayBuffer());
  };
  const answer = await fetched(`${base}/ledger/checkpoint`, { cache: "no-store" });
  if (!answer) throw refuted("gone");
  const head = await openCheckpoint(await answer.text(), key);
  outcome.size = head.size;
  outcome.root = hex(head.root);
  const kept = receipt.checkpoint === undefined ? null : await openCheckpoint(receipt.checkpoint, key);
  if (kept && kept.size !== receipt.size) throw refuted("size");
  if (kept && kept.size > head.size) throw refuted("cut", `${head.size} < ${kept.size}`);
  if (receipt.index >= head.size) {
    throw kept && receipt.index < kept.size ? refuted("cut") : new Stop("waiting", "integrated");
  }

  const leaf = await hashLeaf(entryOf(receipt.h));
  step({ kind: "leaf", level: 0, result: hex(leaf), ok: true });
  const tree = new Tree(get, head.size);
  const root = await tree.climb(leaf, receipt.index, step);
  step({ kind: "root", result: hex(root), given: hex(head.root), ok: same(root, head.root) });
  if (kept && kept.size > 0) {
    const [before, now] = await tree.bothRoots(kept.size);
    const ok = same(before, kept.root) && same(now, head.root);
    step({ kind: "history", size: kept.size, result: hex(before), given: hex(kept.root), ok });
  }
  step({ kind: "signature", name: key.name, ok: true });
}

/* The drawing */

const BOX = { width: 92, height: 30 };
const ROW = 80;
const SHIFT = 62;
const WORDS = {
  leaf: "leaf",
  level: (level) => `level ${level}`,
  root: "root, signed",
  folded: (count) => `${count} levels left out, all agree`,
  yours: "your receipt",
};

/**
 * Draw the way from a leaf to the root into an SVG element.
 *
 * Solid boxes were computed here, dashed ones given by the log; levels in the middle are folded.
 * `words` puts the labels into the page's language; `isNarrow` leaves out the column of levels. Looks
 * come from the classes `given`, `computed`, `folded`, `leaf`, `root`, `wrong` on groups and paths,
 * and `hash`, `note`, `yours` on texts.
 */
export function drawTree(svg, steps, { words = {}, isNarrow = false } = {}) {
  const say = { ...WORDS, ...words };
  const leaf = steps.find((step) => step.kind === "leaf");
  const root = steps.find((step) => step.kind === "root");
  svg.replaceChildren();
  if (!leaf) return;
  const rows = shownRows(leaf, steps.filter((step) => step.kind === "node"));
  const bottom = ROW * (rows.length - 1);
  const lines = element(svg, "g", {});
  const boxes = element(svg, "g", {});
  const notes = element(svg, "g", {});
  let [left, right] = [-textWidth(say.yours) / 2, textWidth(say.yours) / 2];
  const reach = (x, width) => {
    left = Math.min(left, x - width / 2);
    right = Math.max(right, x + width / 2);
  };

  rows.forEach((row, at) => {
    const above = rows[at + 1];
    row.y = bottom - ROW * at;
    reach(row.x, BOX.width);
    if (above?.folded) {
      const d = `M${row.x} ${row.y}V${row.y - ROW + BOX.height}`;
      element(lines, "path", { class: "folded computed", d });
      const text = say.folded(above.folded);
      const x = row.x + 14 + textWidth(text) / 2;
      reach(x, textWidth(text));
      label(notes, "folded", x, row.y - (ROW - BOX.height) / 2, "middle", text);
    } else if (above) {
      reach(row.given.x, BOX.width);
      elbow(lines, "given", row.given.x, row.y, above.x);
      elbow(lines, "computed", row.x, row.y, above.x);
      box(boxes, "given", row.given.x, row.y, row.given.hash);
    }
    const isRoot = root && !above;
    const kind = isRoot ? `root${root.ok ? "" : " wrong"}` : at ? "computed" : "leaf";
    box(boxes, kind, row.x, row.y, row.hash);
    row.says = isRoot && at ? say.root : at ? say.level(row.level) : say.leaf;
  });
  label(notes, "yours", 0, bottom + BOX.height + 16, "middle", say.yours);
  if (!isNarrow) {
    right += 24 + Math.max(...rows.map((row) => textWidth(row.says)));
    for (const row of rows) label(notes, "note", right, row.y + BOX.height / 2, "end", row.says);
  }
  svg.setAttribute("viewBox", `${left - 12} -12 ${right - left + 24} ${bottom + BOX.height + 44}`);
}

/** Guess how wide a label is at 14 px: Chinese characters are square, others about half that. */
function textWidth(text) {
  const widths = Array.from(text, (character) => (character > "\u2e7f" ? 14 : 8));
  return widths.reduce((sum, width) => sum + width, 0);
}

/** Return the rows to be drawn, leaf first, each with the hash given beside it. */
function shownRows(leaf, nodes) {
  const rows = [{ x: 0, hash: leaf.result, level: 0 }];
  const isFolded = nodes.length > 5;
  nodes.forEach((node, at) => {
    const below = rows.at(-1);
    if (isFolded && at > 1 && at < nodes.length - 2) return;
    if (isFolded && at === nodes.length - 2) {
      rows.push({ x: below.x, hash: node.result, level: node.level, folded: nodes.length - 3 });
      return;
    }
    const sign = node.side === "right" ? 1 : -1;
    below.given = { x: below.x + 2 * SHIFT * sign, hash: sign > 0 ? node.right : node.left };
    rows.push({ x: below.x + SHIFT * sign, hash: node.result, level: node.level });
  });
  return rows;
}

function elbow(parent, kind, x, y, xAbove) {
  const top = y - ROW + BOX.height;
  const d = `M${x} ${y}V${(y + top) / 2}H${xAbove}V${top}`;
  element(parent, "path", { class: kind, d });
}

function box(parent, kind, x, y, hash) {
  const group = element(parent, "g", { class: kind });
  element(group, "rect", { ...BOX, x: x - BOX.width / 2, y, rx: 4 });
  element(group, "title", {}).textContent = hash;
  label(group, "hash", x, y + BOX.height / 2, "middle", hash.slice(0, 8));
}

function label(parent, kind, x, y, anchor, text) {
  const place = { x, y, "text-anchor": anchor, "dominant-baseline": "central" };
  element(parent, "text", { class: kind, ...place }).textContent = text;
}

function element(parent, name, attributes) {
  const made = parent.ownerDocument.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  parent.append(made);
  return made;
}
