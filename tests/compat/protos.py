#!/usr/bin/python3
"""The public contract as sorted lines, and what of it a later version has broken.

  tests/compat/protos.py check              against every release recorded here
  tests/compat/protos.py record RELEASE     when RELEASE is released; never again after that

A line is "what: how". Whatever stood in a release must stand unchanged in every later one:
fields with number, name, type and cardinality (the names, because configurations and JSON are
written with them), values of enums, calls with their messages and directions. New ones are
welcome.
"""
import pathlib
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FIELD = descriptor_pb2.FieldDescriptorProto


def field_line(field, oneofs):
    kind = field.type_name.lstrip(".") or FIELD.Type.Name(field.type)[len("TYPE_"):].lower()
    words = [field.name, kind]
    if field.label == FIELD.LABEL_REPEATED:
        words.append("repeated")
    if field.proto3_optional:
        words.append("optional")
    elif field.HasField("oneof_index"):
        words.append(f"in {oneofs[field.oneof_index].name}")
    return " ".join(words)


def enum_lines(scope, enum):
    # Two names may share a number, so the name is the key.
    for value in enum.value:
        yield f"{scope}.{enum.name} {value.name}: {value.number}"


def message_lines(scope, message):
    name = f"{scope}.{message.name}"
    yield f"{name}: message"
    for field in message.field:
        yield f"{name} {field.number}: {field_line(field, message.oneof_decl)}"
    for nested in message.nested_type:
        yield from message_lines(name, nested)
    for enum in message.enum_type:
        yield from enum_lines(name, enum)


def service_lines(scope, service):
    for call in service.method:
        asked = ("stream " if call.client_streaming else "") + call.input_type.lstrip(".")
        answered = ("stream " if call.server_streaming else "") + call.output_type.lstrip(".")
        yield f"{scope}.{service.name}/{call.name}: {asked} -> {answered}"


def lines(folder):
    """Of the protos below `folder`, sorted."""
    files = sorted(str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*.proto"))
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(["protoc", "-I", folder, f"--descriptor_set_out={out.name}", *files], check=True)
        described = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(out.name).read_bytes())
    found = []
    for file in described.file:
        for message in file.message_type:
            found += message_lines(file.package, message)
        for enum in file.enum_type:
            found += enum_lines(file.package, enum)
        for service in file.service:
            found += service_lines(file.package, service)
    return sorted(found)


def broken(released, now):
    """What of `released` does not stand in `now`, in words."""
    current = dict(line.split(": ", 1) for line in now)
    problems = []
    for what, how in (line.split(": ", 1) for line in released):
        if what not in current:
            problems.append(f"{what}: '{how}' is gone")
        elif current[what] != how:
            problems.append(f"{what}: was '{how}', is '{current[what]}'")
    return problems


def releases():
    return sorted(path.parent for path in HERE.glob("*/protos.txt"))


def check():
    """Problems by release."""
    now = lines(ROOT / "proto")
    return {release.name: broken((release / "protos.txt").read_text(encoding="utf-8").splitlines(), now)
            for release in releases()}


def record(release):
    path = HERE / release / "protos.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines(ROOT / "proto")) + "\n", encoding="utf-8")


def main(arguments):
    if arguments == ["check"]:
        problems = [f"release {release}: {problem}" for release, found in check().items() for problem in found]
        for problem in problems:
            print(f"error: {problem}", file=sys.stderr)
        if problems:
            print("hint: leave what a release had as it was, and add beside it", file=sys.stderr)
        return bool(problems)
    if len(arguments) == 2 and arguments[0] == "record" and arguments[1].isalnum():
        record(arguments[1])
        return 0
    print(__doc__, file=sys.stderr)
    return 64


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
