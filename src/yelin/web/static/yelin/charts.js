// Marks of a chart to point at: the same chart, drawn in the page in the place of its picture.
// What draws it is 300 kB, so it comes only when somebody asks. Without this the picture stands, with
// its figures as a table, which is also how keys and screen readers have them.

for (const button of document.querySelectorAll("button[data-point]")) {
  button.hidden = false;
  button.addEventListener("click", () => turn(button));
}

async function turn(button) {
  const figure = button.closest("figure");
  const picture = figure.querySelector("img");
  const status = button.nextElementSibling;
  let place = figure.querySelector(".pointed");
  if (place && !place.hidden) {
    place.hidden = true;
    picture.hidden = false;
    button.ariaPressed = "false";
    return;
  }
  if (!place) {
    button.disabled = true;
    try {
      place = await drawn(button, picture);
      status.textContent = "";
    } catch {
      status.textContent = button.dataset.failed;
      return;
    } finally {
      button.disabled = false;
    }
  }
  place.hidden = false;
  picture.hidden = true;
  button.ariaPressed = "true";
}

async function drawn(button, picture) {
  const [answer, { vegaEmbed }] = await Promise.all([
    fetch(button.dataset.point), import(button.dataset.program),
  ]);
  if (!answer.ok) throw new Error(answer.statusText);
  const spec = await answer.json();
  const place = document.createElement("div");
  place.className = "pointed";
  place.role = "img";
  place.ariaLabel = picture.alt;
  const canvas = place.appendChild(document.createElement("div"));
  const says = place.appendChild(document.createElement("div"));
  says.className = "pointed-say";
  says.hidden = true;
  // As large as the picture is, so that nothing moves.
  spec.height = Math.round(spec.height * picture.clientWidth / spec.width);
  spec.width = picture.clientWidth;
  picture.after(place);
  try {
    await vegaEmbed(canvas, spec, {
      // Our content policy allows no program that is made of text, and no style in the page.
      ast: true, defaultStyle: false, actions: false, renderer: "canvas",
      loader: { load: () => Promise.reject(new Error("nothing is fetched")) },
      tooltip: (_view, event, _item, value) => say(place, says, event, value),
    });
  } catch (error) {
    place.remove();
    throw error;
  }
  return place;
}

function say(place, says, event, value) {
  says.hidden = value === null || value === undefined || value === "";
  if (says.hidden) return;
  says.replaceChildren(...Object.entries(value).map(([name, told]) => {
    const line = document.createElement("p");
    line.append(`${name}: `, Object.assign(document.createElement("b"), { textContent: told }));
    return line;
  }));
  // On the other side than the pointer, so that it covers nothing that is pointed at.
  const frame = place.getBoundingClientRect();
  says.classList.toggle("at-left", event.clientX > frame.left + frame.width / 2);
}
