// A form for one step on an alert.
import type { ComponentChildren } from 'preact';
import { ALERT } from './alert_topic';
import type { Fields } from './api';
import { Form, type FormParts, type Wrong } from './form';
import { type Sending, stepOf } from './save';
import type { Alert } from './types';
import type { Values } from './drafts';

// How an alert on the screen is brought up to date.
export interface Shown {
  alert: Alert;
  changed: (alert: Alert) => void;
  again: () => Promise<Alert | null>;
}

interface StepProps extends Shown {
  form: string;
  title: string;
  button?: string;
  plain?: boolean;
  possible?: boolean;
  initial: Values;
  written: (values: Values) => string[];
  check?: (values: Values) => Wrong;
  path?: 'state' | 'step';
  request?: (values: Values) => Fields;
  send?: (values: Values, revision: string, note: string) => Sending<Alert>;
  done: (after: Alert) => string;
  children: (parts: FormParts) => ComponentChildren;
}

export const WHY = 'Hvorfor; til dig selv og de andre koordinatorer. Uden navne og CPR-numre.';

export function StepForm(props: StepProps) {
  const { alert, form, title, button, plain, possible, initial, written, check, changed, again, done } = props;
  return (
    <Form topic={ALERT} thing={alert} note={WHY}
      {...{ form, title, button, plain, possible, initial, written, check, changed, again, done }}
      send={(values, revision, note) => props.send?.(values, revision, note) ?? stepOf(alert.alert_id, props.path ?? 'step',
        { ...props.request?.(values), note, expected_revision: revision })}>
      {props.children}
    </Form>
  );
}
