// What the server's JSON holds: the messages of the contract (proto/samkoer/v1), as protobuf
// writes them. Numbers of 64 bits are texts.
export interface Session {
  person: string; municipality: string; csrf: string; login: 'certificate' | 'openid';
  sign_out_path: string; idle_seconds: number;
}
export interface Participant {
  department: string; department_name: string; unit: string; domain: string; case_ref: string; contact: string;
  since_month: number; protected_identity: boolean;
}
export interface HistoryEntry { time: string | null; state: string; actor: string; note: string; event: string }
export interface Alert {
  alert_id: string; rule: string; rule_version: number; state: string; participants: Participant[];
  reasons: { kind: string; text: string }[]; created: string | null; updated: string | null;
  history: HistoryEntry[]; revision: string;
}
export interface AlertPage { alerts: Alert[]; next_page_token: string; feed_sequence: string }
