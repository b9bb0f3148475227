// The digest of a file is computed here, so that nothing of the file leaves this machine.
// Without this, or where a browser gives no cryptography, the file itself is sent and then dropped.

const MOST_BYTES = 1 << 30;
const form = document.querySelector("form[data-find]");

async function digestOf(file) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

form?.addEventListener("submit", async (event) => {
  const [file] = form.elements.file.files;
  if (!file || file.size > MOST_BYTES || !globalThis.crypto?.subtle) return;
  event.preventDefault();
  form.elements.digest.value = await digestOf(file);
  form.elements.file.value = "";
  form.submit();
});
