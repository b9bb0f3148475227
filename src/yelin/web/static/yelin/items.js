// Rows copied out of a spreadsheet may be pasted into any cell of the items editor: they go the way
// of the box beneath it, so that the server alone reads them.

document.querySelector("table.items")?.addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const box = document.getElementById("pasted");
  box.value = text;
  box.form.querySelector("[name=paste]").click();
});
