// A change, sent until it is known what became of it. Nothing happens twice: each names the
// revision it is based on, and of two on one revision one is refused.
import { ApiError, type Fields, get, post } from './api';
import { isMe } from './topic';
import type { Alert } from './types';

const PAUSES = [500, 1000, 2000, 4000, 8000];  // milliseconds
const ALONE_MS = 20000;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
// What was not heard of, and what was refused only because there was too much at once.
const mayTryAgain = (problem: ApiError) => problem.status === 0 || problem.status === 503 || problem.status === 429;
// How a change is refused that was made already.
const MADE = ['ABORTED', 'ALREADY_EXISTS', 'FAILED_PRECONDITION'];

export interface Sending<T> {
  run: () => Promise<T>;
  // What is there now, if it is what was sent and whose answer was lost; else null.
  find: () => Promise<T | null>;
}

// A person's tabs change a thing one after the other, so that what one finds after a lost answer
// is not another one's.
async function alone<T>(name: string, run: () => Promise<T>): Promise<T> {
  if (!navigator.locks) return run();
  let begun = false;
  try {
    return await navigator.locks.request(`save ${name}`, { signal: AbortSignal.timeout(ALONE_MS) }, () => {
      begun = true;
      return run();
    });
  } catch (caught) {
    if (begun) throw caught;
    return run();
  }
}

// `lost` is called when it is tried again.
export function save<T>(name: string, sending: Sending<T>, lost: () => void): Promise<T> {
  return alone(name, async () => {
    for (let tried = 0; ; ++tried) {
      try {
        return await sending.run();
      } catch (caught) {
        const problem = caught as ApiError;
        if (mayTryAgain(problem) && tried < PAUSES.length) {
          lost();
          await pause(PAUSES[tried]);
          continue;
        }
        const found = tried > 0 && MADE.includes(problem.code) ? await sending.find() : null;
        if (found === null) throw problem;
        return found;
      }
    }
  });
}

const PLAIN = ['note', 'expected_revision'];
const commandOf = (fields: Fields) => Object.keys(fields).find((name) => !PLAIN.includes(name))?.split('.')[0] ?? '';
function leaves(value: unknown, into = new Set<string>()): Set<string> {
  if (value !== null && typeof value === 'object') Object.values(value).forEach((one) => leaves(one, into));
  else into.add(String(value));
  return into;
}

// Whether an alert's latest change is the step that was sent: by this person, the same step with
// the same note, and whatever words were sent stand in the alert.
function isSent(alert: Alert, path: 'state' | 'step', fields: Fields): boolean {
  const last = alert.history[alert.history.length - 1];
  if (!last || BigInt(alert.revision) !== BigInt(String(fields.expected_revision)) + 1n || !isMe(last.actor)) return false;
  if (path === 'state') return last.event === 'state-set' && last.state === fields.state && last.note === fields.note;
  const command = commandOf(fields), removes = fields['set_marker.set'] === 'false';
  if (last.note !== fields.note || last.event !== (command === 'settle_handover' ? 'handover-answered' : command)) return false;
  const there = leaves(alert.coordination);
  return Object.entries(fields).every(([name, value]) => PLAIN.includes(name) || value === undefined || removes
    || ['', '0', 'true', 'false'].includes(String(value)) || there.has(String(value)));
}

const alertAt = async (id: string) => (await get<{ alert: Alert }>(`/api/alerts/${id}`)).alert;

export function stepOf(id: string, path: 'state' | 'step', fields: Fields): Sending<Alert> {
  return {
    run: async () => (await post<{ alert: Alert }>(`/api/alerts/${id}/${path}`, fields)).alert,
    find: async () => {
      const alert = await alertAt(id);
      return isSent(alert, path, fields) ? alert : null;
    },
  };
}

// A change of a conference that is made at one alert; `event` is what its history says then.
export function seatOf(id: string, revision: string, conference: string, fields: Fields, event: string): Sending<Alert> {
  return {
    run: async () => {
      await post(`/api/conferences/${conference}`, fields);
      return alertAt(id);
    },
    find: async () => {
      const now = await alertAt(id), last = now.history[now.history.length - 1];
      return last && isMe(last.actor) && last.event === event
        && BigInt(now.revision) === BigInt(revision) + 1n ? now : null;
    },
  };
}
