// The inputs that the steps' forms share.
import type { ComponentChildren } from 'preact';
import type { Fields } from './api';
import { bytes, type FormParts, NAME_BYTES, type Wrong } from './form';
import { useUnits } from './units';
import { safe } from './words';
import type { Values } from './drafts';

function Group(props: { parts: FormParts; field: string; label: string; hint?: string; children: ComponentChildren }) {
  const { wrong, id } = props.parts, problem = wrong[props.field];
  return (
    <div class={`form-group ${problem ? 'form-error' : ''}`}>
      <label class="form-label" for={id(props.field)}>{props.label}</label>
      {props.hint && <span class="form-hint" id={id(`${props.field}-hint`)}>{props.hint}</span>}
      {problem && <span class="form-error-message" id={id(`${props.field}-wrong`)}>{problem}</span>}
      {props.children}
    </div>
  );
}
function described(parts: FormParts, field: string, hint?: string): string | undefined {
  const ids = [hint && parts.id(`${field}-hint`), parts.wrong[field] && parts.id(`${field}-wrong`)].filter(Boolean);
  return ids.length > 0 ? ids.join(' ') : undefined;
}

export function TextField(props: {
  parts: FormParts; field: string; label: string; hint?: string; type?: 'date' | 'time';
}) {
  const { parts, field } = props;
  return (
    <Group {...props}>
      <input class="form-input" id={parts.id(field)} {...(props.type ? { type: props.type } : { type: 'text' })} autocomplete="off" value={parts.values[field] ?? ''}
        aria-invalid={!!parts.wrong[field]} aria-describedby={described(parts, field, props.hint)}
        onInput={(event) => parts.set({ [field]: event.currentTarget.value })} />
    </Group>
  );
}

export function LongField(props: { parts: FormParts; field: string; label: string; hint?: string; rows?: number }) {
  const { parts, field } = props;
  return (
    <Group {...props}>
      <textarea class="form-input" id={parts.id(field)} rows={props.rows ?? 3} value={parts.values[field] ?? ''}
        aria-invalid={!!parts.wrong[field]} aria-describedby={described(parts, field, props.hint)}
        onInput={(event) => parts.set({ [field]: event.currentTarget.value })} />
    </Group>
  );
}

export function Choice(props: {
  parts: FormParts; field: string; label: string; hint?: string; options: readonly (readonly [string, string])[];
  none?: string;
}) {
  const { parts, field } = props;
  return (
    <Group {...props}>
      <select class="form-select" id={parts.id(field)} value={parts.values[field] ?? ''}
        aria-invalid={!!parts.wrong[field]} aria-describedby={described(parts, field, props.hint)}
        onChange={(event) => parts.set({ [field]: event.currentTarget.value })}>
        <option value="">{props.none ?? 'Vælg …'}</option>
        {props.options.map(([value, text]) => <option value={value}>{text}</option>)}
      </select>
    </Group>
  );
}

export function Check(props: { parts: FormParts; field: string; label: string }) {
  const { parts, field } = props;
  return (
    <div class="form-group tick">
      <input id={parts.id(field)} type="checkbox" checked={parts.values[field] === 'true'}
        onChange={(event) => parts.set({ [field]: String(event.currentTarget.checked) })} />
      <label for={parts.id(field)}>{props.label}</label>
    </div>
  );
}

// Who has a task: a name, and a unit of the policy or somewhere outside.
export const OUTSIDE = 'uden for kommunen';
// `only`: of these departments, by name.
export function UnitField(props: { parts: FormParts; label: string; hint?: string; external?: boolean; only?: string[] }) {
  const { parts, only } = props, all = useUnits(), place = parts.values.place ?? '';
  const units = only ? all?.filter((one) => only.includes(one.department_name)) : all;
  return (
    <Group parts={parts} field="place" label={props.label} hint={props.hint}>
      <select class="form-select" id={parts.id('place')} value={place} aria-invalid={!!parts.wrong.place}
        aria-describedby={described(parts, 'place', props.hint)} onChange={(event) => parts.set({ place: event.currentTarget.value })}>
        <option value="">{units ? 'Vælg …' : 'Henter enhederne …'}</option>
        {!units && place && place !== OUTSIDE && <option value={place}>{safe(place)}</option>}
        {units?.map((one) => (
          <optgroup label={safe(one.department_name)}>
            {one.units.map((unit) => <option value={`${one.department}/${unit}`}>{safe(unit)}</option>)}
          </optgroup>
        ))}
        {props.external && <option value={OUTSIDE}>Uden for kommunen</option>}
      </select>
    </Group>
  );
}
export function HolderFields(props: { parts: FormParts; external: boolean }) {
  const { parts } = props;
  return (
    <>
      <TextField parts={parts} field="name" label="Navn" hint="På den medarbejder, der har opgaven; aldrig den unges navn." />
      <UnitField parts={parts} label="Enhed" external={props.external} />
      {parts.values.place === OUTSIDE && <TextField parts={parts} field="where" label="Hvor arbejder vedkommende?" />}
    </>
  );
}
export const unitOf = (place: string): { department: string; unit: string } => {
  const slash = place.indexOf('/');
  return { department: place.slice(0, slash), unit: place.slice(slash + 1) };
};
export const placeOf = (holder: { department: string; unit: string }) =>
  (holder.department && holder.unit ? `${holder.department}/${holder.unit}` : '');

export function checkHolder(values: Values): Wrong {
  const wrong: Wrong = {};
  if (!values.name?.trim()) wrong.name = 'Skriv et navn';
  else if (bytes(values.name) > NAME_BYTES) wrong.name = 'Navnet er for langt';
  if (!values.place) wrong.place = 'Vælg en enhed';
  else if (values.place === OUTSIDE && !values.where?.trim()) wrong.where = 'Skriv, hvor vedkommende arbejder';
  else if (values.place === OUTSIDE && bytes(values.where) > NAME_BYTES) wrong.where = 'Teksten er for lang';
  return wrong;
}
export function holderFields(prefix: string, values: Values): Fields {
  const place = values.place ?? '', outside = place === OUTSIDE, { department, unit } = unitOf(place);
  return {
    [`${prefix}.name`]: values.name.trim(),
    [`${prefix}.department`]: outside ? undefined : department,
    [`${prefix}.unit`]: outside ? undefined : unit,
    [`${prefix}.external`]: outside ? values.where.trim() : undefined,
  };
}
export const writtenHolder = (values: Values) =>
  [values.name ?? '', values.place === OUTSIDE ? values.where ?? '' : (values.place ?? '').replace('/', ', '), values.note ?? ''];
