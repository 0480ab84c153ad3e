// The conference of one alert: onto one, to another, off it.
import { optionOf, usePlanned } from './agenda';
import { Choice } from './fields';
import type { FormParts, Wrong } from './form';
import { seatOf } from './save';
import { type Shown, StepForm } from './step';
import { timeText } from './words';

function PlannedFields(props: { parts: FormParts; except?: string }) {
  const planned = usePlanned();
  const open = (planned ?? []).filter((one) => one.conference_id !== props.except && one.cases < one.max_cases);
  return (
    <>
      <Choice parts={props.parts} field="conference" label="Konference" none={planned ? 'Vælg …' : 'Henter konferencerne …'}
        options={open.map(optionOf)} />
      {planned && open.length === 0 && <p>Ingen anden planlagt konference har plads. Planlæg en under Konferencer.</p>}
    </>
  );
}

export function SeatForms(props: Shown & { active: boolean }) {
  const { alert, active } = props, seat = alert.coordination?.conference, seated = !!seat && !seat.held;
  const check = (values: Record<string, string>): Wrong => (values.conference ? {} : { conference: 'Vælg en konference' });
  return (
    <>
      <StepForm {...props} form="seat" title="Sæt på en ungekonference" button="Sæt på" possible={active && !seated} initial={{}}
        written={(values) => [values.note ?? '']} check={check}
        send={(values, revision, note) => seatOf(alert.alert_id, revision, values.conference, {
          'add.alert_id': alert.alert_id, 'add.expected_alert_revision': revision, reason: note,
        }, 'conference-added')}
        done={(after) => `Gemt: på konferencen ${timeText(after.coordination?.conference?.start)}.`}>
        {(parts) => <PlannedFields parts={parts} />}
      </StepForm>
      <StepForm {...props} form="seat-move" title="Flyt til en anden ungekonference" button="Flyt" possible={active && seated}
        initial={{}} written={(values) => [values.note ?? '']} check={check}
        send={(values, revision, note) => seatOf(alert.alert_id, revision, seat?.conference_id ?? '', {
          'move.alert_id': alert.alert_id, 'move.to_conference_id': values.conference,
          'move.expected_alert_revision': revision, reason: note,
        }, 'conference-moved')}
        done={(after) => `Gemt: flyttet til ${timeText(after.coordination?.conference?.start)}.`}>
        {(parts) => <PlannedFields parts={parts} except={seat?.conference_id} />}
      </StepForm>
      <StepForm {...props} form="seat-off" title="Tag af ungekonferencen" button="Tag af" possible={active && seated} initial={{}}
        written={(values) => [values.note ?? '']}
        send={(_, revision, note) => seatOf(alert.alert_id, revision, seat?.conference_id ?? '', {
          'remove.alert_id': alert.alert_id, 'remove.expected_alert_revision': revision, reason: note,
        }, 'conference-removed')}
        done={() => 'Gemt: taget af ungekonferencen.'}>
        {() => null}
      </StepForm>
    </>
  );
}
