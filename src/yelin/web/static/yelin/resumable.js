// Send a large file in pieces (tus 1.0.0): it may be paused, and goes on after a broken line or
// a reload of the page where it stood.

const PIECE_BYTES = 32 << 20;
const WAIT_SECONDS = [1, 2, 4, 8, 15, 30, 60];

const base64 = (text) =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));

class Refused extends Error {}

const ask = (method, url, headers, { body, begun, moved } = {}) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (moved) request.upload.addEventListener("progress", (step) => moved(step.loaded));
    request.addEventListener("load", () => resolve(request));
    for (const end of ["error", "abort", "timeout"]) {
      request.addEventListener(end, () => reject(new Error(end)));
    }
    begun?.(request);
    request.send(body);
  });

const refusal = (request) => {
  try {
    const told = JSON.parse(request.responseText);
    return new Refused(told.faults?.[0]?.says ?? told.detail ?? told.title);
  } catch {
    return new Refused(request.statusText);
  }
};

// What came of this very file before, as the server told when it wrote the page.
const before = (form, file) =>
  [...document.querySelectorAll("[data-under-way]")].find(
    ({ dataset }) =>
      dataset.name === file.name &&
      dataset.size === String(file.size) &&
      dataset.modified === String(file.lastModified),
  )?.dataset.underWay;

const begin = async (form, file, headers) => {
  const said = { entry: form.dataset.entry, filename: file.name, modified: file.lastModified };
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value && name !== "csrfmiddlewaretoken") said[name] = value;
  }
  const metadata = Object.entries(said).map(([name, text]) => `${name} ${base64(String(text))}`);
  const request = await ask("POST", form.dataset.resumable, {
    ...headers, "Upload-Length": file.size, "Upload-Metadata": metadata.join(","),
  });
  if (request.status !== 201) throw refusal(request);
  return request.getResponseHeader("Location");
};

export const sendInPieces = async (form, file, shown) => {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "Tus-Resumable": "1.0.0", "X-CSRFToken": token };
  const button = form.querySelector("[data-upload-pause]");
  let sending = null;
  let paused = null;
  let goOn = null;

  button.hidden = false;
  button.onclick = () => {
    if (paused) {
      goOn();
      paused = null;
      button.textContent = shown.say("pause");
    } else {
      paused = new Promise((resolve) => { goOn = resolve; });
      button.textContent = shown.say("resume");
      shown.note(shown.say("paused"));
      sending?.abort();
    }
  };

  const wait = (tried) => {
    const seconds = WAIT_SECONDS[Math.min(tried, WAIT_SECONDS.length - 1)];
    shown.note(shown.say("retry", { n: seconds }));
    return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  };

  // Where it stands, asked again for as long as nobody answers.
  const standing = async (url) => {
    for (let tried = 0; ; tried += 1) {
      await paused;
      try {
        const request = await ask("HEAD", url, headers);
        if (request.status === 200) return request;
        if (request.status < 500) throw new Refused(shown.say("gone"));
      } catch (fault) {
        if (fault instanceof Refused) throw fault;
      }
      await wait(tried);
    }
  };

  const send = (url, at) =>
    ask(
      "PATCH",
      url,
      { ...headers, "Upload-Offset": at, "Content-Type": "application/offset+octet-stream" },
      {
        body: file.slice(at, at + PIECE_BYTES),
        begun: (request) => { sending = request; },
        moved: (loaded) => shown.progress(at + loaded, file.size),
      },
    );

  try {
    const url = before(form, file) ?? (await begin(form, file, headers));
    let answer = await standing(url);
    shown.start(Number(answer.getResponseHeader("Upload-Offset")));
    let last = -1;
    let stuck = 0;
    while (!answer.getResponseHeader("Content-Location")) {
      const at = Number(answer.getResponseHeader("Upload-Offset"));
      stuck = at > last ? 0 : stuck + 1;
      last = at;
      try {
        // Where pieces do not get through, though questions do.
        if (stuck > 1) await wait(stuck - 2);
        await paused;
        answer = await send(url, at);
        if (answer.status >= 400 && ![409, 423].includes(answer.status) && answer.status < 500) {
          throw refusal(answer);
        }
        if (answer.status !== 204) answer = await standing(url);
      } catch (fault) {
        if (fault instanceof Refused) throw fault;
        answer = await standing(url);
      }
    }
    const made = answer.getResponseHeader("Content-Location").split("/").pop();
    location.assign(form.dataset.report.replace("00000000-0000-0000-0000-000000000000", made));
  } catch (fault) {
    button.hidden = true;
    shown.refuse(fault.message);
  }
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-give-up]");
  if (!button) return;
  const line = button.closest("[data-under-way]");
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "Tus-Resumable": "1.0.0", "X-CSRFToken": token };
  const request = await ask("DELETE", line.dataset.underWay, headers);
  if (request.status === 204 || request.status === 404) line.remove();
});
