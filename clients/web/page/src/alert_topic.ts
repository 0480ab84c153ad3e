// Alerts as forms change them.
import { get } from './api';
import { isMe, type Topic } from './topic';
import type { Alert, HistoryEntry } from './types';
import { actorText, stepText } from './words';

// Texts of times have as many digits as they need.
const comparable = (time: string) => {
  const [seconds, fraction = ''] = time.replace('Z', '').split('.');
  return `${seconds}.${fraction.padEnd(9, '0')}`;
};
const stepsSince = (before: Alert, now: Alert): HistoryEntry[] =>
  now.history.filter((step) => comparable(step.time ?? '') > comparable(before.updated ?? ''));

export const ALERT: Topic<Alert> = {
  name: 'Adviset',
  id: (alert) => alert.alert_id,
  revision: (alert) => alert.revision,
  between: (before, now) => stepsSince(before, now).map((step) =>
    ({ who: actorText(step.actor), when: step.time, what: stepText(step), note: step.note })),
  onlyOwn: (before, now) => {
    const steps = stepsSince(before, now);
    return BigInt(steps.length) >= BigInt(now.revision) - BigInt(before.revision)
      && steps.every((step) => isMe(step.actor));
  },
  read: async (id) => (await get<{ alert: Alert }>(`/api/alerts/${id}`)).alert,
};
