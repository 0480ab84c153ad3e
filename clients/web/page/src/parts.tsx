// Small pieces that the views share.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from './api';
import { dueText, transitionText } from './coordination_words';
import { onChange } from './live';
import { hasMoved, Link } from './router';
import { safe, shortDayText, stateText } from './words';
import type { Alert } from './types';
import { placesOf, useUnits } from './units';

// A number of ours is not broken at its hyphens.
const NUMBER = /([AK]-[0-9A-Z]{4}-[0-9A-Z]{4})/i;

// The view's heading: gets the focus when one comes from another view, so that a screen reader
// says where one is, and names the browser's tab.
export function Heading(props: { children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${props.children} – Ungeindsats`;
    if (!hasMoved()) return;
    if (document.activeElement === document.body || document.activeElement?.tagName === 'A') heading.current?.focus();
  }, [props.children]);
  return <h1 ref={heading} tabIndex={-1}>{props.children.split(NUMBER).map((part, i) => (i % 2 ? <span class="whole">{part}</span> : part))}</h1>;
}

export function Problem(props: { error: ApiError; text?: string; children?: ComponentChildren }) {
  return (
    <div class="alert alert-error" role="alert">
      <div class="alert-body">
        <p class="alert-text"><strong>{props.text ?? safe(props.error.message)}</strong> {safe(props.error.hint)}</p>
        {props.children}
      </div>
    </div>
  );
}

export const Waiting = () => <p class="waiting" role="status">Henter …</p>;

// Text of departments or people.
export const Text = (props: { children: string }) => <bdi class="foreign">{safe(props.children)}</bdi>;
// A department's number of a case; only a very long one is broken.
export const CaseNumber = (props: { children: string }) => (
  <span class={props.children.length <= 20 ? 'whole' : undefined}><Text>{props.children}</Text></span>
);

const TONE: Record<string, string> = {
  ALERT_STATE_IDENTIFIED: 'tone-new', ALERT_STATE_CLOSED: 'tone-ended', ALERT_STATE_DECLINED: 'tone-ended',
  ALERT_STATE_WITHDRAWN: 'tone-ended',
};
export const State = (props: { state: string }) => (
  <span class={`state ${TONE[props.state] ?? 'tone-active'}`}>{stateText(props.state)}</span>
);

export const isProtected = (alert: Alert) => alert.participants.some((one) => one.protected_identity);

function guideOf(alert: Alert) {
  const guide = alert.coordination?.guide;
  if (!guide) return '(ingen)';
  return <><Text>{guide.holder.name}</Text>{guide.state !== 'GUIDE_STATE_ACCEPTED' && ' (spurgt)'}</>;
}

// What is due first, and which transition comes first.
function next(alert: Alert): string[] {
  const [due] = alert.coordination?.dues ?? [], [transition] = alert.coordination?.transitions ?? [];
  return [due ? (due.overdue ? 'Overskredet: ' : '') + dueText(due) : '', transition ? transitionText(transition) : '']
    .filter(Boolean);
}

// Loads again when its input changes, and when an alert that it shows, or any, has changed.
// `isOlder`: an answer that was overtaken by a newer one is not shown. It loads again where
// `trigger` has changed, too.
export function useLoaded<T>(load: (background: boolean) => Promise<T>, input: string,
  concerns: (changed: ReadonlySet<string> | 'all') => boolean, isOlder: (next: T, held: T) => boolean = () => false,
  trigger: unknown = 0) {
  const [value, setShown] = useState<T | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const newest = useRef(0);
  const held = useRef<T | null>(null);
  const latest = useRef({ load, concerns });
  latest.current = { load, concerns };
  const setValue = (next: T | null) => {
    held.current = next;
    setShown(() => next);
  };
  const run = async (background: boolean, whole = false): Promise<T | null> => {
    const number = ++newest.current;
    try {
      const loaded = await latest.current.load(background);
      if (number !== newest.current) return loaded;
      // After "everything is new" the store itself may be an older one.
      if (whole || held.current === null || !isOlder(loaded, held.current)) setValue(loaded);
      setError(null);
      return loaded;
    } catch (caught) {
      if (number === newest.current) setError(caught as ApiError);
      return null;
    }
  };
  useEffect(() => {
    setValue(null);
    void run(false);
    return () => { ++newest.current; };
  }, [input]);
  useEffect(() => onChange((changed) => {
    if (latest.current.concerns(changed)) void run(true, changed === 'all');
  }), []);
  const triggered = useRef(trigger);
  useEffect(() => {
    if (triggered.current === trigger) return;
    triggered.current = trigger;
    void run(true);
  }, [trigger]);
  // What could not be had is asked for again by itself.
  useEffect(() => {
    if (!error || (error.status !== 0 && error.status < 429)) return undefined;
    const timer = setTimeout(() => void run(true), 2000);
    return () => clearTimeout(timer);
  }, [error]);
  return { value, error, setValue, again: () => run(false, true) };
}

export function AlertTable(props: { alerts: Alert[]; caption: string; fresh?: ReadonlySet<string> }) {
  useUnits();  // for where the cases are
  return (
    <div class="table--responsive-scroll">
      <table class="table alerts">
        <caption class="sr-only">{props.caption}</caption>
        <thead>
          <tr>
            <th scope="col">Advis</th><th scope="col">Tilstand</th><th scope="col">Oprettet</th>
            <th scope="col">Hvor</th><th scope="col">Ungeguide</th><th scope="col">Frister og overgange</th>
          </tr>
        </thead>
        <tbody>
          {props.alerts.map((alert) => (
            <tr key={alert.alert_id} class={props.fresh?.has(alert.alert_id) ? 'fresh' : undefined}>
              <th scope="row" data-label="Advis">
                <Link class="whole" to={`/advis/${alert.alert_id}`}>{alert.alert_id}</Link>
                {isProtected(alert) && <span class="protected">Beskyttet navn og adresse</span>}
              </th>
              <td data-label="Tilstand"><State state={alert.state} /></td>
              <td data-label="Oprettet">{shortDayText(alert.created)}</td>
              <td data-label="Hvor">
                {placesOf(alert).map((name, i) => <>{i > 0 && ' + '}<Text>{name}</Text></>)}
              </td>
              <td data-label="Ungeguide">{guideOf(alert)}</td>
              <td data-label="Frister">{next(alert).map((text) => <span class="next">{text}</span>)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
