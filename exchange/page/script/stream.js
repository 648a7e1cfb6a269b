// The live stream of states: reopened when it breaks, declared lost within five seconds.

const SILENCE_MS = 4500;
const REOPEN_MS = 1000;

/** The exchange sends a state or a beat every two seconds; `onLink(false)` follows when neither comes. */
export function watch(path, { onState, onLink }) {
  let source;
  let silence;

  const heard = () => {
    onLink(true);
    clearTimeout(silence);
    silence = setTimeout(lose, SILENCE_MS);
  };

  const lose = () => {
    onLink(false);
    source.close();
    clearTimeout(silence);
    silence = setTimeout(open, REOPEN_MS);
  };

  const open = () => {
    source = new EventSource(path);
    source.addEventListener("state", (event) => { heard(); onState(JSON.parse(event.data)); });
    source.addEventListener("beat", heard);
    source.addEventListener("error", lose);
    clearTimeout(silence);
    silence = setTimeout(lose, SILENCE_MS);
  };

  open();
}
