// Changes as they happen. The browser itself comes back after a broken line with the last
// number it saw; whatever was missed is sent then, or "reset": read everything again.
import { findSession } from './api';

export interface LiveState { heard: boolean; matcher: boolean }
type Change = (changed: ReadonlySet<string> | 'all') => void;

const GATHER_MS = 150;  // changes that come together are shown together
let source: EventSource | null = null;
let last = '';
let state: LiveState = { heard: false, matcher: true };
let waiting: Set<string> | 'all' = new Set<string>();
let timer = 0;
const changes = new Set<Change>();
const states = new Set<(state: LiveState) => void>();

function setState(next: LiveState) {
  state = next;
  states.forEach((listener) => listener(state));
}

function gather(id: string | 'all') {
  if (id === 'all') waiting = 'all';
  else if (waiting !== 'all') waiting.add(id);
  if (timer) return;
  timer = window.setTimeout(() => {
    timer = 0;
    const told = waiting;
    waiting = new Set();
    changes.forEach((listener) => listener(told));
  }, GATHER_MS);
}

// Begins after the number that a list was read at; goes on by itself from then on.
export function startLive(sequence: string) {
  if (source) return;
  if (!last) last = sequence;
  const opened = new EventSource(`/api/events?after=${encodeURIComponent(last)}`);
  source = opened;
  opened.addEventListener('matcher', (event) => {
    setState({ heard: true, matcher: JSON.parse((event as MessageEvent).data).connected });
  });
  opened.addEventListener('change', (event) => {
    const message = event as MessageEvent;
    last = message.lastEventId;
    gather(JSON.parse(message.data).alert_id);
  });
  opened.addEventListener('reset', (event) => {
    last = (event as MessageEvent).lastEventId;
    gather('all');
  });
  opened.addEventListener('ended', () => {
    stopLive();
    void findSession();
  });
  opened.onerror = () => {
    setState({ ...state, heard: false });
    if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
    // The server refused: its session may be gone, or it starts again.
    source = null;
    window.setTimeout(async () => {
      const error = await findSession();
      if (!error || error.status === 0 || error.status >= 500 || error.status === 429) startLive(last);
    }, 1000);
  };
}

export function stopLive() {
  source?.close();
  source = null;
}

export function onChange(listener: Change): () => void {
  changes.add(listener);
  return () => changes.delete(listener);
}
export function onLiveState(listener: (state: LiveState) => void): () => void {
  states.add(listener);
  return () => states.delete(listener);
}
export const liveState = () => state;
