// The departments and units that can be named, as the policy in force knows them; asked for
// once a login.
import { useEffect, useState } from 'preact/hooks';
import { get, onSession } from './api';
import type { Alert, DepartmentUnits } from './types';

let known: DepartmentUnits[] | null = null;
let asked: Promise<void> | null = null;
const listeners = new Set<() => void>();
onSession(() => { asked = null; });

function ask() {
  asked ??= get<{ departments: DepartmentUnits[] }>('/api/units', {}, true).then(
    (answer) => { known = answer.departments; listeners.forEach((listener) => listener()); },
    () => { setTimeout(() => { asked = null; listeners.forEach((listener) => listener()); }, 2000); });
}

// Null until they are there.
export function useUnits(): DepartmentUnits[] | null {
  const [, setCount] = useState(0);
  useEffect(() => {
    const listener = () => {
      ask();
      setCount((count) => count + 1);
    };
    listeners.add(listener);
    ask();
    return () => { listeners.delete(listener); };
  }, []);
  return known;
}

export function nameOfDepartment(id: string): string {
  return known?.find((one) => one.department === id)?.department_name || id;
}
// Whether the municipality has one department: its name tells nobody anything.
const isSingle = () => !!known && new Set(known.map((one) => one.department_name || one.department)).size === 1;
// A unit, with its department where that says something.
export const unitText = (departmentName: string, unit: string) => (unit && isSingle() ? unit : `${departmentName}, ${unit}`);

// Where an alert's cases are, each once: the departments; their units where a department stands
// there with several; and only units where the municipality has one department.
export function placesOf(alert: Alert): string[] {
  const all = [...alert.participants, ...alert.coordination?.nominations ?? []]
    .map((one) => ({ name: one.department_name || one.department, unit: one.unit }));
  const several = (name: string) => new Set(all.filter((one) => one.name === name).map((one) => one.unit)).size > 1;
  return [...new Set(all.map(({ name, unit }) => (!unit ? name : isSingle() ? unit : several(name) ? `${name}, ${unit}` : name)))];
}

export function departmentNamed(name: string): string {
  return known?.find((one) => one.department_name === name)?.department ?? '';
}
