// What the server's JSON holds: the messages of the contract (proto/samkoer/v1), as protobuf
// writes them. Numbers of 64 bits are texts; a message that is not set is missing or null.
export interface Session {
  person: string; municipality: string; csrf: string; login: 'certificate' | 'openid';
  sign_out_path: string; idle_seconds: number;
}
type Time = string | null | undefined;
type Maybe<T> = T | null | undefined;
export interface Participant {
  department: string; department_name: string; unit: string; domain: string; case_ref: string; contact: string;
  since_month: number; protected_identity: boolean;
}
export interface HistoryEntry { time: Time; state: string; actor: string; note: string; event: string }
export interface Holder { name: string; department: string; unit: string; external: string }
export interface Nomination {
  department: string; department_name: string; unit: string; case_ref: string; time: Time; reason: string;
}
export interface Guide { holder: Holder; state: string; since: Time; wished: boolean; conference_id: string }
export interface Suggestion { department: string; department_name: string; unit: string; reason: string }
export interface Caseworker { holder: Holder; since: Time; decided_by: string }
export interface ContactPerson {
  holder: Holder; since: Time; ended: Time; ended_reason: string; reestablished: number; by_agreement: boolean;
  extended: boolean;
}
export interface Handover {
  handover_id: number; role: string; from: Holder; to: Holder; state: string; requested: Time; answered: Time;
  answered_by: string;
}
export interface Transition { kind: string; age: number; month: number; raised: Time }
export interface Due { kind: string; day: string; overdue: boolean }
export interface Action { text: string; department: string; unit: string; due_day: string; done: Time }
export interface Seat { conference_id: string; start: Time; place: string; action: Maybe<Action>; held: boolean }
export interface Coordination {
  matched: boolean; nominations: Nomination[]; guide: Maybe<Guide>; suggestion: Maybe<Suggestion>;
  caseworker: Maybe<Caseworker>; contact_person: Maybe<ContactPerson>;
  plan: Maybe<{ exists: boolean; owner: string; last_review_month: number }>;
  consents: { measure: string; given: boolean; time: Time; joined: Time }[]; handovers: Handover[]; transitions: Transition[];
  dues: Due[]; half_year: number; markers: string[];
  route: Maybe<{ department: string; department_name: string; unit: string; text: string }>;
  conference: Maybe<Seat>; offered: Time; plan_owner_by_policy: string;
}
export interface Alert {
  alert_id: string; rule: string; rule_version: number; state: string; participants: Participant[];
  reasons: { kind: string; text: string }[]; created: Time; updated: Time;
  history: HistoryEntry[]; revision: string; coordination: Maybe<Coordination>;
}
export interface AlertPage { alerts: Alert[]; next_page_token: string; feed_sequence: string; feed_id?: string }
export interface Overview {
  states: { state: string; alerts: string }[]; overdue: string; transitions: string; matched_only: string;
  nominated_only: string; matched_and_nominated: string;
  guides: { department_name: string; unit: string; alerts: string }[];
  half_years: { half_year: number; assigned: string; backlog: string }[]; feed_sequence: string;
  feed_id?: string;
  months: { month: number; added: string; assigned: string; backlog: string }[];
}
export interface Details { start: Time; minutes: number; place: string; leader: string; team: string[] }
export interface Conference {
  conference_id: string; details: Details; state: string; cases: number; max_cases: number; revision: string;
  created: Time; changed_by: string; changed: Time;
}
export interface AgendaItem {
  number: number; alert_id: string; departments: string[]; action: Maybe<Action>; alert_revision: string;
  sources: string[];
}
export interface Meeting { conference: Conference; agenda: AgendaItem[] }
export interface ConferencePage { conferences: Conference[]; next_page_token: string; rhythm_days: number }
export interface Inquiry {
  inquiry_id: string; kind: string; department: string; department_name: string; text: string; asked: Time;
  answer: string; answered: Time; deleted?: Time;
}
export interface InquiryPage { inquiries: Inquiry[]; next_page_token: string }
export interface Cell { row: string; column: string; count: string; withheld: boolean }
export interface Statistics {
  day: string; months: number[]; withhold_below: number; tables: { name: string; cells: Cell[] }[];
}
// What a number is called, and what it means.
export interface Explanation { table: string; title: string; explanation: string }
export interface Figure { indicator: string; period: string; value: string; source: string; withheld?: true }
export interface Indicator extends Figure { explanation: string }
// The report of the month that runs, as clients/alerts/status_report.h writes it. The period of an
// indicator is a month, "2026-11"; that of a figure is as its file has it.
export interface StatusReport {
  months: [Statistics]; explanations: Explanation[]; indicators: Indicator[]; figures: Figure[];
}
export interface DepartmentUnits { department: string; department_name: string; units: string[] }
