// The words on the screen for what the contract numbers.
export const STATES: Record<string, string> = {
  ALERT_STATE_IDENTIFIED: 'identificeret',
  ALERT_STATE_OFFERED: 'tilbudt',
  ALERT_STATE_NOMINATED: 'indstillet',
  ALERT_STATE_CONFERENCE_PLANNED: 'konference planlagt',
  ALERT_STATE_GUIDE_ASSIGNED: 'ungeguide tildelt',
  ALERT_STATE_PLAN_ACTIVE: 'plan i gang',
  ALERT_STATE_CLOSED: 'afsluttet',
  ALERT_STATE_DECLINED: 'afslået',
  ALERT_STATE_WITHDRAWN: 'trukket tilbage',
};

const ENDED = ['ALERT_STATE_CLOSED', 'ALERT_STATE_DECLINED', 'ALERT_STATE_WITHDRAWN'];
export const isEnded = (state: string) => ENDED.includes(state);

export const NEXT: Record<string, string[]> = {
  ALERT_STATE_IDENTIFIED: [
    'Se sagerne igennem: hører den unge til målgruppen?',
    'Tilbyd den unge én samlet indsats, eller indkald afdelingerne til en ungekonference.',
  ],
  ALERT_STATE_OFFERED: [
    'Aftal en ungekonference med afdelingerne, eller find en ungeguide direkte.',
    'Siger den unge nej, så skriv det her under «Ret tilstanden i hånden»: afslået.',
  ],
  ALERT_STATE_NOMINATED: ['Find en ungeguide, direkte eller på næste ungekonference.'],
  ALERT_STATE_CONFERENCE_PLANNED: [
    'Afdelingerne ser nu deres egne sagsnumre i deres indbakke.',
    'Aftal én konkret handling på konferencen, og find en ungeguide.',
  ],
  ALERT_STATE_GUIDE_ASSIGNED: ['Følg op på, at uddannelses- og jobplanen bliver lavet.'],
  ALERT_STATE_PLAN_ACTIVE: ['Følg op på planen. Afslut adviset, når arbejdet er gjort.'],
  ALERT_STATE_CLOSED: ['Der er ikke mere at gøre. Tilstanden kan sættes tilbage, hvis det var en fejl.'],
  ALERT_STATE_DECLINED: ['Den unge har sagt nej. Det kan altid tages op igen, hvis den unge ønsker det.'],
  ALERT_STATE_WITHDRAWN: ['Reglen er ikke længere opfyldt. Der er ikke noget at gøre.'],
};

export const DOMAINS: Record<string, string> = {
  DOMAIN_EMPLOYMENT: 'Beskæftigelse',
  DOMAIN_EDUCATION: 'Uddannelse',
  DOMAIN_FAMILY: 'Familie',
  DOMAIN_SOCIAL: 'Social',
  DOMAIN_DISABILITY_PSYCHIATRY: 'Handicap og psykiatri',
  DOMAIN_HOUSING_ECONOMY: 'Bolig og økonomi',
  DOMAIN_CRIME_PREVENTION: 'Kriminalitetsforebyggelse',
};

const EVENTS: Record<string, string> = {
  opened: 'fundet af reglen',
  'participants-changed': 'sagerne er ændret',
  'state-set': 'tilstand sat',
  withdrawn: 'trukket tilbage: reglen er ikke længere opfyldt',
  reopened: 'genåbnet: reglen er opfyldt igen',
  'rule-changed': 'reglen er ændret',
  nominated: 'indstillet af en afdeling',
  'nomination-ended': 'indstillingen er bortfaldet',
  matched: 'også fundet af reglen',
  'rule-ceased': 'reglen er ikke længere opfyldt',
  offer: 'samlet indsats tilbudt',
  assign_guide: 'ungeguide valgt',
  answer_guide: 'ungeguiden har svaret',
  appoint_caseworker: 'koordinerende sagsbehandler udpeget',
  appoint_contact_person: 'kontaktperson udpeget',
  continue_contact_person: 'kontaktpersonen fortsætter efter aftale',
  end_contact_person: 'kontaktpersonen er ophørt',
  set_plan: 'planens stand skrevet',
  record_consent: 'den unges svar om en indsats skrevet',
  join_measure: 'en indsats er taget med',
  leave_measure: 'en indsats er taget ud igen',
  request_handover: 'overdragelse ønsket',
  'handover-answered': 'overdragelsen er besvaret eller trukket tilbage',
  plan_half_year: 'halvår planlagt',
  set_marker: 'mærke sat eller fjernet',
  action_done: 'aftalt handling gjort',
  'conference-added': 'sat på en ungekonference',
  'conference-removed': 'taget af ungekonferencen',
  'conference-moved': 'flyttet til en anden ungekonference',
  'conference-rescheduled': 'ungekonferencen har fået ny tid eller nyt sted',
  'conference-action': 'handling aftalt',
  'conference-held': 'ungekonferencen er holdt',
  'conference-cancelled': 'ungekonferencen er aflyst',
  due: 'en frist eller overgang er markeret',
};

export const stateText = (state: string) => STATES[state] ?? 'ukendt tilstand';
export const domainText = (domain: string) => DOMAINS[domain] ?? 'ukendt område';
export const eventText = (event: string) => EVENTS[event] ?? safe(event);
// What somebody did in one step.
export const stepText = (step: { event: string; state: string }) =>
  (step.event === 'state-set' ? `sat til ${stateText(step.state)}` : eventText(step.event));

// Text of departments and people, fit for the screen: whatever cannot be seen or turns the
// direction of text is shown as its number.
export function safe(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16).toUpperCase()}}`);
}

const day = new Intl.DateTimeFormat('da-DK', { day: 'numeric', month: 'long', year: 'numeric' });
const shortDay = new Intl.DateTimeFormat('da-DK', { day: '2-digit', month: '2-digit', year: 'numeric' });
const minute = new Intl.DateTimeFormat('da-DK', {
  day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit',
});
export const dayText = (time?: string | null) => (time ? day.format(new Date(time)) : '–');
export const shortDayText = (time?: string | null) => (time ? shortDay.format(new Date(time)) : '–');
export const timeText = (time?: string | null) => (time ? minute.format(new Date(time)) : '–');

const MONTHS = ['januar', 'februar', 'marts', 'april', 'maj', 'juni', 'juli', 'august', 'september', 'oktober',
  'november', 'december'];
export const monthText = (month: number) => (month ? `${MONTHS[(month % 100) - 1] ?? '?'} ${Math.floor(month / 100)}` : '–');

// "samkoer://viborg/coordinator/anna" is anna; the matcher is the rule.
export function actorText(actor: string): string {
  if (actor === 'matcher') return 'reglen';
  return safe(actor.slice(actor.lastIndexOf('/') + 1));
}

export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

export function count(number: number, one: string, more: string): string {
  return `${number} ${number === 1 ? one : more}`;
}
