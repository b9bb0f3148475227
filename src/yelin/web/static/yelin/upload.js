// Send a file with its progress in sight. Without this the form is sent as any other.

const form = document.querySelector("form[data-upload]");

if (form) {
  const words = new Map(
    Array.from(
      form.querySelector("[data-upload-words]").content.querySelectorAll("[data-say]"),
      (element) => [element.dataset.say, element.textContent],
    ),
  );
  const say = (word, values = {}) =>
    (words.get(word) ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const bytes = (n) => {
    for (const unit of ["B", "KB", "MB"]) {
      if (n < 1000) return `${n < 10 && unit !== "B" ? n.toFixed(1) : Math.round(n)} ${unit}`;
      n /= 1000;
    }
    return `${n.toFixed(1)} GB`;
  };
  const time = (seconds) =>
    seconds < 90
      ? say("seconds", { n: Math.max(1, Math.round(seconds)) })
      : say("minutes", { n: Math.round(seconds / 60) });

  const box = form.querySelector("[data-upload-progress]");
  const bar = box.querySelector("progress");
  const sent = box.querySelector("[data-upload-sent]");
  const left = box.querySelector("[data-upload-left]");
  const wrong = form.querySelector("[data-upload-error]");
  const button = form.querySelector("button.btn");

  const fail = (word) => {
    wrong.querySelector("span").textContent = say(word);
    wrong.hidden = false;
    box.hidden = true;
    button.disabled = false;
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.reportValidity()) return;
    const request = new XMLHttpRequest();
    const began = performance.now();
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
    request.addEventListener("load", () => {
      if (request.status === 413) {
        fail("large");
      } else if (request.responseURL && request.responseURL !== location.href) {
        // The server answered with the page of the file's report.
        location.assign(request.responseURL);
      } else {
        // The form came back with errors: show it as the server wrote it.
        const answer = new DOMParser().parseFromString(request.responseText, "text/html");
        document.querySelector("main").replaceWith(answer.querySelector("main"));
        document.querySelector("[data-focus]")?.focus();
      }
    });
    for (const end of ["error", "abort", "timeout"]) {
      request.addEventListener(end, () => fail("broken"));
    }
    request.open("POST", form.action);
    request.send(new FormData(form));
  });
}
