#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""man.py CHAINBURST PAGE: mandoc finds no fault with the manual page, and shows in it each word of
each command's help: options, what they mean, and the rest."""

import re
import shutil
import subprocess
import sys

SKIP = 77


def said(*command):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=30).stdout


def words(text):
    return re.findall(r'\S+', text)


def main(chainburst, page):
    if shutil.which('mandoc') is None:
        print('skipped: no mandoc: ./dev setup test')
        return SKIP
    faults = subprocess.run(['mandoc', '-Tlint', '-Wwarning', page], text=True, check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert faults.returncode == 0, faults.stdout
    with open(page, encoding='utf-8') as source:  # else groff makes typographic hyphens of them
        assert not [line for line in source if re.search(r'(?<!\\)--', line)], 'a bare --'
    shown = words(re.sub('.\x08', '', said('mandoc', '-Tascii', '-O', 'width=400', page)))
    program = said(chainburst, '--help')
    commands = re.findall(r'^  (\w+) ', program[program.index('commands:'):], re.M)
    assert len(commands) >= 3, program
    for name in commands:
        for word in words(said(chainburst, name, '--help')):
            assert word == 'usage:' or word in shown, f'{name}: {word} is not in the page'
        assert name.upper() in shown, name
    named = set(re.findall(r'--[a-z][a-z-]+', program))
    assert named <= set(re.findall(r'--[a-z][a-z-]+', ' '.join(shown))), named
    print(len(commands), 'commands', len(shown), 'words')
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
