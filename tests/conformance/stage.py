"""What one scenario plays on: its servers, its export, the adapter, and the judgments."""
import hashlib

import group
import people
import servers
from samkoer.v1 import types_pb2


class Stage:
    """One scenario's servers, export and adapter. `adapter(matcher, key_service, export)` runs
    it once and gives the finished process."""

    def __init__(self, pki, folder, day, adapter):
        self.pki, self.folder, self.day, self.run_adapter = pki, folder, day, adapter
        self.faults, self.runs, self.key, self.stands = [], [], group.Key(), []
        self.export = people.everyday(day, "everyday")

    def expect(self, condition, otherwise):
        if not condition and otherwise not in self.faults:
            self.faults.append(otherwise)

    def key_service(self, keys=None, **options):
        self.keyd = servers.KeyService(self.pki, self.faults, keys or {1: self.key}, **options)
        self.stands.append(self.keyd)

    def matcher(self, keys=None, **options):
        self.intake = servers.Matcher(self.pki, self.faults, keys or {1: self.key}, options.pop("day", self.day),
                                      **options)
        self.stands.append(self.intake)

    def play(self, matcher=None, key_service=None):
        """Runs the adapter once; True if it ended well."""
        path = self.folder / "export.csv"
        self.export.write(path)
        result = self.run_adapter(matcher or self.intake.address, key_service or self.keyd.address, path)
        self.runs.append(result)
        for digits in self.export.digits:
            if digits in result.stdout + result.stderr or f"{digits[:6]}-{digits[6:]}" in result.stdout + result.stderr:
                self.expect(False, "it prints a CPR number")
        return result.returncode == 0

    def close(self):
        for stand in self.stands:
            stand.stop()

    # ---- judgments ----

    def ends_well(self, times=1):
        """Plays until it ends well, at most so many times, as a nightly job would."""
        self.expect(any(self.play() for _ in range(times)), f"it does not end with 0 ({times} runs)")

    def must_fail(self, **addresses):
        self.expect(not self.play(**addresses), "it ends with 0, as if all were well")
        self.expect(self.runs[-1].stderr.strip(), "it says nothing on standard error")

    def nothing_pushed(self):
        self.expect(not self.intake.batches, "it sends records")
        self.nothing_committed()

    def nothing_committed(self):
        self.expect(not self.intake.commits, "it commits")

    def refuses(self):
        """The answer that a cheating or unable server gets."""
        self.must_fail()
        self.nothing_pushed()

    def begins_once(self):
        self.expect(len(self.intake.begins) == 1, f"it begins {len(self.intake.begins)} times; once is right")

    def one_push(self):
        """Exactly one push came into force, with exactly the right records."""
        pushes = self.intake.committed()
        self.expect(len(pushes) == 1, f"{len(pushes)} pushes came into force; one is right")
        for push in pushes[:1]:
            self.check_records(self.intake.records(push))
            self.check_cases(push)

    def check_cases(self, push):
        seen = {}
        for batch in push.batches:
            for reference in {record.case_ref for record in batch.records}:
                self.expect(seen.setdefault(reference, batch.number) == batch.number,
                            "a case's records stand in two batches")

    def check_records(self, records):
        newest = max(self.intake.keys)
        digits_of = {self.intake.keys[newest].output(d.encode()): d for d in self.export.digits}
        left = dict(self.export.expected)
        closed = {row["case_ref"] for row in self.export.rows if row["status"] == "closed"}
        dubious = {row["case_ref"] for row in self.export.rows} - set(self.export.never) - {ref for ref, _ in left}
        for record in records:
            digits = digits_of.get(record.pseudonym)
            if record.case_ref in self.export.never:
                self.expect(False, f"it sends what must not leave: {self.export.never[record.case_ref]}")
            elif digits is None:
                self.expect(False, "a pseudonym is not the OPRF's output of anybody's number under the newest key")
            elif record.case_ref in dubious:
                self.expect(record.case_ref not in closed or record.status == types_pb2.CASE_STATUS_CLOSED,
                            "it sends a closed case as open")
            elif (record.case_ref, digits) not in left:
                self.expect(False, "a record came twice, or a person stands in the wrong case")
            else:
                self.compare(left.pop((record.case_ref, digits)), record)
                self.check_previous(record, digits)
        self.expect(not left, f"{len(left)} records that must be sent are missing")

    def check_previous(self, record, digits):
        if record.previous_pseudonym:
            old = self.intake.keys.get(max(self.intake.keys) - 1)
            self.expect(old and record.previous_pseudonym == old.output(digits.encode()),
                        "previous_pseudonym is not the person's under the epoch before")

    def compare(self, expected, record):
        for field in expected.DESCRIPTOR.fields:
            if field.name in ("pseudonym", "previous_pseudonym", "plan"):
                continue
            wanted, found = getattr(expected, field.name), getattr(record, field.name)
            if field.name == "criteria":
                wanted, found = list(wanted), sorted(found)
            self.expect(wanted == found, f"the field {field.name} is wrong")
        self.expect(not record.plan.exists and not record.plan.owner_unit, "a plan that the export does not have")

    def check_secrecy(self):
        """Neither numbers, nor plain hashes of them, nor names; and blinds that are fresh."""
        for stand in self.stands:
            wire = bytes(stand.wire)
            for digits in self.export.digits:
                for form in (digits, f"{digits[:6]}-{digits[6:]}", f"{digits[:6]} {digits[6:]}"):
                    self.expect(form.encode() not in wire, "a CPR number is on the wire")
                    for name in ("md5", "sha1", "sha256", "sha512", "blake2b"):
                        digest = hashlib.new(name, form.encode())
                        self.expect(digest.digest() not in wire and digest.hexdigest().encode() not in wire,
                                    "a plain hash of a CPR number is on the wire")
            for text in (people.NAME, people.NOTE):
                self.expect(text.encode() not in wire, "a name or note is on the wire")
        sent = [element for call in self.keyd.elements for element in call]
        self.expect(len(set(sent)) == len(sent), "two blinded elements are equal: the blinds are not random")
        bare = {group.hash_to_group(digits.encode()) for digits in self.export.digits}
        self.expect(not bare & set(sent), "an element is not blinded")
