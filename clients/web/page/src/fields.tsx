// The inputs that the steps' forms share.
import type { ComponentChildren } from 'preact';
import type { Fields } from './api';
import { bytes, type FormParts, NAME_BYTES, type Wrong } from './form';
import { dayInWords, doubtOf, parseDay } from './days';
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
  parts: FormParts; field: string; label: string; hint?: string;
}) {
  const { parts, field } = props;
  return (
    <Group {...props}>
      <input class="form-input" id={parts.id(field)} type="text" autocomplete="off" value={parts.values[field] ?? ''}
        aria-invalid={!!parts.wrong[field]} aria-describedby={described(parts, field, props.hint)}
        onInput={(event) => parts.set({ [field]: event.currentTarget.value })} />
    </Group>
  );
}

// A day as people here write it, whatever language the browser has; shown back in words. `after`:
// the day of the conference that it follows; `known`: what is saved already. A day in doubt is saved
// only where the person says so.
const sureOf = (field: string) => `${field}-sure`;
export function DayField(props: { parts: FormParts; field: string; label: string; after?: string; known?: string }) {
  const { parts, field } = props, text = parts.values[field] ?? '', day = parseDay(text);
  const doubt = day && day !== props.known ? doubtOf(day, today(), props.after) : '';
  return (
    <>
      <Group parts={parts} field={field} label={props.label} hint="Som dd.mm.åååå, for eksempel 04.12.2026.">
        <input class="form-input" id={parts.id(field)} type="text" inputMode="numeric" pattern="[0-9]{1,2}[.\/ \-]?[0-9]{1,2}[.\/ \-]?[0-9]{4}"
          placeholder="dd.mm.åååå" autocomplete="off" value={text} aria-invalid={!!parts.wrong[field]}
          aria-describedby={[described(parts, field, 'hint'), parts.id(`${field}-words`)].filter(Boolean).join(' ')}
          onInput={(event) => parts.set({ [field]: event.currentTarget.value, [sureOf(field)]: '' })} />
        <span class="form-hint" id={parts.id(`${field}-words`)} role="status">{day && `${dayInWords(day)}. `}
          {doubt && <strong class="doubt">{doubt}</strong>}</span>
      </Group>
      {doubt && <Check parts={parts} field={sureOf(field)} label="Datoen er rigtig; gem den alligevel" />}
    </>
  );
}
const today = () => {
  const now = new Date(), two = (number: number) => String(number).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
};
// What is wrong with what stands in such a field; empty if nothing is.
export function checkDay(values: Values, field: string, missing: string, after?: string, known?: string): string {
  const text = values[field] ?? '', day = parseDay(text);
  if (!day) return text.trim() ? 'Skriv datoen som dd.mm.åååå, for eksempel 04.12.2026' : missing;
  const doubt = day !== known ? doubtOf(day, today(), after) : '';
  return doubt && values[sureOf(field)] !== 'true' ? `${doubt} Ret datoen, eller sæt kryds ved, at den er rigtig` : '';
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
// `only`: of these departments, by name; of all where it names none.
export function UnitField(props: { parts: FormParts; label: string; hint?: string; external?: boolean; only?: string[] }) {
  const { parts, only } = props, all = useUnits(), place = parts.values.place ?? '';
  const units = only?.length ? all?.filter((one) => only.includes(one.department_name)) : all;
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
