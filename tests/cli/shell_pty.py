#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""shell_pty.py CHAINBURST: the prompt on a pseudo-terminal, typed at as a person types.

What the terminal shows is waited for with a deadline; nothing sleeps for a fixed time."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import tempfile
import termios
import time

DEADLINE = 30
PROMPT = 'chainburst> '
UP, CTRL_A, CTRL_C, CTRL_D = '\x1b[A', '\x01', '\x03', '\x04'


class Failed(Exception):
    """A check that did not hold."""


class Prompt:
    """A shell on a terminal of its own."""

    def __init__(self, program, *args, rows=24, columns=80):
        self.seen = self.rest = ''
        self.at = 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            self.size(0, rows, columns)
            os.execv(program, [program, 'shell', *args])
        self.expect(PROMPT)

    def size(self, fd, rows, columns):
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))

    def read(self, seconds):
        """Take what comes within this time. Returns whether something did."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            got = os.read(self.fd, 65536)
        except OSError:  # the other side has gone
            got = b''
        text = self.rest + got.decode(errors='replace')
        # The editor clears to the end of the line at will; half a sequence waits for its rest.
        whole = re.sub(r'\x1b(\[[0-9;?]*)?$', '', text)
        self.rest = text[len(whole):]
        self.seen += whole.replace('\x1b[0K', '')
        return got != b''

    def expect(self, pattern, literal=True):
        """Wait until the terminal shows this, behind what was expected before; gives the match."""
        end = time.monotonic() + DEADLINE
        pattern = re.escape(pattern) if literal else pattern
        while True:
            match = re.compile(pattern, re.S).search(self.seen, self.at)
            if match:
                self.at = match.end()
                return match
            if time.monotonic() > end or not self.read(0.1) and self.gone():
                raise Failed(f'in vain waited for {pattern!r} in {self.seen[self.at:]!r}')

    def gone(self):
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def type(self, text):
        os.write(self.fd, text.encode())

    def command(self, text):
        """Type a command; gives what it says, without the line itself."""
        self.type(text + '\r')
        self.expect(text + '\r\r\n')
        start = self.at
        self.expect(PROMPT)
        return self.seen[start:self.at - len(PROMPT)].replace('\r', '')

    def end(self):
        """Wait for its end; gives the exit status and whether the terminal is as it was."""
        while self.read(DEADLINE):
            pass
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.fd)
        return status


def check(holds, *what):
    if not holds:
        raise Failed(' '.join(repr(w) for w in what))


def completion(p):
    p.type('w\t')
    p.expect('wait ')
    p.type(CTRL_C)
    p.expect(PROMPT)
    p.type('show port st\tli\t')
    p.expect('show port stats link')
    p.type('\t')  # two links: they are listed, and the line stands again
    p.expect(' link0\r\r\n link1\r\r\n')
    p.expect('show port stats link')
    p.type('1\r')
    check('link1: NIC statistics' in p.expect(r'link1.*?' + PROMPT, literal=False)[0], p.seen)
    p.type('set fwd mac\t')  # mac and macswap: nothing to add
    p.expect(' mac\r\r\n macswap\r\r\n')
    p.type('s\t\r')
    p.expect('macswap ')
    p.expect(PROMPT)
    check('set fwd macswap\n' in p.command('show config'), p.seen)


def explanation(p):
    p.type('ping ?')
    p.expect(r'ADDR +an IPv4 or IPv6 address\r', literal=False)
    p.expect('ping ')
    p.type('192.0.2.1 ?')
    p.expect(r'\[RETURN\] +send echo requests', literal=False)
    p.expect(r'COUNT +how many', literal=False)
    p.type(CTRL_C)
    p.expect(PROMPT)


def errors(p):
    said = p.command('show prot')
    check(said.startswith('show: "prot" does not fit: expected port, pool'), said)
    said = p.command('set burst 0')
    check(said == 'set burst 0: expected 1 to 512 payloads\n', said)
    check(p.command('') == '', 'an empty line')
    check(p.command('   # a comment') == '', 'a comment')


def history(p):
    p.command('set seed 11')
    p.command('set seed 12')
    p.type(UP + UP)
    p.expect('set seed 12')
    p.expect('set seed 11')
    p.type('3\r')  # set seed 113
    p.expect(PROMPT)
    check('set seed 113\n' in p.command('show config'), p.seen)
    p.type('seed 5' + CTRL_A + 'set \r')  # edited at its beginning
    p.expect(PROMPT)
    check('set seed 5\n' in p.command('show config'), p.seen)


def interrupted(p):
    p.type('wait 3600\r')
    p.expect('wait 3600\r\r\n')
    p.type('show pool\r' + CTRL_C)  # Ctrl-C ends the command, and what was typed meanwhile
    p.expect(PROMPT)
    p.type('wait 1\r')
    p.expect('wait 1\r\r\n')
    p.type('set seed 9\rshow config\r')  # what is typed meanwhile is run then
    p.expect('chainburst> show config')
    p.expect('set seed 9\r\n')
    p.expect(PROMPT)
    said = p.command('ping 192.0.2.1 1')
    check(' 1 sent, 1 answered' in said, said)


def screen_of(p):
    """The lines of the next whole screen that show live draws."""
    p.expect('\x1b[H')
    start = p.at
    p.expect('\x1b[J')
    text = p.seen[start:p.at - len('\x1b[J')]
    return [line.replace('\x1b[K', '').rstrip('\r') for line in text.split('\n')]


def live(p):
    p.type('show live\r')
    p.expect('\x1b[?1049h')  # the other screen: what stood here comes back
    lines = screen_of(p)
    check(lines[0].startswith('chainburst  no engine runs'), lines)
    check(sum(line.startswith('link') for line in lines) == 3, lines)
    bar = r'proto.w0.pkt +\[.{24}\] +0 of +8192, peak'
    check(any(re.match(bar, line) for line in lines), lines)
    check(len(lines) <= 24 and max(map(len, lines)) <= 80, lines)
    p.size(p.fd, 10, 50)  # smaller: cut, and no line too many
    for _ in range(2):
        lines = screen_of(p)
    check(len(lines) <= 10 and max(map(len, lines)) <= 50, lines)
    p.size(p.fd, 5, 30)
    for _ in range(2):
        lines = screen_of(p)
    check(lines == ['the window is too small: 40x6 '], lines)
    p.type('x')
    screen_of(p)  # another key does not end it
    p.type('q')
    p.expect('\x1b[?1049l')
    p.expect(PROMPT)
    check('set seed' in p.command('show config'), 'x is still there')
    p.size(p.fd, 24, 80)
    p.type('show live\r')
    screen_of(p)
    p.type(CTRL_C)
    p.expect('\x1b[?1049l')
    p.expect(PROMPT)


def cooked(fd):
    flags = termios.tcgetattr(fd)[3]
    return flags & termios.ICANON and flags & termios.ECHO and flags & termios.ISIG


def ends(program, args):
    """quit, Ctrl-D and SIGTERM end it; the terminal is as it was."""
    for what, status in (lambda p: p.type('quit\r'), 0), (lambda p: p.type(CTRL_D), 0), \
            (lambda p: os.kill(p.pid, signal.SIGTERM), 128 + signal.SIGTERM):
        p = Prompt(program, *args)
        check(not cooked(p.fd), 'not raw at the prompt')
        p.command('set fwd io; start tx_first')
        what(p)
        p.expect('frames out')  # the summary of what ran
        check(cooked(p.fd), 'the terminal stays raw')
        got = p.end()
        check(got == status, got, p.seen)
        check('still out' not in p.seen, p.seen)


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(XDG_RUNTIME_DIR=folder, TERM='xterm')
        args = ['--vdev', 'net_ring0', '--vdev', 'net_ring1', '--addr', '192.0.2.1/24']
        p = Prompt(program, *args)
        for test in completion, explanation, errors, history, interrupted, live:
            test(p)
            print('ok', test.__name__)
        p.type('quit\r')
        status = p.end()
        check(status == 0, status)
        ends(program, args)
        print('ok ends')


if __name__ == '__main__':
    main()
