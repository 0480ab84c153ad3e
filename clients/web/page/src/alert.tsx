// One alert: why, who, what happened, what next; and a step that a person takes.
import { useState } from 'preact/hooks';
import { type ApiError, get, post } from './api';
import { startLive } from './live';
import { Heading, isProtected, Problem, State, Text, useLoaded, Waiting } from './parts';
import { Link } from './router';
import type { Alert, HistoryEntry } from './types';
import { actorText, dayText, domainText, eventText, isEnded, monthText, NEXT, SETTABLE, stateText, STATES, timeText }
  from './words';

const NOTE_BYTES = 500;
const bytes = (text: string) => new TextEncoder().encode(text).length;

// What a person has begun to write, by alert: it outlives a login and another view.
interface Draft { state: string; note: string; revision: string }
const drafts = new Map<string, Draft>();

function Why(props: { alert: Alert }) {
  const { alert } = props;
  if (alert.reasons.length === 0) {
    return <p>Reglen er ikke længere opfyldt, så grunden og sagerne er slettet.</p>;
  }
  return (
    <>
      <ul class="reasons">{alert.reasons.map((reason) => <li><Text>{reason.text}</Text></li>)}</ul>
      <p class="explanation">
        Reglen hedder <Text>{alert.rule}</Text> og står i version {alert.rule_version} af kommunens politik. Den finder;
        et menneske beslutter.
      </p>
    </>
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
              <td data-label="Sagsnummer"><Text>{one.case_ref || '–'}</Text></td>
              <td data-label="Kontakt"><Text>{one.contact || '–'}</Text></td>
              <td data-label="Siden">{monthText(one.since_month)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Step(props: { step: HistoryEntry }) {
  const { step } = props;
  return (
    <li>
      <span class="when">{timeText(step.time)}</span>{' '}
      <span>{step.event === 'state-set' ? `Sat til ${stateText(step.state)}` : eventText(step.event)}, af{' '}
        {actorText(step.actor)}</span>
      {step.note && <p class="note"><Text>{step.note}</Text></p>}
    </li>
  );
}

// Who was first, and with what.
function Conflict(props: { alert: Alert }) {
  const last = props.alert.history[props.alert.history.length - 1];
  return (
    <div class="alert alert-warning" role="alert">
      <div class="alert-body">
        <p class="alert-text">
          <strong>Adviset blev ændret, mens du skrev.</strong>{' '}
          {last && <>{actorText(last.actor)} var først, {timeText(last.time)}: {last.event === 'state-set'
            ? `satte det til ${stateText(last.state)}` : eventText(last.event)}. </>}
          Det, du skrev, er bevaret. Læs det nye, og gem igen, hvis det stadig passer.
        </p>
      </div>
    </div>
  );
}

function Change(props: { alert: Alert; changed: (alert: Alert) => void; again: () => Promise<void> }) {
  const { alert } = props;
  const [draft, setDraft] = useState<Draft>(drafts.get(alert.alert_id) ?? { state: '', note: '', revision: '' });
  const [error, setError] = useState<ApiError | null>(null);
  const [conflict, setConflict] = useState(false);
  const [saved, setSaved] = useState('');
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const left = NOTE_BYTES - bytes(draft.note);
  const change = (part: Partial<Draft>) => {
    // What one writes is about what one saw when one began.
    const next = { ...draft, revision: draft.revision || alert.revision, ...part };
    drafts.set(alert.alert_id, next);
    setDraft(next);
    setSaved('');
  };
  const save = async () => {
    setMissing(!draft.state);
    if (!draft.state || left < 0 || busy) return;
    setBusy(true);
    setError(null);
    try {
      const answer = await post<{ alert: Alert }>(`/api/alerts/${alert.alert_id}/state`, {
        state: draft.state, note: draft.note, expected_revision: draft.revision || alert.revision,
      });
      drafts.delete(alert.alert_id);
      setDraft({ state: '', note: '', revision: '' });
      setConflict(false);
      setSaved(`Gemt: ${stateText(answer.alert.state)}.`);
      props.changed(answer.alert);
    } catch (caught) {
      const problem = caught as ApiError;
      if (problem.code === 'ABORTED') {
        await props.again();
        change({ revision: '' });
        setConflict(true);
      } else {
        setError(problem);
      }
    } finally {
      setBusy(false);
    }
  };
  const newer = draft.revision !== '' && draft.revision !== alert.revision;
  return (
    <form class="change" onSubmit={(event) => { event.preventDefault(); void save(); }} noValidate>
      {(conflict || newer) && <Conflict alert={alert} />}
      {error && <Problem error={error} />}
      <div class={`form-group ${missing ? 'form-error' : ''}`}>
        <label class="form-label" for="new-state">Ny tilstand</label>
        {missing && <span class="form-error-message" id="missing">Vælg en tilstand</span>}
        <select class="form-select" id="new-state" value={draft.state} aria-invalid={missing}
          aria-describedby={missing ? 'missing' : undefined}
          onChange={(event) => { setMissing(false); change({ state: event.currentTarget.value }); }}>
          <option value="">Vælg …</option>
          {SETTABLE.filter((state) => state !== alert.state).map((state) => <option value={state}>{STATES[state]}</option>)}
        </select>
      </div>
      <div class="form-group">
        <label class="form-label" for="note">Note</label>
        <span class="form-hint" id="note-hint">Hvorfor; til dig selv og de andre koordinatorer. Uden navne og CPR-numre.</span>
        <textarea class="form-input" id="note" rows={4} value={draft.note} aria-describedby="note-hint note-left"
          onInput={(event) => change({ note: event.currentTarget.value })} />
        <span class={left < 0 ? 'form-error-message' : 'form-hint'} id="note-left" aria-live={left < 50 ? 'polite' : 'off'}>
          {left >= 0 ? `Plads til ${left} tegn mere` : `Noten er ${-left} tegn for lang`}
        </span>
      </div>
      <button class="button button-primary" type="submit" disabled={busy}>Gem</button>
      <p role="status" class="news">{saved}</p>
    </form>
  );
}

export function OneAlert(props: { id: string }) {
  const { id } = props;
  const { value, error, setValue, again } = useLoaded(
    (background) => get<{ alert: Alert }>(`/api/alerts/${encodeURIComponent(id)}`, {}, background), id,
    (changed) => changed === 'all' || changed.has(id.toUpperCase()));
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
  const { alert } = value;
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
          {alert.participants.length > 0 ? <Cases alert={alert} /> : <p>Ingen sager.</p>}
          <h2>Historik</h2>
          <ol class="history">{[...alert.history].reverse().map((step) => <Step step={step} />)}</ol>
        </div>
        <div>
          <h2>Næste skridt</h2>
          <ul>{(NEXT[alert.state] ?? []).map((text) => <li>{text}</li>)}</ul>
          {alert.state !== 'ALERT_STATE_WITHDRAWN' && <>
            <h2>{isEnded(alert.state) ? 'Tag det op igen' : 'Skift tilstand'}</h2>
            <Change key={alert.alert_id} alert={alert} changed={(changed) => setValue({ alert: changed })} again={again} />
          </>}
        </div>
      </div>
    </>
  );
}
