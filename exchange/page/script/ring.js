// The sound of a ringing phone, made in the browser and only when asked for.

const TONES_HZ = [440, 480];
const ON_SECONDS = 2;
const CYCLE_MS = 6000;
const LOUDNESS = 0.05;

let audio;
let allowed = false;
let wanted = false;
let cadence;

/** Called from the switch: browsers let sound start only from a person's own gesture. */
export function allowSound(on) {
  allowed = on;
  if (on) audio ??= new AudioContext();
  if (on) audio.resume();
  follow();
}

/** Ring, or stop ringing. */
export function ringAloud(on) {
  if (on === wanted) return;
  wanted = on;
  follow();
}

function follow() {
  clearInterval(cadence);
  if (!allowed || !wanted) {
    audio?.suspend();
    return;
  }
  audio.resume();
  burst();
  cadence = setInterval(burst, CYCLE_MS);
}

function burst() {
  const volume = new GainNode(audio, { gain: LOUDNESS });
  volume.connect(audio.destination);
  const end = audio.currentTime + ON_SECONDS;
  volume.gain.setTargetAtTime(0, end - 0.05, 0.02);
  for (const frequency of TONES_HZ) {
    const tone = new OscillatorNode(audio, { frequency });
    tone.connect(volume);
    tone.start();
    tone.stop(end);
  }
}
