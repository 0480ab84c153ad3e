// Conferences as forms change them.
import { type Fields, get, post } from './api';
import { conferenceStateText, startText } from './conference_words';
import { dueDayText } from './coordination_words';
import type { Sending } from './save';
import { type Change, isMe, type Topic } from './topic';
import type { AgendaItem, Meeting } from './types';
import { nameOfDepartment, unitText } from './units';
import { actorText, timeText } from './words';

// What this page has saved itself: revisions of conferences.
const own = new Set<string>();
const remember = (meeting: Meeting) => {
  own.add(`${meeting.conference.conference_id} ${meeting.conference.revision}`);
  return meeting;
};

export const itemOf = (meeting: Meeting, alert: string) => meeting.agenda.find((item) => item.alert_id === alert);
export const actionText = (item: AgendaItem) => (item.action
  ? `${item.action.text} (${unitText(nameOfDepartment(item.action.department), item.action.unit)}; senest ${dueDayText(item.action.due_day)})`
  : '');

function differences(before: Meeting, now: Meeting): string[] {
  const a = before.conference, b = now.conference, found: string[] = [];
  if (a.state !== b.state) found.push(`konferencen er nu ${conferenceStateText(b.state)}`);
  if (a.details.start !== b.details.start) found.push(`den begynder nu ${startText(b.details.start)}`);
  if (a.details.minutes !== b.details.minutes) found.push(`den varer nu ${b.details.minutes} minutter`);
  if (a.details.place !== b.details.place) found.push(`stedet er nu ${b.details.place || 'ikke oplyst'}`);
  if (a.details.leader !== b.details.leader) found.push(`mødelederen er nu ${b.details.leader}`);
  if (a.details.team.join('\n') !== b.details.team.join('\n')) found.push(`teamet er nu ${b.details.team.join(', ') || 'ikke oplyst'}`);
  for (const item of now.agenda) {
    const old = itemOf(before, item.alert_id);
    if (!old) found.push(`${item.alert_id} er sat på dagsordenen`);
    else if (actionText(old) !== actionText(item)) {
      found.push(item.action ? `handlingen for ${item.alert_id} er nu: ${actionText(item)}`
        : `handlingen for ${item.alert_id} er væk`);
    }
  }
  for (const item of before.agenda) {
    if (!itemOf(now, item.alert_id)) found.push(`${item.alert_id} er ikke længere på dagsordenen`);
  }
  return found;
}

const revisionOf = (meeting: Meeting) => BigInt(meeting.conference.revision);

export const CONFERENCE: Topic<Meeting> = {
  name: 'Konferencen',
  id: (meeting) => meeting.conference.conference_id,
  revision: (meeting) => meeting.conference.revision,
  between: (before, now): Change[] => {
    const { changed_by: by, changed } = now.conference, who = actorText(by);
    const one = revisionOf(now) - revisionOf(before) <= 1n;
    const found = differences(before, now).map((what): Change =>
      ({ who: one ? who : '', when: changed, what, note: '' }));
    if (!one || found.length === 0) found.push({ who: '', what: `den seneste ændring er af ${who}, ${timeText(changed)}`, note: '' });
    return found;
  },
  onlyOwn: (before, now) => {
    for (let revision = revisionOf(before) + 1n; revision <= revisionOf(now); ++revision) {
      if (!own.has(`${now.conference.conference_id} ${revision}`)) return false;
    }
    return true;
  },
  read: (id) => get<Meeting>(`/api/conferences/${id}`),
};

// `there` tells whether what was sent is there.
export function changeOf(id: string, revision: string, fields: Fields, there: (now: Meeting) => boolean): Sending<Meeting> {
  return {
    run: async () => remember(await post<Meeting>(`/api/conferences/${id}`, { ...fields, expected_revision: revision })),
    find: async () => {
      const now = await CONFERENCE.read(id);
      return revisionOf(now) === BigInt(revision) + 1n && isMe(now.conference.changed_by) && there(now) ? remember(now) : null;
    },
  };
}
