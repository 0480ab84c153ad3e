// The words on the screen for coordination.
import { dayText, monthText, safe } from './words';
import type { Due, Holder, Transition } from './types';
import { nameOfDepartment, unitText } from './units';

export const ROLES: Record<string, string> = {
  HANDOVER_ROLE_GUIDE: 'ungeguide',
  HANDOVER_ROLE_CASEWORKER: 'koordinerende sagsbehandler',
  HANDOVER_ROLE_CONTACT_PERSON: 'kontaktperson',
};
export const HANDOVER_STATES: Record<string, string> = {
  HANDOVER_STATE_REQUESTED: 'venter på svar',
  HANDOVER_STATE_ACCEPTED: 'taget imod',
  HANDOVER_STATE_REFUSED: 'afvist',
  HANDOVER_STATE_TAKEN_BACK: 'trukket tilbage',
};
const DUES: Record<string, string> = {
  DUE_KIND_OFFER: 'tilbyd en samlet indsats',
  DUE_KIND_CASEWORKER: 'udpeg en koordinerende sagsbehandler',
  DUE_KIND_CONTACT_PERSON: 'udpeg en kontaktperson',
  DUE_KIND_CONFERENCE: 'planlæg første ungekonference',
  DUE_KIND_ACTION: 'den aftalte handling skal være gjort',
  DUE_KIND_HANDOVER: 'svar på overdragelsen',
  DUE_KIND_PLAN_REVIEW: 'gennemgå planen',
  DUE_KIND_CONTACT_PERSON_ENDS: 'kontaktpersonen ophører, medmindre andet aftales',
};

// A day of the contract ("2026-11-22"), which has no time zone.
export const dueDayText = (day: string) => day.split('-').reverse().join('.');
export const dueText = (due: Due) => `${DUES[due.kind] ?? 'ukendt frist'}, senest ${dueDayText(due.day)}`;
export function transitionText(transition: Transition): string {
  const what = transition.kind === 'TRANSITION_KIND_END_OF_SCHOOL' ? 'skolen slutter' : `fylder ${transition.age} år`;
  return `${what} i ${monthText(transition.month)}`;
}
export function halfYearText(halfYear: number): string {
  return halfYear ? `${halfYear % 10}. halvår ${Math.floor(halfYear / 10)}` : 'ikke planlagt';
}

// "Mette H. (Jobcenter, Team Unge)"; the parts are not yet fit for the screen.
export function holderText(holder: Holder): string {
  const where = holder.external || unitText(nameOfDepartment(holder.department), holder.unit);
  return `${holder.name} (${where})`;
}
export const sinceText = (time?: string | null) => `siden ${dayText(time)}`;

// What the matcher says in English when a step is not possible now. Whatever is not here is
// shown as it came.
const REFUSALS: [string, string][] = [
  ['somebody has this task', 'Opgaven er allerede hos nogen. Bed en efterfølger om at tage over; ingen slippes før.'],
  ['has had no conference', 'Adviset har ikke været på en ungekonference.'],
  ['nobody is asked to be the guide', 'Ingen er spurgt om at være ungeguide lige nu.'],
  ['there is no contact person now', 'Der er ingen kontaktperson lige nu.'],
  ["below the contact person's age", 'Den unge er for ung til en kontaktperson efter kommunens politik.'],
  ["over the contact person's age",
    'Den unge er over aldersgrænsen for en kontaktperson. En kontaktperson fra før kan fortsætte, men kun efter aftale.'],
  ['a handover of the contact person waits', 'En overdragelse af kontaktpersonen venter på svar.'],
  ['answers about 20 measures', 'Der er allerede svar om 20 indsatser. Det er det højeste antal.'],
  ['has not said yes to this measure', 'Den unge har ikke sagt ja til indsatsen. Skriv svaret først.'],
  ['the measure has joined already', 'Indsatsen er allerede med.'],
  ['the measure has not joined', 'Indsatsen er ikke med, så den kan ikke tages ud.'],
  ['nobody has this task now', 'Ingen har opgaven lige nu, så den kan ikke overdrages.'],
  ['the successor has the task already', 'Den, du bad om at tage over, har allerede opgaven.'],
  ['a handover of this task waits', 'En overdragelse af opgaven venter allerede på svar. Træk den tilbage først.'],
  ['no action was agreed on', 'Der er ikke aftalt nogen handling.'],
  ['the action is done already', 'Handlingen er allerede gjort.'],
  ['the handover was answered otherwise', 'Overdragelsen har fået et andet svar eller er trukket tilbage.'],
  ['the alert has ended', 'Adviset er afsluttet. Åbn det igen først.'],
  ['the rule no longer holds', 'Reglen er ikke længere opfyldt. Adviset åbner af sig selv, hvis den bliver det igen.'],
  ['a handover waits for its answer',
    'En overdragelse venter på svar. Ingen slippes, før efterfølgeren har sagt ja; træk den tilbage eller vent på svaret.'],
  ['no youth guide has accepted', 'Ingen ungeguide har sagt ja. Brug skridtet «Skriv ungeguiden på»; så følger tilstanden med.'],
  ['there is no plan; say', 'Der er ingen plan. Skriv under «Planen», at der er en; så følger tilstanden med.'],
  ['say first that there is none', 'Der er en plan. Skriv først under «Planen», at der ikke er nogen; så følger tilstanden med.'],
  ['has a youth guide',
    'Den unge har en ungeguide. Overdrag opgaven til en anden, eller afslut adviset, og åbn det igen.'],
  ['is not allowed', 'Det skridt er ikke muligt fra den tilstand, adviset har nu.'],
  ['no such department', 'Afdelingen findes ikke i kommunens politik.'],
  ['no such unit', 'Enheden findes ikke i kommunens politik.'],
  ['something like a CPR number', 'Teksten indeholder noget, der ligner et CPR-nummer. Skriv den uden.'],
  ['control characters', 'Teksten har tegn, der ikke kan ses. Skriv den af i stedet for at kopiere.'],
  ['the conference is over', 'Konferencen er allerede holdt eller aflyst.'],
  ['the other conference is over', 'Den konference, du valgte, er allerede holdt eller aflyst.'],
  ['the agenda is full', 'Dagsordenen er fuld. Vælg en anden konference, eller flyt en sag først.'],
  ['conference\'s agenda already', 'Sagen er allerede på en konference. Flyt den derfra i stedet.'],
  ['cases have no action yet', 'En konference kan først lukkes, når hver sag har sin handling. Skriv den, eller flyt sagen.'],
  ['has no case in', 'Den enhed, du valgte, har ingen sag i adviset. Vælg en af de afdelinger, der er med.'],
  ['is not on this agenda', 'Sagen er ikke længere på denne dagsorden.'],
  ['no such conference', 'Konferencen findes ikke længere.'],
  ['no such alert', 'Der er intet advis med det nummer.'],
  ['is planned already', 'Der er allerede planlagt en konference på samme tid og sted med samme mødeleder. Intet er planlagt.'],
  ['too many conferences', 'Der er for mange konferencer. Gamle forsvinder af sig selv to år efter, at de er holdt.'],
  ['is answered or deleted already', 'Et af spørgsmålene er besvaret imens, eller ordene er slettet. Intet er sendt; dit svar står der endnu.'],
  ['is deleted already', 'Spørgsmålet er allerede slettet.'],
  ['one of the questions is not there', 'Et af spørgsmålene findes ikke længere. Intet er sendt; dit svar står der endnu.'],
  ['has another action already', 'En kollega har skrevet en anden handling for sagen imens. Læs dagsordenen igen, før du erstatter den.'],
  ['no such handover', 'Overdragelsen findes ikke længere.'],
  ['last_review_month', 'Måneden for gennemgangen skal findes og må ikke ligge i fremtiden.'],
];
export function refusalText(message: string): string {
  return REFUSALS.find(([part]) => message.includes(part))?.[1] ?? safe(message);
}
