// What was agreed about one young person beside who has which task: the offer, the plan, the
// consents, the conference's action, marks; and what is due and ahead.
import { dueText, transitionText } from './coordination_words';
import { Check, Choice, TextField } from './fields';
import { Text } from './parts';
import { type PartProps, YES_NO } from './people';
import { dayInWords } from './days';
import { bytes, NAME_BYTES } from './form';
import { Link } from './router';
import { SeatForms } from './seat';
import { StepForm } from './step';
import type { Alert, Coordination } from './types';
import { nameOfDepartment, unitText, useUnits } from './units';
import { dayText, isEnded, monthText, safe, timeText } from './words';

export const NOTHING: Coordination = {
  matched: true, nominations: [], guide: null, suggestion: null, caseworker: null, contact_person: null, plan: null,
  consents: [], handovers: [], transitions: [], dues: [], half_year: 0, markers: [], route: null, conference: null,
  offered: null, plan_owner_by_policy: '',
};
const active = (alert: Alert) => !isEnded(alert.state);

// Where the young person comes from: the rule, and departments' words.
export function Sources(props: { c: Coordination; alert: Alert }) {
  const { c, alert } = props;
  return (
    <>
      <p>{c.matched && c.nominations.length > 0 ? 'Fundet af reglen og indstillet af en afdeling.'
        : c.nominations.length > 0 ? 'Indstillet af en afdeling; reglen har ikke fundet den unge.'
          : alert.rule ? 'Fundet af reglen; ingen afdeling har indstillet den unge.' : ''}</p>
      {c.nominations.length > 0 && (
        <ul>{c.nominations.map((one) => (
          <li>Indstillet {dayText(one.time)} af <Text>{unitText(one.department_name || one.department, one.unit)}</Text>{' '}
            (sag <Text>{one.case_ref}</Text>): <Text>{one.reason}</Text></li>
        ))}</ul>
      )}
      {c.route && <p>Hører efter kommunens politik til{' '}
        <strong><Text>{[c.route.department_name || c.route.department, c.route.unit].filter(Boolean).join(', ')}</Text></strong>:{' '}
        <Text>{c.route.text}</Text></p>}
    </>
  );
}

export function Ahead(props: { c: Coordination }) {
  const { dues, transitions } = props.c;
  return (
    <>
      <h2>Frister og overgange</h2>
      {dues.length === 0 && transitions.length === 0 && <p>Ingen.</p>}
      <ul class="plain dues">
        {dues.map((due) => (
          <li class={due.overdue ? 'overdue' : ''}>{due.overdue && <strong>Overskredet: </strong>}{dueText(due)}</li>
        ))}
        {transitions.map((one) => <li>Snart: {transitionText(one)}</li>)}
      </ul>
    </>
  );
}

export function OfferPart(props: PartProps) {
  const { c, alert } = props;
  return (
    <section>
      <h3>Tilbud om en samlet indsats</h3>
      <p>{c.offered ? `Tilbudt ${dayText(c.offered)}.` : 'Ikke tilbudt endnu.'}</p>
      <StepForm {...props} form="offer" title="Skriv, at indsatsen er tilbudt" possible={active(alert) && !c.offered}
        initial={{}} written={(values) => [values.note ?? '']} request={() => ({ offer: '' })}
        done={() => 'Gemt: den samlede indsats er tilbudt.'}>{() => null}</StepForm>
    </section>
  );
}

const MONTH = /^(\d{4})-(\d{2})$/;
export function PlanPart(props: PartProps) {
  const { c, alert } = props, { plan } = c;
  const owner = plan?.owner || c.plan_owner_by_policy;
  const reviewed = plan?.last_review_month ?? 0;
  const asText = (month: number) => (month ? `${Math.floor(month / 100)}-${String(month % 100).padStart(2, '0')}` : '');
  return (
    <section>
      <h3>Uddannelses- og jobplan</h3>
      <p>{plan?.exists ? 'Planen findes' : 'Der er ingen plan endnu'}{owner && <>; den ejes af <Text>{owner}</Text></>}
        {reviewed > 0 && `; sidst gennemgået i ${monthText(reviewed)}`}.</p>
      <p class="explanation">Her står kun, at planen findes, og hvem der ejer den. Indholdet bliver i afdelingens eget system.</p>
      <StepForm {...props} form="plan" title="Skriv, hvordan det står med planen" possible={active(alert)}
        initial={{ exists: String(plan?.exists ?? false), owner: plan?.owner ?? '', month: asText(reviewed) }}
        written={(values) => [values.exists === 'true' ? 'planen findes' : 'ingen plan', values.owner ?? '', values.month ?? '',
          values.note ?? '']}
        check={(values) => {
          const wrong: Record<string, string> = {};
          if (bytes(values.owner ?? '') > NAME_BYTES) wrong.owner = 'Teksten er for lang';
          if (values.month && !MONTH.test(values.month.trim())) wrong.month = 'Skriv måneden som 2026-11';
          else if (values.month && values.exists !== 'true') wrong.month = 'Kun en plan, der findes, kan være gennemgået';
          return wrong;
        }}
        request={(values) => ({
          'set_plan.exists': values.exists ?? 'false', 'set_plan.owner': (values.owner ?? '').trim(),
          'set_plan.last_review_month': (values.month ?? '').trim().replace('-', '') || '0',
        })}
        done={(after) => (after.coordination?.plan?.exists ? 'Gemt: planen findes.' : 'Gemt: der er ingen plan.')}>
        {(parts) => <>
          <Check parts={parts} field="exists" label="Planen findes" />
          <TextField parts={parts} field="owner" label="Hvem ejer planen?"
            hint={c.plan_owner_by_policy ? `Tomt betyder: ${c.plan_owner_by_policy}.` : 'Må stå tomt.'} />
          <TextField parts={parts} field="month" label="Sidst gennemgået" hint="År og måned, for eksempel 2026-11. Må stå tomt." />
        </>}
      </StepForm>
    </section>
  );
}

function MeasureForm(props: PartProps & {
  form: string; command: string; title: string; label: string; done: string; measures: { measure: string }[];
}) {
  return (
    <StepForm {...props} possible={active(props.alert) && props.measures.length > 0} initial={{}}
      written={(values) => [values.measure ?? '', values.note ?? '']}
      check={(values): Record<string, string> => (values.measure ? {} : { measure: 'Vælg en indsats' })}
      request={(values) => ({ [`${props.command}.measure`]: values.measure })} done={() => props.done}>
      {(parts) => <Choice parts={parts} field="measure" label={props.label}
        options={props.measures.map((one) => [one.measure, safe(one.measure)] as const)} />}
    </StepForm>
  );
}

export function ConsentPart(props: PartProps) {
  const { c, alert } = props;
  return (
    <section>
      <h3>Samtykker</h3>
      <p class="explanation">En anden indsats kan først tages med, når den unge har sagt ja til den. Siger den unge nej, går den ud igen.</p>
      {c.consents.length > 0
        ? <ul>{c.consents.map((one) => <li><Text>{one.measure}</Text>: <strong>{one.given ? 'ja' : 'nej'}</strong>, {dayText(one.time)}
          {one.joined ? `; med i den samlede indsats siden ${dayText(one.joined)}` : one.given && '; ikke taget med endnu'}</li>)}</ul>
        : <p>Der er ingen svar endnu.</p>}
      <StepForm {...props} form="consent" title="Skriv den unges svar om en indsats" possible={active(alert)} initial={{}}
        written={(values) => [values.measure ?? '', values.given === 'true' ? 'ja' : values.given ? 'nej' : '', values.note ?? '']}
        check={(values) => {
          const wrong: Record<string, string> = {};
          if (!values.measure?.trim()) wrong.measure = 'Skriv, hvilken indsats det er';
          else if (bytes(values.measure) > NAME_BYTES) wrong.measure = 'Teksten er for lang';
          if (!values.given) wrong.given = 'Vælg et svar';
          return wrong;
        }}
        request={(values) => ({ 'record_consent.measure': values.measure.trim(), 'record_consent.given': values.given })}
        done={() => 'Gemt: den unges svar er skrevet.'}>
        {(parts) => <>
          <TextField parts={parts} field="measure" label="Indsats" hint="Med få ord, for eksempel: støtte i hjemmet. Et nyt svar erstatter det gamle." />
          <Choice parts={parts} field="given" label="Den unges svar" options={YES_NO} />
        </>}
      </StepForm>
      <MeasureForm {...props} form="measure-join" command="join_measure" title="Tag en indsats med"
        measures={c.consents.filter((one) => one.given && !one.joined)} label="Hvilken indsats? Den unge har sagt ja til dem her."
        done="Gemt: indsatsen er med." />
      <MeasureForm {...props} form="measure-leave" command="leave_measure" title="Tag en indsats ud igen"
        measures={c.consents.filter((one) => one.joined)} label="Hvilken indsats?" done="Gemt: indsatsen er ude igen." />
    </section>
  );
}

export function ConferencePart(props: PartProps) {
  const { c, alert } = props, seat = c.conference, action = seat?.action;
  useUnits();  // for the departments' names
  return (
    <section>
      <h3>Ungekonference</h3>
      {!seat && <p>Den unge er ikke på nogen ungekonference.</p>}
      {seat && <p><Link to={`/konferencer/${seat.conference_id}`}>{timeText(seat.start)}</Link>{seat.place && <>, <Text>{seat.place}</Text></>}
        {seat.held && '; holdt'}.</p>}
      {action && <p>Aftalt handling: <Text>{action.text}</Text>{' '}
        (<Text>{unitText(nameOfDepartment(action.department), action.unit)}</Text>), senest {dayInWords(action.due_day)}
        {action.done ? `; gjort ${dayText(action.done)}` : ''}.</p>}
      <StepForm {...props} form="action-done" title="Skriv, at handlingen er gjort"
        possible={active(alert) && !!action && !action.done} initial={{}} written={(values) => [values.note ?? '']}
        request={() => ({ action_done: '' })} done={() => 'Gemt: handlingen er gjort.'}>{() => null}</StepForm>
      <SeatForms {...props} active={active(alert)} />
    </section>
  );
}

export function MarkerPart(props: PartProps) {
  const { c, alert } = props, set = c.markers.includes('MARKER_STU');
  return (
    <section>
      <h3>Mærker</h3>
      <p>{set ? 'STU er bevilget.' : 'Ingen.'}</p>
      <StepForm {...props} form="stu" title={set ? 'Fjern mærket STU' : 'Sæt mærket STU: bevilget'} possible={active(alert)}
        initial={{}} written={(values) => [values.note ?? '']}
        request={() => ({ 'set_marker.marker': 'MARKER_STU', 'set_marker.set': String(!set) })}
        done={(after) => (after.coordination?.markers.includes('MARKER_STU') ? 'Gemt: STU er bevilget.' : 'Gemt: mærket er fjernet.')}>
        {() => null}
      </StepForm>
    </section>
  );
}
