// A form for one step on an alert. What is typed is kept until it is saved or thrown away.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiError, Fields } from './api';
import { refusalText } from './coordination_words';
import { type Draft, draftOf, dropDraft, isOutdated, keepDraft, newDraft, revisionFor, stepsSince, type Values }
  from './drafts';
import { Problem, Text } from './parts';
import { saveStep } from './save';
import type { Alert } from './types';
import { actorText, stepText, timeText } from './words';

export const NOTE_BYTES = 500, NAME_BYTES = 100;
export const bytes = (text: string) => new TextEncoder().encode(text).length;
export type Wrong = Record<string, string>;

// How an alert on the screen is brought up to date.
export interface Shown {
  alert: Alert;
  changed: (alert: Alert) => void;
  again: () => Promise<Alert | null>;
}
export interface FormParts { values: Values; set: (part: Values) => void; wrong: Wrong; id: (field: string) => string }

interface StepProps extends Shown {
  form: string;    // its name in ids
  title: string;
  button?: string;
  plain?: boolean;  // always open
  possible?: boolean;
  initial: Values;
  // What was typed, for people, where the step is no longer possible.
  written: (values: Values) => string[];
  check?: (values: Values) => Wrong;
  path?: 'state' | 'step';
  request: (values: Values) => Fields;
  done: (after: Alert) => string;
  children: (parts: FormParts) => ComponentChildren;
}

// Who was first, and with what.
function Conflict(props: { alert: Alert; draft: Draft }) {
  const steps = stepsSince(props.alert, props.draft);
  return (
    <div class="alert alert-warning" role="alert">
      <div class="alert-body">
        <p class="alert-text"><strong>Adviset blev ændret, mens du skrev.</strong></p>
        <ul>{steps.map((step) => (
          <li>{actorText(step.actor)} var først, {timeText(step.time)}: {stepText(step)}.
            {step.note && <>{' '}Note: <Text>{step.note}</Text></>}</li>
        ))}</ul>
        <p class="alert-text">Det, du skrev, er bevaret. Læs det nye, og gem igen, hvis det stadig passer.</p>
      </div>
    </div>
  );
}

function Lost(props: { title: string; written: string[]; drop: () => void }) {
  return (
    <div class="alert alert-warning" role="alert">
      <div class="alert-body">
        <p class="alert-text"><strong>«{props.title}» kan ikke gemmes længere, som adviset er nu.</strong> Du havde skrevet:</p>
        <ul>{props.written.filter(Boolean).map((text) => <li><Text>{text}</Text></li>)}</ul>
        <button class="button button-secondary button-small" type="button" onClick={props.drop}>Kassér det</button>
      </div>
    </div>
  );
}

// Only the latest step says that it was saved.
let lastSaved = '';

interface Status { busy?: boolean; lost?: boolean; saved?: string; problem?: ApiError; wrong?: Wrong }

export function StepForm(props: StepProps) {
  const { alert, form, possible = true } = props;
  const [status, setStatus] = useState<Status>({});
  const [, setDrawn] = useState(0);
  const draft = draftOf(alert, form);
  const [open, setOpen] = useState(props.plain || draft !== undefined);
  const said = useRef<HTMLParagraphElement>(null);
  const body = useRef<HTMLFormElement>(null);
  const busy = useRef(false);
  const values = draft?.values ?? props.initial;
  const name = `${alert.alert_id} ${form}`;
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
    const held = draftOf(alert, form) ?? newDraft(alert, props.initial);
    keepDraft(alert, form, { ...held, values: { ...held.values, ...part } });
    setStatus((before) => ({
      ...before, saved: '', problem: undefined,
      wrong: Object.fromEntries(Object.entries(before.wrong ?? {}).filter(([field]) => !(field in part))),
    }));
    redraw();
  };
  const drop = () => {
    dropDraft(alert, form);
    setStatus({});
    redraw();
  };
  const save = async () => {
    if (busy.current) return;
    const held = draftOf(alert, form) ?? newDraft(alert, props.initial);
    const wrong: Wrong = props.check?.(held.values) ?? {};
    if (bytes(held.values.note ?? '') > NOTE_BYTES) wrong.note = 'Noten er for lang';
    if (Object.keys(wrong).length > 0) return setStatus({ wrong });
    busy.current = true;
    setStatus({ busy: true });
    try {
      const after = await saveStep(alert.alert_id, props.path ?? 'step', {
        ...props.request(held.values), note: (held.values.note ?? '').trim(),
        expected_revision: revisionFor(alert, held),
      }, () => setStatus({ busy: true, lost: true }));
      const now = draftOf(alert, form);
      // Whoever goes on writing meanwhile keeps that.
      if (now === held) dropDraft(alert, form);
      else if (now) keepDraft(alert, form, { ...newDraft(after, now.values) });
      lastSaved = name;
      setStatus({ saved: props.done(after) });
      if (!props.plain) setOpen(now !== undefined && now !== held);
      props.changed(after);
    } catch (caught) {
      const problem = caught as ApiError;
      if (problem.code === 'ABORTED') {
        const newest = await props.again();
        const now = draftOf(alert, form) ?? held;
        keepDraft(alert, form, { ...now, revision: newest?.revision ?? now.revision, told: true });
        setStatus({});
      } else {
        setStatus({ problem });
        if (problem.code === 'FAILED_PRECONDITION') void props.again();
      }
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
    return <>{message}{draft && <Lost title={props.title} written={props.written(values)} drop={drop} />}</>;
  }
  const wrong = status.wrong ?? {};
  const content = (
    <form class="change" ref={body} noValidate onSubmit={(event) => { event.preventDefault(); void save(); }}>
      {draft && !status.busy && (draft.told || isOutdated(alert, draft)) && <Conflict alert={alert} draft={draft} />}
      {status.problem && <Problem error={status.problem} text={refusalText(status.problem.message)} />}
      {props.children({ values, set, wrong, id })}
      <Note values={values} set={set} wrong={wrong} id={id} />
      <button class="button button-primary" type="submit" disabled={status.busy}>{props.button ?? 'Gem'}</button>
      {draft && !props.plain && (
        <button class="button button-secondary" type="button" onClick={() => { drop(); setOpen(false); }}>Fortryd</button>
      )}
    </form>
  );
  return (
    <div class="step">
      {props.plain ? content : (
        <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{props.title}</summary>
          {open && content}
        </details>
      )}
      {message}
    </div>
  );
}

function Note({ values, set, wrong, id }: FormParts) {
  const note = values.note ?? '', left = NOTE_BYTES - bytes(note);
  return (
    <div class={`form-group ${wrong.note ? 'form-error' : ''}`}>
      <label class="form-label" for={id('note')}>Note</label>
      <span class="form-hint" id={id('note-hint')}>Hvorfor; til dig selv og de andre koordinatorer. Uden navne og CPR-numre.</span>
      <textarea class="form-input" id={id('note')} rows={2} value={note} aria-invalid={left < 0}
        aria-describedby={`${id('note-hint')} ${id('note-left')}`} onInput={(event) => set({ note: event.currentTarget.value })} />
      <span class={left < 0 ? 'form-error-message' : 'form-hint'} id={id('note-left')} aria-live={left < 50 ? 'polite' : 'off'}>
        {left >= 0 ? `Plads til ${left} tegn mere` : `Noten er ${-left} tegn for lang`}
      </span>
    </div>
  );
}
