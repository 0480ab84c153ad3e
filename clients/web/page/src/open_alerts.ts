// Open alerts that something is asked of, whole: handovers that wait, and numbers.
import { type Fields, get } from './api';
import type { Alert, AlertPage, Handover } from './types';

const PAGE = 500, PAGES = 8;
// `whole`: whether there were no more than are read at once.
export interface OpenAlerts { alerts: Alert[]; whole: boolean }

export async function openAlerts(asked: Fields, background = false): Promise<OpenAlerts> {
  const alerts: Alert[] = [];
  for (let read = 0, token = ''; read < PAGES; ++read) {
    const page = await get<AlertPage>('/api/alerts', { ...asked, page_size: PAGE, page_token: token || undefined }, background);
    alerts.push(...page.alerts);
    token = page.next_page_token;
    if (!token) return { alerts, whole: true };
  }
  return { alerts, whole: false };
}

export const waitingHandovers = (alert: Alert): Handover[] =>
  (alert.coordination?.handovers ?? []).filter((one) => one.state === 'HANDOVER_STATE_REQUESTED');

// The day by which an answer is due; empty where the policy sets none. An alert's dues stand in the
// order of their days, and each handover that waits has one.
export function answerDay(alert: Alert, handover: Handover): string {
  const order = [...waitingHandovers(alert)].sort((a, b) => Date.parse(a.requested ?? '') - Date.parse(b.requested ?? ''));
  const days = (alert.coordination?.dues ?? []).filter((due) => due.kind === 'DUE_KIND_HANDOVER').map((due) => due.day).sort();
  return days.length === order.length ? days[order.findIndex((one) => one.handover_id === handover.handover_id)] ?? '' : '';
}
