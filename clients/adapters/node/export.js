// Reads the department's export and makes of each row what may be sent, or a reason why not.
//
// The export is the examples' own, described in docs/adapters.md: replace this file with what
// reads yours, and keep what it refuses.
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

const REQUIRED = ['cpr', 'case_ref', 'unit', 'domain', 'status', 'opened'];
const MAX_TEXT_BYTES = 64;
const MAX_CRITERIA = 16;

// Anything shaped like a CPR number: day (or day + 60), month, year, four digits.
const SEPARATORS = '[ \\-\u00a0\u00ad\u2010-\u2015\u202f\u2212]{0,3}';
const CPR_SHAPE = new RegExp(
  `(?<![0-9])(0[1-9]|[12][0-9]|3[01]|6[1-9]|[78][0-9]|9[01])${SEPARATORS}(0[1-9]|1[0-2])${SEPARATORS}` +
    `[0-9]{2}${SEPARATORS}[0-9]{4}(?![0-9])`);
// Control characters, line separators, and what reorders a line on a screen.
const NOT_PLAIN = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

// The export as a whole cannot be used. Says where; never what a row holds.
export class ExportError extends Error {}
// One row is not sent; the reason is the message.
class SetAside extends Error {}

const month = (date) => date.year * 100 + date.month;
const isBefore = (a, b) => a.year - b.year || a.month - b.month || a.day - b.day;

// {year, month, day}, or undefined if there is no such day.
function date(year, monthOfYear, day) {
  const utc = new Date(Date.UTC(2000, monthOfYear - 1, day));
  utc.setUTCFullYear(year, monthOfYear - 1, day);
  return utc.getUTCMonth() === monthOfYear - 1 && utc.getUTCDate() === day
    ? { year, month: monthOfYear, day } : undefined;
}

// Of YYYY-MM-DD; undefined if it is not one.
export function parseDay(text) {
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  return parts ? date(...parts.slice(1).map(Number)) : undefined;
}

// {digits, born}. Modulus 11 is not asked: numbers that fail it are issued.
function cleanCpr(text) {
  const digits = text
    .replace(/[\s\u200b\ufeff]/gu, '')
    .replace(/^([0-9]{6})[-\u00ad\u2010-\u2015\u2212]([0-9A-Za-z]{4})$/, '$1$2');
  // Placeholders would join strangers: nothing, one digit repeated, nine ones and an eight.
  if (/^-*$/.test(digits) || /^(.)\1*$/.test(digits) || digits === '1'.repeat(9) + '8') {
    throw new SetAside('placeholder');
  }
  // Replacement numbers are not unique from one issuer to the next.
  if (/^[0-9]{6}[0-9A-Za-z]{4}$/.test(digits) && !/^[0-9]+$/.test(digits)) throw new SetAside('replacement number');
  if (!/^[0-9]{10}$/.test(digits)) throw new SetAside('unreadable CPR number');
  const [day, birthMonth, yy] = [0, 2, 4].map((at) => Number(digits.slice(at, at + 2)));
  if (day >= 61 && day <= 91) throw new SetAside('replacement number');
  const seventh = Number(digits[6]);
  let year;
  if (seventh <= 3) year = 1900 + yy;
  else if (seventh === 4 || seventh === 9) year = (yy <= 36 ? 2000 : 1900) + yy;
  else year = (yy <= 57 ? 2000 : 1800) + yy;
  const born = date(year, birthMonth, day);
  if (!born) throw new SetAside('no such birthday');
  return { digits, born };
}

// In whole years.
function ageOn(born, day) {
  const hadBirthday = day.month > born.month || (day.month === born.month && day.day >= born.day);
  return day.year - born.year - (hadBirthday ? 0 : 1);
}

// The text, if it may leave: one line, at most 64 bytes, nothing like a CPR number.
function plainText(text, what) {
  if (Buffer.byteLength(text) > MAX_TEXT_BYTES) throw new SetAside(`${what} is too long`);
  if (NOT_PLAIN.test(text)) throw new SetAside(`${what} holds control characters`);
  if (CPR_SHAPE.test(text)) throw new SetAside(`${what} looks like a CPR number`);
  return text;
}

function yes(text = '') {
  if (!['', 'no', 'yes'].includes(text)) throw new SetAside('neither yes nor no');
  return text === 'yes';
}

// {digits, record} of a row (column -> text), the record still without its pseudonym.
// `info` is the matcher's GetIntakeInfoResponse: what it does not permit stays here.
function makeCase(row, info, day) {
  const { digits, born } = cleanCpr(row.cpr);
  if (!row.case_ref) throw new SetAside('case_ref is empty');
  const caseRef = plainText(row.case_ref, 'case_ref');
  // A closed case never counts, so a snapshot leaves it out.
  if (row.status === 'closed') throw new SetAside('closed');
  if (row.status !== 'open') throw new SetAside('unknown status');
  const opened = row.opened ? parseDay(row.opened) : undefined;
  if (row.opened && !opened) throw new SetAside('unreadable date');
  if (opened && isBefore(day, opened) < 0) throw new SetAside('opens after the day of the push');
  if (!info.units.includes(row.unit)) throw new SetAside('unit unknown to the policy');
  const domain = `DOMAIN_${row.domain}`;
  // Default deny, and judged to the day, which the matcher cannot do.
  const age = ageOn(born, day);
  if (!info.permitted.some((permitted) => permitted.domain === domain &&
      permitted.ages.some((range) => range.age_from <= age && age < range.age_below))) {
    throw new SetAside('no legal basis for this domain and age');
  }
  const criteria = [...new Set((row.criteria ?? '').split(/\s+/))].filter((code) => info.criteria.includes(code));
  const consent = !row.consent ? 'CONSENT_UNSPECIFIED' : yes(row.consent) ? 'CONSENT_GIVEN' : 'CONSENT_REFUSED';
  return {
    digits,
    record: {
      case_ref: caseRef, unit: row.unit, domain, status: 'CASE_STATUS_OPEN',
      opened_month: opened ? month(opened) : 0, closed_month: 0, birth_month: month(born),
      criteria: criteria.sort().slice(0, MAX_CRITERIA), consent,
      coordinator_exists: yes(row.coordinator_exists), protected_identity: yes(row.protected_identity),
      contact: plainText(row.contact ?? '', 'contact'),
    },
  };
}

// {cases, aside}: what may be sent, and how many rows were set aside by reason (a Map).
export function readExport(path, info, day) {
  let rows;
  try {
    // `fatal`: a file that is not UTF-8 would otherwise lose letters without a word.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
    rows = parse(text, { delimiter: ';', columns: true, trim: true, skip_empty_lines: true, info: true });
  } catch (error) {
    // The library's own message quotes the line; its code and line number do not.
    throw new ExportError(`${path}:${error.lines ?? 1}: cannot be read (${error.code ?? error.name})`);
  }
  const missing = REQUIRED.filter((name) => rows.length > 0 && !(name in rows[0].record));
  if (rows.length === 0 || missing.length > 0) throw new ExportError(`${path}: no rows, or no column ${missing}`);
  const cases = new Map();
  const aside = new Map();
  for (const { record: row, info: { lines } } of rows) {
    let found;
    try {
      found = makeCase(row, info, day);
    } catch (reason) {
      if (!(reason instanceof SetAside)) throw reason;
      aside.set(reason.message, (aside.get(reason.message) ?? 0) + 1);
      continue;
    }
    // One row is one person in one case.
    const key = `${found.digits} ${found.record.case_ref}`;
    if (cases.has(key) && JSON.stringify(cases.get(key)) !== JSON.stringify(found)) {
      throw new ExportError(`${path}:${lines}: the same person stands in the same case twice, differently`);
    }
    cases.set(key, found);
  }
  return { cases: [...cases.values()], aside };
}
