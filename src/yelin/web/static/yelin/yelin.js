// Small comforts on every page. Everything here also works without it.

// Copy buttons: data-copy names the element whose text is copied.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const says = button.querySelector("[data-copy-says]");
  if (!source || !says) return;
  const before = says.textContent;
  if (before === button.dataset.copied) return;
  try {
    await navigator.clipboard.writeText(source.textContent);
    says.textContent = button.dataset.copied;
  } catch {
    // Without permission, or over plain HTTP: select it, so that one key copies it.
    const range = document.createRange();
    range.selectNodeContents(source);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return;
  }
  setTimeout(() => { says.textContent = before; }, 2000);
});

// Menus close by Escape and by a click elsewhere.
const menus = () => document.querySelectorAll("details.seat[open], details.menu[open]");
document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Browsers without popovers go to the article's own page instead.
if (!("popover" in HTMLElement.prototype)) {
  document.addEventListener("click", (event) => {
    const article = event.target.closest(".art[data-href]");
    if (article) location.assign(article.dataset.href);
  });
}

// What went wrong is read first.
document.querySelector("[data-focus]")?.focus();

// Where tabs are wider than the screen, the one that is read stands in sight.
for (const current of document.querySelectorAll(".tabs > [aria-current]")) {
  const row = current.parentElement;
  row.scrollLeft = current.offsetLeft - row.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
}

// A box ticked among the filters is applied at once; the button stays for those without script.
document.querySelector("#find .facets")?.addEventListener("change", (event) => {
  if (event.target.matches("input[type=checkbox]") && matchMedia("(min-width: 901px)").matches) {
    event.target.form.requestSubmit();
  }
});

// Suggestions while typing: a combobox with a list (ARIA APG). The form works without it.
for (const input of document.querySelectorAll("input[data-suggest]")) suggest(input);

function suggest(input) {
  const list = document.createElement("div");
  const says = document.createElement("span");
  const id = `suggested-${Math.random().toString(36).slice(2)}`;
  Object.assign(list, { id, className: "suggested", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label"));
  says.className = "vh";
  says.setAttribute("role", "status");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", id);
  input.setAttribute("aria-expanded", "false");
  input.closest("form").classList.add("suggests");
  input.after(list, says);
  let active = -1;
  let asking;
  let later;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const close = () => {
    clearTimeout(later);
    asking?.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  };
  const choose = (at) => {
    active = at;
    options().forEach((option, n) => option.setAttribute("aria-selected", String(n === at)));
    const chosen = options()[at];
    if (!chosen) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  };
  const show = ({ groups, says: words }) => {
    list.replaceChildren();
    for (const { title, links } of groups) {
      const group = document.createElement("div");
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", title);
      const head = document.createElement("p");
      head.setAttribute("aria-hidden", "true");
      head.textContent = title;
      group.append(head);
      for (const link of links) {
        const option = document.createElement("div");
        option.id = `${id}-${list.querySelectorAll("[role=option]").length + group.querySelectorAll("[role=option]").length}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.url = link.url;
        option.append(link.title);
        if (link.note) {
          const note = document.createElement("small");
          note.textContent = link.note;
          option.append(" ", note);
        }
        group.append(option);
      }
      list.append(group);
    }
    says.textContent = words;
    list.hidden = !groups.length;
    input.setAttribute("aria-expanded", String(groups.length > 0));
    active = -1;
    input.removeAttribute("aria-activedescendant");
  };
  const ask = async () => {
    const words = input.value.trim();
    asking?.abort();
    if (!words) return close();
    asking = new AbortController();
    try {
      const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(words)}`, { signal: asking.signal });
      if (answer.ok && document.activeElement === input) show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };
  const soon = () => { clearTimeout(later); later = setTimeout(ask, 150); };

  // What is still being composed by an input method is nobody's word yet.
  input.addEventListener("input", (event) => { if (!event.isComposing) soon(); });
  input.addEventListener("compositionend", soon);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const many = options().length;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && many) {
      event.preventDefault();
      if (list.hidden) {
        list.hidden = false;
        input.setAttribute("aria-expanded", "true");
      }
      // One step past either end leads back to what was typed.
      const step = event.key === "ArrowDown" ? 1 : many;
      choose((active + 1 + step) % (many + 1) - 1);
    } else if (event.key === "Enter" && active >= 0 && !list.hidden) {
      event.preventDefault();
      location.assign(options()[active].dataset.url);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  // The input keeps the focus while the pointer chooses.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.url);
  });
}
