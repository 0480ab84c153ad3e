// What a person has begun to write, by what it is about and form: it outlives a login, another
// view and somebody else's change, and goes with whoever logs out.
import { currentSession, onLogOut } from './api';
import type { Topic } from './topic';

export type Values = Record<string, string>;
export interface Draft<T> {
  values: Values;
  begun: T;       // what it is about, as it was when it was begun
  base: T;        // what the person has been shown since
  told: boolean;  // that somebody else was first
}

const drafts = new Map<string, Draft<unknown>>();
onLogOut(() => drafts.clear());

const key = (id: string, form: string) => `${currentSession()?.person} ${id} ${form}`;
export const draftOf = <T>(id: string, form: string) => drafts.get(key(id, form)) as Draft<T> | undefined;
export const keepDraft = <T>(id: string, form: string, draft: Draft<T>) => { drafts.set(key(id, form), draft); };
export const dropDraft = (id: string, form: string) => { drafts.delete(key(id, form)); };
export const newDraft = <T>(thing: T, values: Values): Draft<T> => ({ values, begun: thing, base: thing, told: false });
// The forms that something is written in.
export const formsOf = (id: string): string[] =>
  [...drafts.keys()].filter((one) => one.startsWith(key(id, ''))).map((one) => one.slice(key(id, '').length));

// Somebody else has changed what the form is about. `mark` tells what that is.
export const isOutdated = <T>(topic: Topic<T>, thing: T, draft: Draft<T>, mark: (thing: T) => string) =>
  mark(draft.base) !== mark(thing) && !topic.onlyOwn(draft.base, thing);
