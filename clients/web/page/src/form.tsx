// A form that changes something. What is typed is kept until it is saved or thrown away.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiError } from './api';
import { refusalText } from './coordination_words';
import { type Draft, draftOf, dropDraft, isOutdated, keepDraft, newDraft, type Values } from './drafts';
import { Problem, Text } from './parts';
import { save, type Sending } from './save';
import type { Topic } from './topic';
import { timeText } from './words';

export const NOTE_BYTES = 500, NAME_BYTES = 100;
const RACES = 5;
export const bytes = (text: string) => new TextEncoder().encode(text).length;
export type Wrong = Record<string, string>;
export interface FormParts { values: Values; set: (part: Values) => void; wrong: Wrong; id: (field: string) => string }

// How what is on the screen is brought up to date.
export interface Showing<T> {
  thing: T;
  changed: (thing: T) => void;
  again: () => Promise<T | null>;
}

export interface FormProps<T> extends Showing<T> {
  topic: Topic<T>;
  form: string;    // its name in ids
  title: string;
  button?: string;
  plain?: boolean;  // always open
  possible?: boolean;
  note?: string;    // what is said about the note; empty: there is none
  initial: Values;
  // What was typed, for people, where the change is no longer possible.
  written: (values: Values) => string[];
  check?: (values: Values) => Wrong;
  // What the change is about, as text; without, all of the thing.
  mark?: (thing: T) => string;
  // `revision` of what the person was shown; `note` is trimmed.
  send: (values: Values, revision: string, note: string) => Sending<T>;
  done: (after: T) => string;
  children: (parts: FormParts) => ComponentChildren;
}

// Who was first, and with what.
function Conflict<T>(props: { topic: Topic<T>; thing: T; draft: Draft<T> }) {
  const { topic, draft } = props, changes = topic.between(draft.begun, props.thing);
  return (
    <div class="alert alert-warning" role="alert">
      <div class="alert-body">
        <p class="alert-text"><strong>{topic.name} blev ændret, mens du skrev.</strong></p>
        <ul>{changes.map((one) => (
          <li>{one.who && `${one.who} var først, ${timeText(one.when)}: `}<Text>{one.what}</Text>.
            {one.note && <>{' '}Note: <Text>{one.note}</Text></>}</li>
        ))}</ul>
        <p class="alert-text">Det, du skrev, er bevaret. Læs det nye, og gem igen, hvis det stadig passer.</p>
      </div>
    </div>
  );
}

export function Lost(props: { title: string; now: string; written: string[]; drop: () => void }) {
  return (
    <div class="alert alert-warning" role="alert">
      <div class="alert-body">
        <p class="alert-text"><strong>«{props.title}» kan ikke gemmes længere, {props.now}.</strong> Du havde skrevet:</p>
        <ul>{props.written.filter(Boolean).map((text) => <li><Text>{text}</Text></li>)}</ul>
        <button class="button button-secondary button-small" type="button" onClick={props.drop}>Kassér det</button>
      </div>
    </div>
  );
}

const stepId = (form: string) => `step-${form}`;
// Leads to a form that stands elsewhere in the view, and opens it.
export function openStep(form: string) {
  const details = document.getElementById(stepId(form)), summary = details?.querySelector('summary');
  if (!summary) return;
  if (!(details as HTMLDetailsElement).open) summary.click();
  summary.scrollIntoView({ block: 'center' });
  summary.focus();
}

// Only the latest change says that it was saved.
let lastSaved = '';

interface Status { busy?: boolean; lost?: boolean; saved?: string; problem?: ApiError; wrong?: Wrong }

export function Form<T>(props: FormProps<T>) {
  const { topic, thing, form, possible = true, mark = topic.revision } = props, about = topic.id(thing);
  const [status, setStatus] = useState<Status>({});
  const [, setDrawn] = useState(0);
  const draft = draftOf<T>(about, form);
  const [open, setOpen] = useState(props.plain || draft !== undefined);
  const said = useRef<HTMLParagraphElement>(null);
  const body = useRef<HTMLFormElement>(null);
  const busy = useRef(false);
  const values = draft?.values ?? props.initial;
  const name = `${about} ${form}`;
  const redraw = () => setDrawn((count) => count + 1);
  const id = (field: string) => `${form}-${field}`;
  useEffect(() => {
    // The form that had the focus may be gone.
    if (status.saved && document.activeElement === document.body) said.current?.focus();
  }, [status.saved]);
  useEffect(() => {
    const first = Object.keys(status.wrong ?? {})[0];
    if (first) body.current?.querySelector<HTMLElement>(`[id="${id(first)}"]`)?.focus();
  }, [status.wrong]);

  // Reads what is kept, not what was drawn: two inputs may come before the next drawing.
  const set = (part: Values) => {
    const held = draftOf<T>(about, form) ?? newDraft(thing, props.initial);
    keepDraft(about, form, { ...held, values: { ...held.values, ...part } });
    setStatus((before) => ({
      ...before, saved: '', problem: undefined,
      wrong: Object.fromEntries(Object.entries(before.wrong ?? {}).filter(([field]) => !(field in part))),
    }));
    redraw();
  };
  const drop = () => {
    dropDraft(about, form);
    setStatus({});
    redraw();
  };
  // Sends; once more where only what the form is not about has changed.
  const sendOn = async (held: Draft<T>): Promise<T> => {
    let base = isOutdated(topic, thing, held, mark) ? held.base : thing;
    for (let race = 0; ; ++race) {
      try {
        return await save(about, props.send(held.values, topic.revision(base), (held.values.note ?? '').trim()),
          () => setStatus({ busy: true, lost: true }));
      } catch (caught) {
        if ((caught as ApiError).code !== 'ABORTED') throw caught;
        const newest = await props.again();
        if (newest && mark(newest) === mark(base) && topic.revision(newest) !== topic.revision(base) && race < RACES) {
          base = newest;
          continue;
        }
        const now = draftOf<T>(about, form) ?? held;
        keepDraft(about, form, { ...now, base: newest ?? now.base, told: true });
        throw caught;
      }
    }
  };
  const submit = async () => {
    if (busy.current) return;
    const held = draftOf<T>(about, form) ?? newDraft(thing, props.initial);
    const wrong: Wrong = props.check?.(held.values) ?? {};
    if (bytes(held.values.note ?? '') > NOTE_BYTES) wrong.note = 'Noten er for lang';
    if (Object.keys(wrong).length > 0) return setStatus({ wrong });
    busy.current = true;
    setStatus({ busy: true });
    try {
      const after = await sendOn(held);
      const now = draftOf<T>(about, form);
      // Whoever goes on writing meanwhile keeps that.
      if (now?.values === held.values) dropDraft(about, form);
      else if (now) keepDraft(about, form, newDraft(after, now.values));
      lastSaved = name;
      setStatus({ saved: props.done(after) });
      if (!props.plain) setOpen(now !== undefined && now.values !== held.values);
      props.changed(after);
    } catch (caught) {
      const problem = caught as ApiError;
      setStatus(problem.code === 'ABORTED' ? {} : { problem });
      if (problem.code === 'FAILED_PRECONDITION') void props.again();
    } finally {
      busy.current = false;
    }
    return undefined;
  };

  const message = (
    <p role="status" tabIndex={-1} class="saved" ref={said}>
      {(lastSaved === name && status.saved) || (status.lost && 'Ikke gemt endnu; der prøves igen …') || ''}
    </p>
  );
  if (!possible) {
    return <>{message}{draft && <Lost title={props.title} now={`som ${topic.name.toLowerCase()} er nu`}
      written={props.written(values)} drop={drop} />}</>;
  }
  const wrong = status.wrong ?? {};
  const content = (
    <form class="change" ref={body} noValidate onSubmit={(event) => { event.preventDefault(); void submit(); }}>
      {draft && !status.busy && (draft.told || isOutdated(topic, thing, draft, mark))
        && <Conflict topic={topic} thing={thing} draft={draft} />}
      {status.problem && <Problem error={status.problem} text={refusalText(status.problem.message)} />}
      {props.children({ values, set, wrong, id })}
      {props.note && <Note parts={{ values, set, wrong, id }} hint={props.note} />}
      <button class="button button-primary" type="submit" disabled={status.busy}>{props.button ?? 'Gem'}</button>
      {draft && !props.plain && (
        <button class="button button-secondary" type="button" onClick={() => { drop(); setOpen(false); }}>Fortryd</button>
      )}
    </form>
  );
  return (
    <div class="step">
      {props.plain ? content : (
        <details id={stepId(form)} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{props.title}</summary>
          {open && content}
        </details>
      )}
      {message}
    </div>
  );
}

function Note(props: { parts: FormParts; hint: string }) {
  const { values, set, wrong, id } = props.parts, note = values.note ?? '', left = NOTE_BYTES - bytes(note);
  return (
    <div class={`form-group ${wrong.note ? 'form-error' : ''}`}>
      <label class="form-label" for={id('note')}>Note</label>
      <span class="form-hint" id={id('note-hint')}>{props.hint}</span>
      <textarea class="form-input" id={id('note')} rows={2} value={note} aria-invalid={left < 0}
        aria-describedby={`${id('note-hint')} ${id('note-left')}`} onInput={(event) => set({ note: event.currentTarget.value })} />
      <span class={left < 0 ? 'form-error-message' : 'form-hint'} id={id('note-left')} aria-live={left < 50 ? 'polite' : 'off'}>
        {left >= 50 ? `Plads til ${left} tegn mere` : left >= 0 ? `Plads til ${left} tegn mere; æ, ø og å fylder to`
          : `Noten er ${-left} tegn for lang; æ, ø og å fylder to`}
      </span>
    </div>
  );
}
