// What forms change, alerts and conferences: how a form knows that somebody else was first, and
// what happened meanwhile.
import { currentSession } from './api';
import { actorText } from './words';

// One thing that happened; `who` is empty where it is not known whose each of several was.
export interface Change { who: string; when?: string | null; what: string; note: string }

export interface Topic<T> {
  name: string;  // as a sentence begins: "Adviset"
  id: (thing: T) => string;
  revision: (thing: T) => string;
  // What happened from one reading to a later one, oldest first.
  between: (before: T, now: T) => Change[];
  // Whether all of that was done by the person who writes.
  onlyOwn: (before: T, now: T) => boolean;
  read: (id: string) => Promise<T>;
}

export const isMe = (actor: string) => actorText(actor) === currentSession()?.person;
