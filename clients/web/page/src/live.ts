// Changes as they happen. The browser itself comes back after a broken line with the last
// number it saw; whatever was missed is sent then, or "reset": read everything again.
import { currentSession, findSession } from './api';

export interface LiveState { heard: boolean; matcher: boolean }
type Change = (changed: ReadonlySet<string> | 'all') => void;

const GATHER_MS = 150;  // changes that come together are shown together
const APART_MS = 1000;  // and a flood of them once a second
const SILENT_MS = 25000, LOOK_MS = 5000;  // the server gives a sign of life every ten seconds
const HIDDEN_MS = 30000;  // a browser has few connections for all its tabs
let source: EventSource | null = null;
let last = '';
let state: LiveState = { heard: false, matcher: true };
let waiting: Set<string> | 'all' = new Set<string>();
let timer = 0;
let told = 0;  // when
let hidden = 0;
let offline = false;  // the browser says that there is no net
let away = false;  // nobody has looked at the page for so long that it let go of its line
let heardAt = 0;
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
    told = Date.now();
    const news = waiting;
    waiting = new Set();
    changes.forEach((listener) => listener(news));
  }, Math.max(GATHER_MS, told + APART_MS - Date.now()));
}

// Where a list was read: the feed's number, and of which feed it is one, as the line's events say
// it. After the restore of an older store the same number is of another feed.
export function cursorOf(read: { feed_sequence: string; feed_id?: string }): string {
  const feed = [...atob(read.feed_id ?? '')].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  return feed ? `${read.feed_sequence}.${feed}` : read.feed_sequence;
}

// Begins after what was read (cursorOf); goes on by itself from then on.
export function startLive(cursor: string) {
  if (!last) last = cursor;
  if (source || away || offline) return;
  const opened = new EventSource(`/api/events?after=${encodeURIComponent(last)}`);
  source = opened;
  heardAt = Date.now();
  opened.addEventListener('matcher', (event) => {
    const message = event as MessageEvent;
    heardAt = Date.now();
    // What changed between the reading of what is shown and the opening of the line is unknown.
    if (!last) gather('all');
    last = message.lastEventId;
    setState({ heard: true, matcher: JSON.parse(message.data).connected });
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
    // The provider may have renewed what the line was opened with.
    void reopenIfPermitted();
  });
  opened.onerror = () => {
    setState({ ...state, heard: false });
    if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
    // The server refused: its session may be gone, or it starts again.
    source = null;
    window.setTimeout(() => void reopenIfPermitted(), 1000);
  };
}

async function reopenIfPermitted() {
  const error = await findSession();
  if (!error || error.status === 0 || error.status >= 500 || error.status === 429) startLive(last);
}

export function stopLive() {
  source?.close();
  source = null;
}

function reopen() {
  stopLive();
  if (currentSession()) startLive(last);
}

// A line can be dead without the browser knowing: a laptop that slept, a proxy in between.
function look() {
  if ((!source && !offline) || Date.now() - heardAt < SILENT_MS) return;
  setState({ ...state, heard: false });
  heardAt = Date.now();
  // Browsers are wrong about the net now and then.
  offline = false;
  reopen();
}
setInterval(look, LOOK_MS);
// Nothing more comes of a line without a net, and nobody tells that it is dead.
addEventListener('offline', () => {
  offline = true;
  stopLive();
  setState({ ...state, heard: false });
});
addEventListener('online', () => {
  offline = false;
  reopen();
});

// Nobody sees a hidden page; what it misses it gets when it is looked at again.
function letGo() {
  away = true;
  stopLive();
}
document.addEventListener('visibilitychange', () => {
  clearTimeout(hidden);
  if (document.hidden) {
    hidden = window.setTimeout(letGo, HIDDEN_MS);
    return;
  }
  away = false;
  if (!source) reopen();
  else look();
});

export function onChange(listener: Change): () => void {
  changes.add(listener);
  return () => changes.delete(listener);
}
export function onLiveState(listener: (state: LiveState) => void): () => void {
  states.add(listener);
  return () => states.delete(listener);
}
export const liveState = () => state;
