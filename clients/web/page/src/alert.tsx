// One alert: why, who, what was agreed, what is due, what happened; and the steps that a
// person takes.
import { get } from './api';
import { Ahead, ConferencePart, ConsentPart, MarkerPart, NOTHING, OfferPart, PlanPart, Sources } from './coordination';
import { Choice } from './fields';
import { dayInWords } from './days';
import { startLive } from './live';
import { NextSteps } from './next_steps';
import { CaseNumber, Heading, isProtected, Problem, State, Text, useLoaded, Waiting } from './parts';
import { CaseworkerPart, ContactPart, GuidePart, HalfYearPart, HandoversPart } from './people';
import { Link } from './router';
import { isSeated, settable } from './settable';
import { type Shown, StepForm } from './step';
import type { Alert, HistoryEntry } from './types';
import { actorText, dayText, domainText, monthText, stateText, stepText, timeText } from './words';

function Why(props: { alert: Alert }) {
  const { alert } = props;
  return (
    <>
      <Sources c={alert.coordination ?? NOTHING} alert={alert} />
      {alert.reasons.length === 0 && alert.rule && <p>Reglen er ikke længere opfyldt, så grunden og sagerne er slettet.</p>}
      {alert.reasons.length > 0 && <>
        <ul class="reasons">{alert.reasons.map((reason) => <li><Text>{reason.text}</Text></li>)}</ul>
        <p class="explanation">
          Reglen hedder <Text>{alert.rule}</Text> og står i version {alert.rule_version} af kommunens politik. Den finder;
          et menneske beslutter.
        </p>
      </>}
    </>
  );
}

// Nominated, and not found by the rule.
function NoCases(props: { alert: Alert }) {
  const nominations = props.alert.coordination?.nominations ?? [];
  return (
    <p>Ingen sager fundet af reglen{nominations.length > 0 && <>; indstillet på {nominations.length === 1 ? 'sag' : 'sagerne'}{' '}
      {nominations.map((one, i) => <>{i > 0 && ', '}<CaseNumber>{one.case_ref}</CaseNumber></>)}</>}.</p>
  );
}

function Cases(props: { alert: Alert }) {
  return (
    <div class="table--responsive-scroll">
      <table class="table cases">
        <caption class="sr-only">Sager i dette advis</caption>
        <thead><tr>
          <th scope="col">Afdeling</th><th scope="col">Enhed</th><th scope="col">Område</th><th scope="col">Sagsnummer</th>
          <th scope="col">Kontakt</th><th scope="col">Siden</th>
        </tr></thead>
        <tbody>
          {props.alert.participants.map((one) => (
            <tr>
              <th scope="row" data-label="Afdeling"><Text>{one.department_name || one.department}</Text></th>
              <td data-label="Enhed"><Text>{one.unit || '–'}</Text></td>
              <td data-label="Område">{domainText(one.domain)}</td>
              <td data-label="Sagsnummer"><CaseNumber>{one.case_ref || '–'}</CaseNumber></td>
              <td data-label="Kontakt"><Text>{one.contact || '–'}</Text></td>
              <td data-label="Siden">{monthText(one.since_month)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// `due`: the last day of the action that was agreed on in this step.
function Step(props: { step: HistoryEntry; due: string }) {
  const { step, due } = props, text = stepText(step);
  return (
    <li>
      <span class="when">{timeText(step.time)}</span>{' '}
      <span>{text.charAt(0).toUpperCase() + text.slice(1)}, af {actorText(step.actor)}</span>
      {step.note && <p class="note"><Text>{step.note}</Text></p>}
      {due && <p class="note">{due}</p>}
    </li>
  );
}

// An alert keeps only the latest action's day; what was agreed before is marked as replaced.
function dueOf(alert: Alert, number: number): string {
  if (alert.history[number].event !== 'conference-action') return '';
  const later = alert.history.slice(number + 1), action = alert.coordination?.conference?.action;
  if (later.some((one) => one.event === 'conference-action')) return 'Erstattet af en senere.';
  return action && action.text === alert.history[number].note ? `Senest ${dayInWords(action.due_day)}.` : '';
}

function NewState(props: Shown) {
  const { alert } = props;
  return (
    <StepForm {...props} form="state" title="Ret tilstanden i hånden" path="state"
      possible={alert.state !== 'ALERT_STATE_WITHDRAWN'} initial={{}}
      written={(values) => [values.state ? stateText(values.state) : '', values.note ?? '']}
      check={(values): Record<string, string> => (values.state ? {} : { state: 'Vælg en tilstand' })}
      request={(values) => ({ state: values.state })} done={(after) => `Gemt: ${stateText(after.state)}.`}>
      {(parts) => <Choice parts={parts} field="state" label="Ny tilstand" options={settable(alert)}
        hint={isSeated(alert) ? 'Kun de tilstande, der passer med det, der er skrevet.'
          : 'Kun de tilstande, der passer med det, der er skrevet. Holdes konferencen i planlæggeren, så brug «Sæt på en ungekonference»: så kommer sagen også på dagsordenen.'} />}
    </StepForm>
  );
}

const isOlder = (next: { alert: Alert }, held: { alert: Alert }) =>
  BigInt(next.alert.revision) < BigInt(held.alert.revision);

export function OneAlert(props: { id: string }) {
  const { id } = props;
  const { value, error, setValue, again } = useLoaded(
    (background) => get<{ alert: Alert }>(`/api/alerts/${encodeURIComponent(id)}`, {}, background), id,
    (changed) => changed === 'all' || changed.has(id.toUpperCase()), isOlder);
  startLive('');
  if (error && (!value || error.status === 404)) {
    return (
      <>
        <Heading>Adviset kan ikke vises</Heading>
        {error.status === 404
          ? <p>Der er intet advis med nummeret. Det kan være slettet, fordi den unge er slettet eller opbevaringstiden er udløbet.</p>
          : <Problem error={error} />}
        <p><Link to="/advis">Til alle advis</Link></p>
      </>
    );
  }
  if (!value) return <Waiting />;
  const { alert } = value, c = alert.coordination ?? NOTHING;
  const shown: Shown = {
    alert, changed: (after) => setValue({ alert: after }), again: async () => (await again())?.alert ?? null,
  };
  const part = { ...shown, c }, first = [...alert.participants, ...c.nominations].find((one) => one.case_ref)?.case_ref;
  return (
    <>
      <p><Link class="back" to="/advis">Alle advis</Link></p>
      <Heading>{`Advis ${alert.alert_id}`}</Heading>
      {error && <Problem error={error} />}
      <p class="facts">
        <State state={alert.state} /> Oprettet {dayText(alert.created)}, sidst ændret {timeText(alert.updated)}.
      </p>
      {isProtected(alert) && (
        <div class="alert alert-warning"><div class="alert-body"><p class="alert-text">
          <strong>Den unge har navne- og adressebeskyttelse.</strong> Del ikke navn, adresse eller opholdssted.
        </p></div></div>
      )}
      <div class="columns">
        <div>
          <h2>Hvorfor</h2>
          <Why alert={alert} />
          <h2>Sager</h2>
          <p class="explanation">A-… er advisets nummer, som alle afdelinger har fælles. Et sagsnummer{first && <>, som <CaseNumber>{first}</CaseNumber>,</>} er
            afdelingens eget. K-… er en ungekonferences nummer.</p>
          {alert.participants.length > 0 ? <Cases alert={alert} /> : <NoCases alert={alert} />}
          <h2>Hvem gør hvad</h2>
          <div class="people">
            <GuidePart {...part} />
            <CaseworkerPart {...part} />
            <ContactPart {...part} />
            <HandoversPart {...part} />
          </div>
          <h2>Plan og aftaler</h2>
          <div class="people">
            <OfferPart {...part} />
            <ConferencePart {...part} />
            <PlanPart {...part} />
            <ConsentPart {...part} />
            <HalfYearPart {...part} />
            <MarkerPart {...part} />
          </div>
          <h2>Historik</h2>
          <ol class="history">{alert.history.map((step, i) => <Step step={step} due={dueOf(alert, i)} />).reverse()}</ol>
        </div>
        <div>
          <Ahead c={c} />
          <NextSteps alert={alert} />
          <NewState {...shown} />
        </div>
      </div>
    </>
  );
}
