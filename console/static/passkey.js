// Asks the browser for a passkey and sends what it answers. Nothing else runs on these pages.
const button = document.getElementById("passkey");
const said = document.getElementById("said");

async function send(address, body) {
  const reply = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body ?? {}),
  });
  const told = await reply.json().catch(() => ({}));
  if (!reply.ok) throw new Error(told.error ?? "That did not work. Please try again.");
  return told;
}

async function answer({ challenge, options }) {
  const key =
    button.dataset.kind === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  return send(button.dataset.answer, { challenge, answer: key.toJSON() });
}

button?.addEventListener("click", async () => {
  button.disabled = true;
  said.textContent = "Your device asks you now.";
  try {
    const { to } = await answer(await send(button.dataset.options));
    location.assign(to);
  } catch (problem) {
    said.textContent =
      problem.name === "NotAllowedError" ? "It was not confirmed. Please try again." : problem.message;
    button.disabled = false;
  }
});
