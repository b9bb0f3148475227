// Send files with their progress in sight. Without this the form is sent as any other.

const bytes = (n) => {
  for (const unit of ["B", "KB", "MB"]) {
    if (n < 1000) return `${n < 10 && unit !== "B" ? n.toFixed(1) : Math.round(n)} ${unit}`;
    n /= 1000;
  }
  return `${n.toFixed(1)} GB`;
};

const wordsOf = (form) => {
  const words = new Map(
    Array.from(
      form.querySelector("[data-upload-words]").content.querySelectorAll("[data-say]"),
      (element) => [element.dataset.say, element.textContent],
    ),
  );
  return (word, values = {}) =>
    (words.get(word) ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
};

// The answer is shown as the server wrote it: asked for again, it would have lost its message.
const show = (text, url) => {
  const answer = new DOMParser().parseFromString(text, "text/html");
  history[url === location.href ? "replaceState" : "pushState"](null, "", url);
  document.title = answer.title;
  document.body.replaceWith(answer.body);
  window.htmx?.process(document.body);
  for (const script of document.querySelectorAll("script[type=module]")) import(script.src);
  scrollTo(0, 0);
  (document.querySelector("[data-focus]") ?? document.querySelector("main")).focus();
};
addEventListener("popstate", () => location.reload());

const send = (form, submitter) => {
  const say = wordsOf(form);
  const time = (seconds) =>
    seconds < 90
      ? say("seconds", { n: Math.max(1, Math.round(seconds)) })
      : say("minutes", { n: Math.round(seconds / 60) });
  const box = form.querySelector("[data-upload-progress]");
  const bar = box.querySelector("progress");
  const sent = box.querySelector("[data-upload-sent]");
  const left = box.querySelector("[data-upload-left]");
  const wrong = form.querySelector("[data-upload-error]");
  const button = submitter ?? form.querySelector("button.btn");

  const fail = (word, values) => {
    wrong.querySelector("span").textContent = say(word, values);
    wrong.hidden = false;
    box.hidden = true;
    button.disabled = false;
  };

  for (const input of form.querySelectorAll("input[type=file][data-largest-mb]")) {
    const limit = Number(input.dataset.largestMb);
    const big = Array.from(input.files).find((file) => file.size > limit * 1e6);
    if (big) return fail("big", { name: big.name, limit });
  }

  const request = new XMLHttpRequest();
  const began = performance.now();
  const filled = new FormData(form);
  if (submitter?.name) filled.append(submitter.name, submitter.value);
  button.disabled = true;
  wrong.hidden = true;
  box.hidden = false;
  request.upload.addEventListener("progress", (step) => {
    if (!step.lengthComputable) return;
    const speed = step.loaded / Math.max(0.001, (performance.now() - began) / 1000);
    bar.value = (100 * step.loaded) / step.total;
    sent.textContent = say("sent", {
      sent: bytes(step.loaded), all: bytes(step.total), speed: bytes(speed),
    });
    left.textContent = say("left", { time: time((step.total - step.loaded) / speed) });
  });
  request.upload.addEventListener("load", () => {
    bar.removeAttribute("value");
    sent.textContent = say("read");
    left.textContent = "";
  });
  request.addEventListener("load", () => {
    if (request.status === 413) fail("large");
    else show(request.responseText, request.responseURL || location.href);
  });
  for (const end of ["error", "abort", "timeout"]) {
    request.addEventListener(end, () => fail("broken"));
  }
  request.open("POST", form.action);
  request.send(filled);
};

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-upload]");
  const chosen = form && [...form.querySelectorAll("input[type=file]")].some((i) => i.files.length);
  if (!chosen) return;
  event.preventDefault();
  send(form, event.submitter);
});
