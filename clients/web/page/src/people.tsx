// Who has which task for one young person, and how it goes from one to the next: nobody is
// released before a successor has said yes.
import { halfYearText, HANDOVER_STATES, holderText, ROLES, sinceText } from './coordination_words';
import { Check, checkHolder, Choice, HolderFields, holderFields, placeOf, TextField, writtenHolder } from './fields';
import { Text } from './parts';
import { bytes, NOTE_BYTES } from './form';
import { type Shown, StepForm } from './step';
import type { Coordination, Handover } from './types';
import { unitText, useUnits } from './units';
import { actorText, dayText, isEnded } from './words';

export interface PartProps extends Shown { c: Coordination }
const active = (props: PartProps) => !isEnded(props.alert.state);
const ANSWERS = [['false', 'Guiden er spurgt'], ['true', 'Guiden har sagt ja']] as const;
export const YES_NO = [['true', 'ja'], ['false', 'nej']] as const;

function HandOver(props: PartProps & { role: string; form: string; held: boolean; external?: boolean }) {
  const waits = props.c.handovers.some((one) => one.role === props.role && one.state === 'HANDOVER_STATE_REQUESTED');
  return (
    <StepForm {...props} title={`Overdrag opgaven som ${ROLES[props.role]}`} button="Bed om overdragelse"
      possible={active(props) && props.held && !waits} initial={{}} written={writtenHolder} check={checkHolder}
      request={(values) => ({ 'request_handover.role': props.role, ...holderFields('request_handover.to', values) })}
      done={() => 'Gemt: der er bedt om en overdragelse. Den, der har opgaven nu, beholder den, til efterfølgeren siger ja.'}>
      {(parts) => <>
        <p class="form-hint">Den, der har opgaven nu, beholder den, indtil efterfølgeren har sagt ja.</p>
        <HolderFields parts={parts} external={props.external ?? true} />
      </>}
    </StepForm>
  );
}

export function GuidePart(props: PartProps) {
  const { c } = props, guide = c.guide, accepted = guide?.state === 'GUIDE_STATE_ACCEPTED';
  return (
    <section>
      <h3>Ungeguide</h3>
      {!guide && <p>(ingen)</p>}
      {guide && <p><Text>{holderText(guide.holder)}</Text>{accepted ? `, ${sinceText(guide.since)}`
        : `, spurgt ${dayText(guide.since)}; har ikke svaret endnu`}{guide.wished && '. Den unges eget ønske'}
        {guide.conference_id && <>. Fundet på konference <Text>{guide.conference_id}</Text></>}.</p>}
      <StepForm {...props} form="guide-answer" title="Skriv ungeguidens svar"
        possible={active(props) && guide?.state === 'GUIDE_STATE_PROPOSED'} initial={{}}
        written={(values) => [values.answer === 'true' ? 'ja' : values.answer ? 'nej' : '', values.note ?? '']}
        check={(values): Record<string, string> => (values.answer ? {} : { answer: 'Vælg et svar' })}
        request={(values) => ({ 'answer_guide.accepted': values.answer })}
        done={(after) => (after.coordination?.guide ? 'Gemt: ungeguiden har sagt ja.' : 'Gemt: den spurgte har sagt nej.')}>
        {(parts) => <Choice parts={parts} field="answer" label="Ungeguidens svar" options={YES_NO} />}
      </StepForm>
      <StepForm {...props} form="guide" title={guide && !accepted ? 'Spørg en anden ungeguide' : 'Skriv ungeguiden på'}
        possible={active(props) && !accepted} initial={{}} written={writtenHolder}
        check={(values) => ({ ...checkHolder(values), ...(values.accepted ? {} : { accepted: 'Vælg, hvor langt I er' }) })}
        request={(values) => ({
          ...holderFields('assign_guide.holder', values), 'assign_guide.accepted': values.accepted,
          'assign_guide.wished': values.wished ?? 'false', 'assign_guide.at_conference': values.conference ?? 'false',
        })}
        done={(after) => (after.coordination?.guide?.state === 'GUIDE_STATE_ACCEPTED'
          ? 'Gemt: den unge har en ungeguide.' : 'Gemt: ungeguiden er spurgt.')}>
        {(parts) => <>
          <HolderFields parts={parts} external />
          <Choice parts={parts} field="accepted" label="Hvor langt er I?" options={ANSWERS} />
          <Check parts={parts} field="wished" label="Den unge har selv ønsket denne guide" />
          {c.conference && <Check parts={parts} field="conference" label="Fundet på ungekonferencen" />}
        </>}
      </StepForm>
      <HandOver {...props} role="HANDOVER_ROLE_GUIDE" form="guide-handover" held={accepted} />
    </section>
  );
}

export function CaseworkerPart(props: PartProps) {
  const { c } = props, { caseworker, suggestion } = c;
  return (
    <section>
      <h3>Koordinerende sagsbehandler</h3>
      {caseworker ? <p><Text>{holderText(caseworker.holder)}</Text>, {sinceText(caseworker.since)}, besluttet af{' '}
        {actorText(caseworker.decided_by)}.</p> : <p>(ingen)</p>}
      {!caseworker && suggestion && (
        <p class="explanation">Forslag efter kommunens politik:{' '}
          <strong><Text>{unitText(suggestion.department_name, suggestion.unit)}</Text></strong>. <Text>{suggestion.reason}</Text>{' '}
          Et menneske beslutter.</p>
      )}
      <StepForm {...props} form="caseworker" title="Udpeg en koordinerende sagsbehandler" button="Udpeg"
        possible={active(props) && !caseworker} initial={suggestion ? { place: placeOf(suggestion) } : {}}
        written={writtenHolder} check={checkHolder}
        request={(values) => holderFields('appoint_caseworker.holder', values)}
        done={() => 'Gemt: den koordinerende sagsbehandler er udpeget.'}>
        {(parts) => <HolderFields parts={parts} external={false} />}
      </StepForm>
      <HandOver {...props} role="HANDOVER_ROLE_CASEWORKER" form="caseworker-handover" held={!!caseworker} external={false} />
    </section>
  );
}

export function ContactPart(props: PartProps) {
  const contact = props.c.contact_person, runs = !!contact && !contact.ended;
  const waits = props.c.handovers.some((one) => one.role === 'HANDOVER_ROLE_CONTACT_PERSON'
    && one.state === 'HANDOVER_STATE_REQUESTED');
  return (
    <section>
      <h3>Kontaktperson</h3>
      {!contact && <p>(ingen)</p>}
      {contact && <p><Text>{holderText(contact.holder)}</Text>, {sinceText(contact.since)}
        {contact.extended && ', udvidet (Kontaktperson+)'}{contact.by_agreement && ', fortsætter efter aftale'}
        {contact.reestablished > 0 && `, genetableret ${contact.reestablished} gang${contact.reestablished > 1 ? 'e' : ''}`}
        {contact.ended && <>, ophørt {dayText(contact.ended)}: <Text>{contact.ended_reason}</Text></>}.</p>}
      <StepForm {...props} form="contact" title={contact ? 'Genetablér en kontaktperson' : 'Udpeg en kontaktperson'}
        button="Udpeg" possible={active(props) && !runs} initial={{}} written={writtenHolder} check={checkHolder}
        request={(values) => ({
          ...holderFields('appoint_contact_person.holder', values),
          'appoint_contact_person.extended': values.extended ?? 'false',
          'appoint_contact_person.by_agreement': values.agreed ?? 'false',
        })}
        done={() => 'Gemt: kontaktpersonen er udpeget.'}>
        {(parts) => <>
          <HolderFields parts={parts} external />
          <Check parts={parts} field="extended" label="Udvidet behov (Kontaktperson+)" />
          {contact && <Check parts={parts} field="agreed" label="Fortsætter ud over aldersgrænsen efter aftale" />}
        </>}
      </StepForm>
      <StepForm {...props} form="contact-continue" title="Fortsæt ud over aldersgrænsen efter aftale"
        possible={active(props) && runs && !contact?.by_agreement} initial={{}} written={(values) => [values.note ?? '']}
        request={() => ({ continue_contact_person: '' })} done={() => 'Gemt: kontaktpersonen fortsætter efter aftale.'}>
        {() => null}
      </StepForm>
      <StepForm {...props} form="contact-end" title="Afslut kontaktpersonen" possible={active(props) && runs && !waits}
        initial={{}} written={(values) => [values.reason ?? '', values.note ?? '']}
        check={(values): Record<string, string> => (!values.reason?.trim() ? { reason: 'Skriv hvorfor' }
          : bytes(values.reason) > NOTE_BYTES ? { reason: 'Teksten er for lang' } : {})}
        request={(values) => ({ 'end_contact_person.reason': values.reason.trim() })}
        done={() => 'Gemt: kontaktpersonen er ophørt. Den kan genetableres.'}>
        {(parts) => <TextField parts={parts} field="reason" label="Hvorfor"
          hint="For eksempel: forankret i uddannelse. Uden navne og CPR-numre." />}
      </StepForm>
      <HandOver {...props} role="HANDOVER_ROLE_CONTACT_PERSON" form="contact-handover" held={runs} />
    </section>
  );
}
const SETTLED = [['HANDOVER_STATE_ACCEPTED', 'efterfølgeren har sagt ja'],
  ['HANDOVER_STATE_REFUSED', 'efterfølgeren har sagt nej'], ['HANDOVER_STATE_TAKEN_BACK', 'vi trækker den tilbage']] as const;

function OneHandover(props: PartProps & { one: Handover }) {
  const { one } = props;
  return (
    <li>
      <span>{ROLES[one.role] ?? 'opgave'} fra <Text>{holderText(one.from)}</Text> til <Text>{holderText(one.to)}</Text>:{' '}
        <strong>{HANDOVER_STATES[one.state] ?? one.state}</strong>, ønsket {dayText(one.requested)}
        {one.answered && `, besvaret ${dayText(one.answered)} af ${actorText(one.answered_by)}`}.</span>
      <StepForm {...props} form={`handover-${one.handover_id}`} title="Skriv svaret, eller træk den tilbage"
        possible={active(props) && one.state === 'HANDOVER_STATE_REQUESTED'} initial={{}}
        written={(values) => [SETTLED.find(([value]) => value === values.answer)?.[1] ?? '', values.note ?? '']}
        check={(values): Record<string, string> => (values.answer ? {} : { answer: 'Vælg et svar' })}
        request={(values) => ({ 'settle_handover.handover_id': one.handover_id, 'settle_handover.state': values.answer })}
        done={(after) => `Gemt: ${HANDOVER_STATES[after.coordination?.handovers
          .find((other) => other.handover_id === one.handover_id)?.state ?? ''] ?? 'besvaret'}.`}>
        {(parts) => <Choice parts={parts} field="answer" label="Svar" options={SETTLED}
          hint="Afdelingen kan også selv svare i sin indbakke." />}
      </StepForm>
    </li>
  );
}

export function HandoversPart(props: PartProps) {
  useUnits();  // for the departments' names
  return (
    <section>
      <h3>Overdragelser</h3>
      {props.c.handovers.length === 0 ? <p>Ingen. Den, der har en opgave, beholder den, til en efterfølger har sagt ja.</p>
        : <ul class="plain">{[...props.c.handovers].reverse().map((one) => <OneHandover key={one.handover_id} {...props} one={one} />)}</ul>}
    </section>
  );
}

export function HalfYearPart(props: PartProps) {
  const year = new Date().getFullYear(), now = props.c.half_year;
  const halves = [year, year + 1, year + 2].flatMap((one) => [one * 10 + 1, one * 10 + 2]);
  if (now && !halves.includes(now)) halves.unshift(now);
  return (
    <section>
      <h3>Planlagt halvår</h3>
      <p>{halfYearText(now)}</p>
      <StepForm {...props} form="half-year" title="Planlæg et halvår" possible={active(props)}
        initial={{ half: now ? String(now) : '' }} written={(values) => [halfYearText(Number(values.half ?? 0)), values.note ?? '']}
        request={(values) => ({ 'plan_half_year.half_year': values.half || '0' })}
        done={(after) => `Gemt: ${halfYearText(after.coordination?.half_year ?? 0)}.`}>
        {(parts) => <Choice parts={parts} field="half" label="Halvår" none="Ikke planlagt"
          options={halves.map((half) => [String(half), halfYearText(half)] as const)} />}
      </StepForm>
    </section>
  );
}
