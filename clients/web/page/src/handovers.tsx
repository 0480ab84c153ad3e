// The handovers that nobody has answered yet: whose answer is waited for, and by when.
import { dueDayText, holderText, ROLES } from './coordination_words';
import { answerDay, openAlerts, type OpenAlerts, waitingHandovers } from './open_alerts';
import { Problem, Text, useLoaded, Waiting } from './parts';
import { Link } from './router';
import type { Alert } from './types';
import { useUnits } from './units';
import { dayText } from './words';

// `trigger`: read again when it changes.
export function useHandovers(trigger: string) {
  return useLoaded<OpenAlerts>((background) => openAlerts({ handover_waits: true }, background), '', (changed) => changed === 'all', undefined, trigger);
}
export const countHandovers = (held: OpenAlerts | null) =>
  (held ? `${held.alerts.reduce((sum, alert) => sum + waitingHandovers(alert).length, 0)}${held.whole ? '' : '+'}` : '–');

function isLate(alert: Alert, day: string): boolean {
  return !!day && (alert.coordination?.dues ?? []).some((due) => due.kind === 'DUE_KIND_HANDOVER' && due.day === day && due.overdue);
}

export function Handovers(props: { held: ReturnType<typeof useHandovers> }) {
  const { value, error } = props.held;
  useUnits();  // for the departments' names
  const waiting = (value?.alerts ?? []).flatMap((alert) => waitingHandovers(alert).map((one) => ({ alert, one, day: answerDay(alert, one) })))
    .sort((a, b) => Date.parse(a.one.requested ?? '') - Date.parse(b.one.requested ?? ''));
  return (
    <section class="group" id="overdragelser" tabIndex={-1}>
      <h2>Overdragelser, der venter på svar</h2>
      <p class="explanation">Den, der har opgaven, beholder den, til efterfølgeren har sagt ja. Den, der har ventet længst, står øverst.</p>
      {error && <Problem error={error} />}
      {!value && !error && <Waiting />}
      {value && !value.whole && <p>Der er flere, end der vises her; de er fra de nyeste {value.alerts.length} advis.</p>}
      {value && waiting.length === 0 && <p>Ingen overdragelser venter på svar.</p>}
      {waiting.length > 0 && (
        <div class="table--responsive-scroll">
          <table class="table">
            <caption class="sr-only">Overdragelser, der venter på svar</caption>
            <thead><tr><th scope="col">Advis</th><th scope="col">Opgave</th><th scope="col">Har den nu</th><th scope="col">Skal svare</th>
              <th scope="col">Ønsket</th><th scope="col">Senest</th></tr></thead>
            <tbody>{waiting.map(({ alert, one, day }) => (
              <tr key={`${alert.alert_id} ${one.handover_id}`}>
                <th scope="row" data-label="Advis"><Link class="whole" to={`/advis/${alert.alert_id}`}>{alert.alert_id}</Link></th>
                <td data-label="Opgave">{ROLES[one.role] ?? 'opgave'}</td>
                <td data-label="Har den nu"><Text>{holderText(one.from)}</Text></td>
                <td data-label="Skal svare"><Text>{holderText(one.to)}</Text></td>
                <td data-label="Ønsket">{dayText(one.requested)}</td>
                <td data-label="Senest">{day ? `${isLate(alert, day) ? 'Overskredet: ' : ''}${dueDayText(day)}` : 'ingen frist'}</td>
              </tr>
            ))}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}
