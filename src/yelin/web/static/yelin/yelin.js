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

// A box ticked among the filters is applied at once; the button stays for those without script.
document.querySelector("#find .facets")?.addEventListener("change", (event) => {
  if (event.target.matches("input[type=checkbox]") && matchMedia("(min-width: 901px)").matches) {
    event.target.form.requestSubmit();
  }
});
