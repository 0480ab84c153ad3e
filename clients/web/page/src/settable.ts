// Which states a person may set by hand: those that the matcher allows (matcher/alert_lifecycle.h)
// and whose facts are there.
import type { Alert } from './types';
import { STATES } from './words';

const EARLY = ['ALERT_STATE_IDENTIFIED', 'ALERT_STATE_OFFERED', 'ALERT_STATE_NOMINATED', 'ALERT_STATE_CONFERENCE_PLANNED'];
const OUTSIDE = 'konference planlagt: konferencen holdes uden for planlæggeren';

function allowed(alert: Alert): string[] {
  const { state, coordination: c } = alert;
  const guide = c?.guide?.state === 'GUIDE_STATE_ACCEPTED', plan = !!c?.plan?.exists, no = 'ALERT_STATE_DECLINED';
  const ends = ['ALERT_STATE_CLOSED', no];
  if (state === 'ALERT_STATE_CLOSED' || state === no) {
    const holds = !!c?.matched || (c?.nominations.length ?? 0) > 0 || alert.participants.length > 0;
    return [...(holds ? ['ALERT_STATE_IDENTIFIED'] : []), no];
  }
  if (state === 'ALERT_STATE_WITHDRAWN') return [no];
  const planActive = state === 'ALERT_STATE_PLAN_ACTIVE', assigned = state === 'ALERT_STATE_GUIDE_ASSIGNED';
  if (planActive && plan) return ends;
  const early = (planActive || assigned) && guide ? [] : EARLY.filter((one) =>
    (one !== 'ALERT_STATE_OFFERED' || !!c?.offered) && (one !== 'ALERT_STATE_NOMINATED' || (c?.nominations.length ?? 0) > 0));
  return [...early, ...(guide ? ['ALERT_STATE_GUIDE_ASSIGNED'] : []), ...(plan ? ['ALERT_STATE_PLAN_ACTIVE'] : []), ...ends];
}

export const isSeated = (alert: Alert) => !!alert.coordination?.conference && !alert.coordination.conference.held;

// With their words; without a seat "konference planlagt" says what it means.
export const settable = (alert: Alert): (readonly [string, string])[] => allowed(alert).filter((state) => state !== alert.state)
  .map((state) => [state, state === 'ALERT_STATE_CONFERENCE_PLANNED' && !isSeated(alert) ? OUTSIDE : STATES[state]] as const);
