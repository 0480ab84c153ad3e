// What a person has begun to write, by alert and form: it outlives a login, another view and
// somebody else's change, and goes with whoever logs out.
import { currentSession, onLogOut } from './api';
import type { Alert, HistoryEntry } from './types';
import { actorText } from './words';

export type Values = Record<string, string>;
export interface Draft {
  values: Values;
  revision: string;  // of the alert that it is about
  since: string;     // the alert's last change when it was begun
  told: boolean;     // that somebody else was first
}

const drafts = new Map<string, Draft>();
onLogOut(() => drafts.clear());

const key = (alert: Alert, form: string) => `${currentSession()?.person} ${alert.alert_id} ${form}`;
export const draftOf = (alert: Alert, form: string) => drafts.get(key(alert, form));
export const keepDraft = (alert: Alert, form: string, draft: Draft) => { drafts.set(key(alert, form), draft); };
export const dropDraft = (alert: Alert, form: string) => { drafts.delete(key(alert, form)); };
export const newDraft = (alert: Alert, values: Values): Draft =>
  ({ values, revision: alert.revision, since: alert.updated ?? '', told: false });

// Texts of times have as many digits as they need.
const comparable = (time: string) => {
  const [seconds, fraction = ''] = time.replace('Z', '').split('.');
  return `${seconds}.${fraction.padEnd(9, '0')}`;
};
export const stepsSince = (alert: Alert, draft: Draft): HistoryEntry[] =>
  alert.history.filter((step) => comparable(step.time ?? '') > comparable(draft.since));

const changesSince = (alert: Alert, draft: Draft) => BigInt(alert.revision) - BigInt(draft.revision);
// All that has changed since are steps of the person who writes.
function onlyOwn(alert: Alert, draft: Draft): boolean {
  const steps = stepsSince(alert, draft);
  return BigInt(steps.length) >= changesSince(alert, draft)
    && steps.every((step) => actorText(step.actor) === currentSession()?.person);
}
// Somebody else has changed the alert since.
export const isOutdated = (alert: Alert, draft: Draft) =>
  changesSince(alert, draft) !== 0n && !onlyOwn(alert, draft);
// What a step that is taken now is based on.
export const revisionFor = (alert: Alert, draft: Draft) =>
  (isOutdated(alert, draft) ? draft.revision : alert.revision);
