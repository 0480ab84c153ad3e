// Opens an alert by its number, or finds it by a department's own number of a case.
import { useState } from 'preact/hooks';
import type { ApiError } from './api';
import { openAlerts, type OpenAlerts } from './open_alerts';
import { AlertTable, Problem, Text } from './parts';
import { go } from './router';
import { count } from './words';

// As the server reads it: case and hyphens do not matter.
const ALERT = /^A-?([0-9A-Z]{4})-?([0-9A-Z]{4})$/;

export function FindNumber() {
  const [text, setText] = useState(''), [wrong, setWrong] = useState('');
  const [found, setFound] = useState<{ number: string; all: OpenAlerts } | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const find = async () => {
    const number = text.trim(), alert = ALERT.exec(number.toUpperCase());
    setWrong(number ? '' : 'Skriv et nummer');
    setError(null);
    setFound(null);
    if (!number) return;
    if (alert) return go(`/advis/A-${alert[1]}-${alert[2]}`);
    try {
      setFound({ number, all: await openAlerts({ number }) });
    } catch (caught) {
      setError(caught as ApiError);
    }
    return undefined;
  };
  const alerts = found?.all.alerts ?? [];
  return (
    <form class="find" role="search" onSubmit={(event) => { event.preventDefault(); void find(); }}>
      <div class={`form-group ${wrong ? 'form-error' : ''}`}>
        <label class="form-label" for="number">Find et nummer (A-… eller sagsnummer)</label>
        <span class="form-hint" id="number-hint">Et advis åbnes med sit nummer, også når det er afsluttet. Et sagsnummer, eller en del af det,
          søges kun i de åbne advis.</span>
        {wrong && <span class="form-error-message" id="number-wrong">{wrong}</span>}
        <div class="buttons"><input class="form-input" id="number" type="text" autocomplete="off" value={text} aria-invalid={!!wrong}
          aria-describedby={`number-hint${wrong ? ' number-wrong' : ''}`} onInput={(event) => setText(event.currentTarget.value)} />
          <button class="button button-secondary" type="submit">Find</button></div>
      </div>
      {error && <Problem error={error} />}
      <p role="status" class="said-below">{found && <>
        {alerts.length === 0 ? 'Intet åbent advis har sagsnummeret ' : `${count(alerts.length, 'åbent advis', 'åbne advis')} med sagsnummeret `}
        <Text>{found.number}</Text>.{!found.all.whole && ' Der er flere; skriv mere af nummeret.'}</>}</p>
      {alerts.length > 0 && <AlertTable alerts={alerts} caption="Fundet" />}
    </form>
  );
}
