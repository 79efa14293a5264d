# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# SIGTERM: the summary, whole frames only, nothing held, and the exit status says so.
truncate -s 1G file
"$CHAINBURST" send file --repeat 1000 --to 192.0.2.2:9000 --cut fragment --json >report &
while [[ $(stat -c %s chainburst.pcap 2>/dev/null || echo 0) -lt 100000 ]]; do
	sleep 0.02
done
kill -TERM $!
wait $!
echo "exit $?"
python3 - <<-'EOF'
	import json, struct
	it = json.load(open('report'))
	print(it['status'], it['exit_status'], it['error'], it['pools']['packets']['in_use'])
	done, frames = it['payloads'], it['frames']
	print(done['accepted'] == done['completed'] + done['failed'])
	print(frames['staged'] == frames['sent'] + frames['dropped'], frames['sent'] > 0)
	data, at, n = open('chainburst.pcap', 'rb').read(), 24, 0
	while at < len(data):
	    caplen, wirelen = struct.unpack_from('<II', data, at + 8)
	    assert caplen == wirelen
	    at, n = at + 16 + caplen, n + 1
	print(at == len(data), n == frames['sent'], n % 45)
EOF
