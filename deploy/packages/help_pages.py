#!/usr/bin/env python3
"""Man pages and bash completions, made of the programs' own --help.

usage: help_pages.py BIN_FOLDER OUT_FOLDER VERSION PROGRAM...

For each program: OUT/PROGRAM.1.gz and OUT/PROGRAM.bash. Every command and
option that --help shows stands in both, so neither can lag behind.
"""
import datetime
import gzip
import os
import re
import subprocess
import sys

MOST_DEPTH = 4  # commands below commands; a loop in --help must end


def help_of(program, words):
    done = subprocess.run([program, *words, '--help'], capture_output=True, text=True, timeout=30,
                          env={**os.environ, 'COLUMNS': '80'}, check=True)
    return done.stdout


def names(text, heading):
    """The words that begin the entries below a heading of CLI11's help."""
    block = re.search(rf'^{heading}:\n((?:[ ]+.*\n|\n)*)', text, re.M)
    found = []
    for line in (block.group(1) if block else '').splitlines():
        entry = re.match(r'  (\S.*)', line)
        if not entry:
            continue
        if heading == 'Subcommands':
            found.append(entry.group(1).split()[0])
        else:
            # What an option needs or excludes is named beside it.
            own = re.split(r'  |Needs:|Excludes:', entry.group(1))[0]
            found += re.findall(r'(?<![\w-])--?[a-z][\w-]*', own)
    return found


def walk(program, words=()):
    """(words, help text, options, commands) of a program and all below it."""
    text = help_of(program, words)
    commands = names(text, 'Subcommands')
    yield words, text, names(text, 'Options'), commands
    if len(words) < MOST_DEPTH:
        for command in commands:
            yield from walk(program, (*words, command))


def roff(text):
    lines = text.replace('\\', '\\\\').replace('-', '\\-').splitlines()
    return '\n'.join('\\&' + line if line[:1] in ('.', "'") else line for line in lines)


def man(name, version, parts):
    day = datetime.datetime.fromtimestamp(int(os.environ.get('SOURCE_DATE_EPOCH', '0')),
                                          datetime.timezone.utc).date()
    text = parts[0][1]
    about = next(line for line in text.splitlines() if line.strip())
    out = [f'.TH {name.upper()} 1 {day} "samkoer {version}" "Samkoer"', '.SH NAME',
           f'{name} \\- {roff(about[0].lower() + about[1:].rstrip("."))}', '.SH SYNOPSIS',
           f'.B {roff(name)}', r'[\fIOPTIONS\fR] \fICOMMAND\fR [\fIOPTIONS\fR]', '.SH DESCRIPTION',
           '.nf', roff(text.strip()), '.fi']
    if len(parts) > 1:
        out.append('.SH COMMANDS')
    for words, text, _, _ in parts[1:]:
        out += [f'.SS {roff(" ".join((name, *words)))}', '.nf', roff(text.strip()), '.fi']
    out += ['.SH FILES', roff('Configuration: /etc/samkoer (servers and agents) or the file named by '
                              f'--config. Examples: /usr/share/doc/{name}/examples.')]
    return '\n'.join(out) + '\n'


def completion(name, parts):
    """A bash function that knows the words below each command."""
    cases = []
    for words, _, options, commands in parts:
        cases.append(f'    "{" ".join(words)}") words="{" ".join([*commands, *options])}" ;;')
    known = ' '.join(sorted({word for words, *_ in parts for word in words}))
    function = '_' + name.replace('-', '_')
    return f'''# bash completion for {name}; made of its --help.
{function}() {{
  local path="" word words current=${{COMP_WORDS[COMP_CWORD]}}
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case " {known} " in *" $word "*) path="${{path:+$path }}$word" ;; esac
  done
  case "$path" in
{chr(10).join(cases)}
    *) words="" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  [ ${{#COMPREPLY[@]}} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "$current")
}}
complete -F {function} {name}
'''


def main():
    binaries, out, version, *programs = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    for name in programs:
        parts = list(walk(os.path.join(binaries, name)))
        with gzip.GzipFile(os.path.join(out, name + '.1.gz'), 'wb', 9, mtime=0) as file:
            file.write(man(name, version, parts).encode())
        with open(os.path.join(out, name + '.bash'), 'w', encoding='utf-8') as file:
            file.write(completion(name, parts))


if __name__ == '__main__':
    main()
