// What comes next for one young person: what was agreed and waits, and the way to the step itself.
import { dueDayText, holderText, ROLES } from './coordination_words';
import { dayInWords } from './days';
import { openStep } from './form';
import { answerDay, waitingHandovers } from './open_alerts';
import { Text } from './parts';
import { isSeated } from './settable';
import type { Alert } from './types';
import { nameOfDepartment, unitText, useUnits } from './units';
import { isEnded, NEXT } from './words';

const AGREE = 'ALERT_STATE_CONFERENCE_PLANNED';

function Go(props: { form: string; children: string }) {
  return <button class="button button-secondary button-small" type="button" onClick={() => openStep(props.form)}>{props.children}</button>;
}

export function NextSteps(props: { alert: Alert }) {
  const { alert } = props, c = alert.coordination, action = c?.conference?.action, guide = c?.guide;
  useUnits();  // for the departments' names
  const open = !isEnded(alert.state), early = ['ALERT_STATE_IDENTIFIED', 'ALERT_STATE_OFFERED', 'ALERT_STATE_NOMINATED'].includes(alert.state);
  const agreed = !!action && !c?.conference?.held;
  const texts = (NEXT[alert.state] ?? []).filter((_, i) => !(alert.state === AGREE && agreed && i === 1));
  if (alert.state === AGREE && !c?.conference) texts.splice(1, 0, 'Konferencen holdes uden for planlæggeren: sagen står ikke på nogen dagsorden her.');
  return (
    <>
      <h2>Næste skridt</h2>
      <ul>
        {open && waitingHandovers(alert).map((one) => {
          const day = answerDay(alert, one);
          return (
            <li key={one.handover_id}><strong><Text>{holderText(one.to)}</Text> skal svare på overdragelsen som {ROLES[one.role] ?? 'opgave'}</strong>
              {day ? `, senest ${dayInWords(day)}` : '; kommunens politik sætter ingen frist'}.</li>
          );
        })}
        {open && action && !action.done && (
          <li><strong>Aftalt handling:</strong> <Text>{action.text}</Text>{' '}
            (<Text>{unitText(nameOfDepartment(action.department), action.unit)}</Text>), senest {dueDayText(action.due_day)}. Skriv det her,
            når den er gjort.</li>
        )}
        {open && alert.state === AGREE && agreed && !guide && <li>Find en ungeguide.</li>}
        {texts.map((text) => <li key={text}>{text}</li>)}
      </ul>
      {open && <p class="buttons">
        {alert.state === 'ALERT_STATE_IDENTIFIED' && !c?.offered && <Go form="offer">Skriv, at indsatsen er tilbudt</Go>}
        {(early || alert.state === AGREE) && !isSeated(alert) && <Go form="seat">Sæt på en ungekonference</Go>}
        {!guide && <Go form="guide">Skriv ungeguiden på</Go>}
        {guide?.state === 'GUIDE_STATE_PROPOSED' && <Go form="guide-answer">Skriv ungeguidens svar</Go>}
        {action && !action.done && <Go form="action-done">Skriv, at handlingen er gjort</Go>}
        {waitingHandovers(alert).slice(0, 1).map((one) => <Go form={`handover-${one.handover_id}`}>Skriv svaret på overdragelsen</Go>)}
      </p>}
    </>
  );
}
