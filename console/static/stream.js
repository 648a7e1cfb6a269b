// Says so when the board's stream is lost: nothing was heard for longer than its pulse allows.
const PATIENCE = 4500;
const lost = document.getElementById("lost");
let heard = Date.now();

document.body.addEventListener("htmx:sseMessage", () => {
  heard = Date.now();
  lost.hidden = true;
});
setInterval(() => {
  lost.hidden = Date.now() - heard < PATIENCE;
}, 250);
