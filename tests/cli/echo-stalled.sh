# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Replies that the port takes no more of: the end waits for them, but not for ever, and what they
# held is free. A request of one frame is a reply of three, more than the port's ring takes.
link="socket=$PWD/link,socket-abstract=no"
mkfifo source

write() { # CHUNKS of 64 KiB, each noted
	for i in $(seq "$1"); do
		head -c 65536 /dev/zero || return
		echo "$i" >chunks
	done 2>/dev/null
}

"$CHAINBURST" echo --vdev "net_memif0,role=server,$link" --addr 192.0.2.2/24 --mtu 576 --promisc \
	--neigh 192.0.2.1=02:00:00:00:00:01 --count 1000 --json >report &
echoes=$!
trap 'kill -KILL $echoes 2>/dev/null' EXIT
until [[ -S link ]]; do sleep 0.02; done
"$CHAINBURST" send - --to 192.0.2.2:9000 --vdev "net_memif0,role=client,$link" -q \
	--gateway-mac 02:00:00:00:00:02 <source 2>/dev/null &
sender=$!
disown $sender # its end is not worth a line
trap 'kill -KILL $echoes $sender 2>/dev/null' EXIT
exec 3>source
write 2 >&3 # more than the pipe holds: the sender reads, so the link is up
kill -STOP $echoes
write 1000 >&3 & # far more than the port, the stack and the source hold
exec 3>&-
until [[ $(<chunks) -ge 90 ]]; do sleep 0.02; done # 6 MB: the ring of 1.5 MB is full
kill -STOP $sender
kill -CONT $echoes
wait $echoes
echo "exit $?"
kill -KILL $sender
python3 - <<-'EOF'
	import json
	it = json.load(open('report'))
	done, frames = it['payloads'], it['frames']
	print(it['datagrams']['received'], done['accepted'])
	print(done['accepted'] == done['completed'] + done['failed'], done['failed'] > 300)
	print(done['failed'] == it['reasons']['stopped'])
	print(frames['staged'] == frames['sent'] + frames['dropped'])
	print([pool['in_use'] for pool in it['pools'].values()])
EOF
