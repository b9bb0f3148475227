// Send files with their progress in sight. Without this the form is sent as any other.

import { sendInPieces } from "./resumable.js";

// What is larger goes in pieces, where the form says to what address.
const IN_PIECES_BYTES = 16e6;

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

// The places of a form where one sees how far its file is.
const shownOf = (form, submitter) => {
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
  let began = performance.now();
  let before = 0;

  const start = (loaded = 0) => {
    began = performance.now();
    before = loaded;
    button.disabled = true;
    wrong.hidden = true;
    box.hidden = false;
  };
  const refuse = (words) => {
    wrong.querySelector("span").textContent = words;
    wrong.hidden = false;
    box.hidden = true;
    button.disabled = false;
  };
  const progress = (loaded, total) => {
    const speed = (loaded - before) / Math.max(0.001, (performance.now() - began) / 1000);
    bar.value = (100 * loaded) / total;
    sent.textContent = say("sent", {
      sent: bytes(loaded), all: bytes(total), speed: bytes(speed),
    });
    left.textContent = say("left", { time: time((total - loaded) / Math.max(1, speed)) });
  };
  const note = (words) => { left.textContent = words; };
  const read = () => {
    bar.removeAttribute("value");
    sent.textContent = say("read");
    note("");
  };
  return { say, start, refuse, progress, note, read };
};

const send = (form, submitter) => {
  const shown = shownOf(form, submitter);
  const fail = (word, values) => shown.refuse(shown.say(word, values));

  for (const input of form.querySelectorAll("input[type=file][data-largest-mb]")) {
    const limit = Number(input.dataset.largestMb);
    const big = Array.from(input.files).find((file) => file.size > limit * 1e6);
    if (big) return fail("big", { name: big.name, limit });
  }

  const filled = new FormData(form);
  if (submitter?.name) filled.append(submitter.name, submitter.value);
  shown.start();
  if (form.dataset.resumable) {
    const [file] = form.querySelector("input[type=file]").files;
    if (file.size > IN_PIECES_BYTES) return sendInPieces(form, file, shown);
  }

  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (step) => {
    if (step.lengthComputable) shown.progress(step.loaded, step.total);
  });
  request.upload.addEventListener("load", shown.read);
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
