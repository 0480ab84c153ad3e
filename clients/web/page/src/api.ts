// Calls to our own server, and the session they need.
import type { Session } from './types';

export class ApiError extends Error {
  // `contact`: whom to ask, where whoever asked has no role; else null.
  constructor(readonly status: number, readonly code: string, message: string, readonly hint: string,
    readonly contact: string | null = null) {
    super(message);
  }
}

type Listener = () => void;
let session: Session | null = null;
let refused: ApiError | null = null;  // that whoever looks has no role here
let ended = '';  // why there is no session any more, for people
let elsewhere = false;  // a login in front of ours is over, too: nothing here can make it anew
const listeners = new Set<Listener>();

export const currentSession = () => session;
export const endedBecause = () => ended;
export const refusedBecause = () => refused;
export const loginIsElsewhere = () => elsewhere;
export function onSession(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
function setRefused(problem: ApiError) {
  refused = problem;
  listeners.forEach((listener) => listener());
}
function setSession(next: Session | null, why = '', isElsewhere = false) {
  session = next;
  elsewhere = isElsewhere;
  if (next) refused = null;
  ended = why;
  listeners.forEach((listener) => listener());
}

// A person's tabs know of one another: who logs out in one is out in all, and what was being
// written goes with it; who logs in in one is in in those that wait for it.
const tabs = new BroadcastChannel('samkoer');
tabs.onmessage = (event) => {
  if (event.data === 'out' && session) leave(goodbye());
  if (event.data === 'in' && !session) void findSession();
};
// Somebody may come back from another tab, where the login is.
const lookAgain = () => { if (elsewhere && !document.hidden) void findSession(); };
addEventListener('focus', lookAgain);
document.addEventListener('visibilitychange', lookAgain);

const unreachable = () =>
  new ApiError(0, 'UNREACHABLE', 'Siden kan ikke nå sin server.', 'Kontrollér netværket, og prøv igen.');
async function ask(path: string, init: RequestInit): Promise<Response> {
  const askedIn = session?.csrf;
  let response: Response;
  try {
    // Our server sends nobody elsewhere: whatever does is a proxy that wants a login.
    response = await fetch(path, { ...init, credentials: 'same-origin', redirect: 'manual' });
  } catch {
    throw unreachable();
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => null) ?? {};
  const error = body.error ?? {};
  if (response.type === 'opaqueredirect' || (response.status === 401 && !body.error) || body.login_needed) {
    setSession(null, 'Dit login i kommunen er udløbet. Det, du skrev, er her endnu.', true);
    throw new ApiError(401, 'LOGIN_NEEDED', 'Dit login i kommunen er udløbet.', 'Log ind igen i en ny fane.');
  }
  // Asked in a session that is over, and answered when there is a new one: that one is not over.
  const isStale = response.status === 401 && session && session.csrf !== askedIn;
  if (isStale && !init.method) return ask(path, init);
  if (response.status === 401 && !isStale && (session || elsewhere)) {
    setSession(null, 'Du er logget ud, fordi siden ikke har været brugt i et stykke tid. Det, du skrev, er her endnu.');
  }
  const problem = new ApiError(response.status, error.code ?? '', error.message ?? 'Serveren svarede ikke, som den skulle.',
    error.hint ?? '', body.no_role ? String(body.contact ?? '') : null);
  // Whoever has lost the role sees why, whatever was asked.
  if (problem.contact !== null) setRefused(problem);
  throw problem;
}
// An answer that broke off is none.
const read = (response: Response): Promise<unknown> => response.json().catch(() => { throw unreachable(); });
const call = async (path: string, init: RequestInit) => read(await ask(path, init));

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

// Sends a change. Where another tab has logged in anew, this one's token is old: it gets the new
// one, once.
async function change(path: string, body: string, type: string): Promise<Response> {
  const send = () => ask(path, {
    method: 'POST', body, headers: { 'Content-Type': type, 'X-CSRF-Token': session?.csrf ?? '' },
  });
  const token = session?.csrf;
  try {
    return await send();
  } catch (caught) {
    const problem = caught as ApiError;
    if (problem.status !== 403 || problem.contact !== null || await findSession() || session?.csrf === token) throw caught;
    return send();
  }
}
export async function post<T>(path: string, fields: Fields): Promise<T> {
  return await read(await change(path, encode(fields), 'application/x-www-form-urlencoded')) as T;
}
// With figures from elsewhere, as separated values.
export async function postFigures<T>(path: string, figures: string): Promise<T> {
  return await read(await change(path, figures, 'text/csv')) as T;
}

// A file that the server makes, and its name; with `figures` they go along.
export async function fetchBody(path: string, fields: Fields, figures?: string): Promise<{ blob: Blob; name: string }> {
  const query = encode(fields), address = query ? `${path}?${query}` : path;
  const response = figures === undefined ? await ask(address, {}) : await change(address, figures, 'text/csv');
  const name = /filename="([A-Za-z0-9._-]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1];
  return { blob: await response.blob().catch(() => { throw unreachable(); }), name: name ?? 'fil' };
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
  // Another tab may have done it.
  if (await findSession()) setSession(await call('/api/session', { method: 'POST' }) as Session);
  tabs.postMessage('in');
}
const goodbyes = new Set<Listener>();
// What a person leaves behind must not wait for the next one.
export const onLogOut = (listener: Listener) => { goodbyes.add(listener); };
export async function logOut() {
  const out = session?.sign_out_path;
  await call('/api/session', { method: 'DELETE', headers: { 'X-CSRF-Token': session?.csrf ?? '' } }).catch(() => null);
  leave(goodbye());
  tabs.postMessage('out');
  if (out) location.assign(out);
}
const goodbye = () => (session?.login === 'certificate'
  ? 'Du er logget ud. Dit certifikat er stadig valgt i browseren: luk browseren, hvis andre bruger maskinen.' : 'Du er logget ud.');
function leave(why: string) {
  goodbyes.forEach((listener) => listener());
  setSession(null, why);
}
