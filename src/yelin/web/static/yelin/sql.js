// The console: run by Ctrl+Enter, stop what runs, go to the place of a fault, take what an address
// holds behind its #, which is shown and not run.
// Without this the form is sent by its button, and what runs too long ends by itself.

const form = document.querySelector("form[data-sql]");
const text = form.elements.namedItem("sql");
const stop = form.querySelector("[data-sql-stop]");
const status = form.querySelector("[data-sql-running]");

text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.requestSubmit();
});

function running(now) {
  stop.hidden = !now;
  status.textContent = now ? status.dataset.sqlRunning : "";
}

form.addEventListener("submit", (event) => {
  // A file leaves this page where it is, and nothing tells when it has come.
  if (event.submitter?.value !== "csv") running(true);
});
// Whoever comes back by the browser's own button waits for nothing.
addEventListener("pageshow", () => running(false));

stop.addEventListener("click", async () => {
  window.stop();
  const body = new FormData(form);
  body.delete("sql");
  await fetch(form.dataset.stop, { method: "POST", body });
  running(false);
  text.focus();
});

if (text.dataset.line) {
  const lines = text.value.split("\n").slice(0, Number(text.dataset.line) - 1);
  const start = lines.reduce((sum, line) => sum + line.length + 1, 0);
  const place = start + Number(text.dataset.column) - 1;
  text.focus();
  text.setSelectionRange(place, place);
}

function given() {
  const statement = new URLSearchParams(location.hash.slice(1)).get("sql");
  if (!statement || statement.length > text.maxLength) return;
  text.value = statement;
  form.querySelector("[data-sql-given]").hidden = false;
  text.focus();
}
// What somebody has typed or asked already stays.
if (!text.value) given();
addEventListener("hashchange", given);
