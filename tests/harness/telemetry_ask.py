#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""telemetry_ask.py SOCKET COMMAND...: ask DPDK's telemetry socket, and print each answer as compact
JSON, one a line. Fails when an answer is no JSON."""

import json
import socket
import sys


def main(path, *commands):
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as sock:
        sock.connect(path)
        longest = json.loads(sock.recv(1024))['max_output_len']
        for command in commands:
            sock.send(command.encode())
            answer = json.loads(sock.recv(longest + 1024))
            print(json.dumps(answer, separators=(',', ':')))


if __name__ == '__main__':
    main(*sys.argv[1:])
