// One step on an alert, sent until it is known what became of it. Nothing happens twice: each
// step names the revision it is based on, and of two steps on one revision one is refused.
import { ApiError, currentSession, type Fields, get, post } from './api';
import type { Alert } from './types';
import { actorText } from './words';

const PAUSES = [500, 1000, 2000, 4000, 8000];  // milliseconds
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
// What was not heard of, and what was refused only because there was too much at once.
const mayTryAgain = (problem: ApiError) => problem.status === 0 || problem.status === 503 || problem.status === 429;

// Whether the alert's latest change is the one that was sent and whose answer was lost.
function isOurs(alert: Alert, fields: Fields): boolean {
  const last = alert.history[alert.history.length - 1];
  return BigInt(alert.revision) === BigInt(String(fields.expected_revision)) + 1n && last !== undefined
    && actorText(last.actor) === currentSession()?.person && last.note === fields.note;
}

// `lost` is called when it is tried again.
export async function saveStep(id: string, path: 'state' | 'step', fields: Fields, lost: () => void): Promise<Alert> {
  for (let tried = 0; ; ++tried) {
    try {
      return (await post<{ alert: Alert }>(`/api/alerts/${id}/${path}`, fields)).alert;
    } catch (caught) {
      const problem = caught as ApiError;
      if (mayTryAgain(problem) && tried < PAUSES.length) {
        lost();
        await pause(PAUSES[tried]);
        continue;
      }
      if (problem.code !== 'ABORTED' || tried === 0) throw problem;
      const { alert } = await get<{ alert: Alert }>(`/api/alerts/${id}`);
      if (!isOurs(alert, fields)) throw problem;
      return alert;
    }
  }
}
