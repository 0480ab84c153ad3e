// Calls to our own server, and the session they need.
import type { Session } from './types';

export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly hint: string) {
    super(message);
  }
}

type Listener = () => void;
let session: Session | null = null;
let ended = '';  // why there is no session any more, for people
const listeners = new Set<Listener>();

export const currentSession = () => session;
export const endedBecause = () => ended;
export function onSession(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
function setSession(next: Session | null, why = '') {
  session = next;
  ended = why;
  listeners.forEach((listener) => listener());
}

async function call(path: string, init: RequestInit): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, credentials: 'same-origin', redirect: 'error' });
  } catch {
    throw new ApiError(0, 'UNREACHABLE', 'Siden kan ikke nå sin server.', 'Kontrollér netværket, og prøv igen.');
  }
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  const error = body.error ?? {};
  if (response.status === 401 && session) {
    setSession(null, 'Du er logget ud, fordi siden ikke har været brugt i et stykke tid. Det, du skrev, er her endnu.');
  }
  throw new ApiError(response.status, error.code ?? '', error.message ?? 'Serveren svarede ikke, som den skulle.',
    error.hint ?? '');
}

export type Fields = Record<string, string | number | boolean | string[] | undefined>;
function encode(fields: Fields): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) form.append(name, String(one));
  }
  return form.toString();
}

// `background`: asked by the page itself; does not keep the session.
export async function get<T>(path: string, fields: Fields = {}, background = false): Promise<T> {
  const query = encode(fields);
  return await call(query ? `${path}?${query}` : path, background ? { headers: { 'X-Background': '1' } } : {}) as T;
}

export async function post<T>(path: string, fields: Fields): Promise<T> {
  return await call(path, {
    method: 'POST', body: encode(fields),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-CSRF-Token': session?.csrf ?? '' },
  }) as T;
}

// Whether somebody is logged in already.
export async function findSession(): Promise<ApiError | null> {
  try {
    setSession(await get<Session>('/api/session', {}, true));
    return null;
  } catch (error) {
    return error as ApiError;
  }
}
export async function logIn() {
  setSession(await call('/api/session', { method: 'POST' }) as Session);
}
const goodbyes = new Set<Listener>();
// What a person leaves behind must not wait for the next one.
export const onLogOut = (listener: Listener) => { goodbyes.add(listener); };
export async function logOut() {
  const out = session?.sign_out_path;
  goodbyes.forEach((listener) => listener());
  await call('/api/session', { method: 'DELETE', headers: { 'X-CSRF-Token': session?.csrf ?? '' } }).catch(() => null);
  setSession(null, 'Du er logget ud.');
  if (out) location.assign(out);
}
