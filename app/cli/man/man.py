#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""man.py TEMPLATE CHAINBURST VERSION OUTPUT: the manual page, from a template and from what each
command says with --help, so that none of its options can be missing."""

import re
import subprocess
import sys
from pathlib import Path

HELP_COLUMN = 26  # of opt.c: where the text of an option begins, behind a blank
OPTION = re.compile(r'^ {2}(-\w, | {4})--')


def roff(text):
    """Text that roff shows as it is."""
    text = text.replace('\\', r'\e').replace('-', r'\-')
    return re.sub(r"^([.'])", r'\\&\1', text)


def said(*command):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE,
                          stdin=subprocess.DEVNULL).stdout.splitlines()


def usage_of(lines):
    """The lines of usage, and what follows them."""
    n = next((i for i, line in enumerate(lines) if not line.strip()), len(lines))
    usage = [re.sub(r'^usage: | {7}', '', line, count=1) for line in lines[:n]]
    return usage, lines[n:]


def body(lines):
    """Help as paragraphs and options."""
    fresh = True
    for line in lines:
        if OPTION.match(line):
            yield '.TP'
            yield '.B ' + roff(line[:HELP_COLUMN].strip() if len(line) > HELP_COLUMN and
                               line[HELP_COLUMN] == ' ' else line.strip())
            if len(line) > HELP_COLUMN and line[HELP_COLUMN] == ' ':
                yield roff(line[HELP_COLUMN:].strip())
            fresh = True
        elif not line.strip():
            fresh = True
        elif line.startswith(' ' * (HELP_COLUMN + 1)):
            yield roff(line.strip())
        else:
            if fresh:
                yield '.PP'
            yield roff(line.strip())
            fresh = False


def section(chainburst, name):
    usage, rest = usage_of(said(chainburst, name, '--help'))
    return '\n'.join([f'.SH {name.upper()}', '.nf', *map(roff, usage), '.fi', *body(rest)])


def commands_of(lines):
    """The commands that the program's help lists, and their lines."""
    at = lines.index('commands:')
    return [line.split(maxsplit=1) for line in lines[at + 1:] if line.startswith('  ')]


def main(template, chainburst, version, output):
    usage, rest = usage_of(said(chainburst, '--help'))
    commands = commands_of(rest)
    page = Path(template).read_text(encoding='utf-8')
    for key, value in {
            'VERSION': version,
            'SYNOPSIS': '\n'.join(map(roff, usage)),
            'COMMANDS': '\n'.join(f'.TP\n.B {roff(name)}\n{roff(text)}' for name, text in commands),
            'SECTIONS': '\n'.join(section(chainburst, name) for name, _ in commands),
    }.items():
        page = page.replace(f'@{key}@', value)
    Path(output).write_text(page, encoding='utf-8')


if __name__ == '__main__':
    main(*sys.argv[1:])
