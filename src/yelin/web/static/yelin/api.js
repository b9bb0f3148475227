// Ask an operation and show its answer beside the form: status, time, fields, body.
// Without this the form leads to the answer itself.

const page = document.querySelector("[data-api]");
const MOST = 20_000;

function addressOf(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll("[data-place]")) {
    const name = field.name.slice("given.".length);
    const value = field.value.trim();
    if (field.dataset.place === "path") {
      path = path.replace(`{${name}}`, encodeURIComponent(value));
    } else if (value && value !== field.dataset.default) {
      query.append(name, value);
    }
  }
  const more = form.elements.namedItem("more").value.trim();
  for (const [name, value] of new URLSearchParams(more)) query.append(name, value);
  const asked = query.toString();
  return asked ? `${path}?${asked}` : path;
}

async function shown(answer) {
  const kind = answer.headers.get("Content-Type") ?? "";
  if (!/json|text|xml/.test(kind)) {
    await answer.body?.cancel();
    return page.dataset.file;
  }
  const text = await answer.text();
  let said = text;
  try {
    said = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // It is no JSON, and is shown as it came.
  }
  return said.length > MOST ? `${said.slice(0, MOST)}…` : said;
}

page.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const place = form.parentElement.querySelector("[data-answer]");
  const at = (name) => place.querySelector(`[data-${name}]`);
  const address = addressOf(form);
  at("address").textContent = address;
  at("address").href = address;
  at("headers").textContent = "";
  at("body").textContent = "";
  at("status").textContent = "…";
  place.hidden = false;
  const begun = performance.now();
  try {
    const answer = await fetch(address);
    at("body").textContent = await shown(answer);
    const took = Math.round(performance.now() - begun);
    at("status").textContent = `${answer.status} · ${took} ${page.dataset.ms}`;
    at("headers").textContent = [...answer.headers].map((each) => each.join(": ")).join("\n");
  } catch {
    at("status").textContent = page.dataset.failed;
  }
});

// An address may name one operation, which is then open.
const named = location.hash && document.getElementById(location.hash.slice(1));
if (named?.tagName === "DETAILS") named.open = true;
