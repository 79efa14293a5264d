# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# The same findings as the text's; names that scripts rely on.
# shellcheck source=tests/cli/doctor_tree.bash
source "$(dirname "$0")/doctor_tree.bash"
healthy
put sys/devices/system/cpu/cpu1/cpufreq/scaling_governor "power\"save\\"
hugepages sys/kernel/mm/hugepages 2048 0 0
hugepages sys/kernel/mm/hugepages 1048576 0 0
doctor --need nic >text
doctor --need nic --json >json
echo "exit $?"
python3 - <<'P'
import json
said = json.load(open('json'))
print(*said)
print(said['need'], said['ready'], said['fail'], said['warn'], len(said['findings']))
print(*said['findings'][0])
for f in said['findings']:
    if f['severity'] != 'ok':
        print(f['severity'], f['check'], f['what'])
heads = [line.split(maxsplit=2) for line in open('text') if line[0] not in ' \n-aC']
own = [[f['severity'].replace('fail', 'FAIL'), f['check'], f['what'] + '\n'] for f in said['findings']]
print(heads == own)
P
