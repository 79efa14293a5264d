# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# A peer that reads no more: the port takes nothing, which is said after 10 s, and 2 s after a signal.
# What had not begun is canceled, what the port would not take fails, and no descriptor is lost.
link="socket=$PWD/link,socket-abstract=no"
mkfifo source

write() { # CHUNKS of 64 KiB, each noted
	for i in $(seq "$1"); do
		head -c 65536 /dev/zero || return
		echo "$i" >chunks
	done 2>/dev/null
}

stall() { # SIGNAL for the sender, or nothing
	rm -f link got
	"$CHAINBURST" recv --vdev "net_memif0,role=server,$link" --listen 9000 --addr 192.0.2.2/24 \
		-q -o got 2>/dev/null & # net_memif may complain when both ends go at once
	receiver=$!
	until [[ -S link ]]; do sleep 0.02; done
	"$CHAINBURST" send - --to 192.0.2.2:9000 --vdev "net_memif0,role=client,$link" \
		--json <source >report &
	sender=$!
	exec 3>source
	write 2 >&3
	until [[ $(stat -c %s got 2>/dev/null || echo 0) -gt 60000 ]]; do sleep 0.02; done
	kill -STOP $receiver
	write 1000 >&3 & # 64 MB, far more than the port, the stack and the source hold
	exec 3>&-
	until [[ $(<chunks) -ge 90 ]]; do sleep 0.02; done # 6 MB: the ring holds 1.5
	[[ -z $1 ]] || kill "-$1" $sender
	wait $sender
	echo "exit $?"
	# Not woken: net_memif unmaps what its peer shared under the feet of a burst, and may crash.
	kill -KILL $receiver
	wait 2>/dev/null # where the shell says that it was killed
}

look() {
	python3 - <<-'EOF'
		import json
		it = json.load(open('report'))
		done, frames, why = it['payloads'], it['frames'], it['reasons']
		print(it['status'], '|', it['error'], '|', it['pools']['packets']['in_use'])
		print(done['accepted'] == done['completed'] + done['failed'])
		print(done['failed'] == why['canceled'] + why['stopped'], why['stopped'])
		print(frames['staged'] == frames['sent'] + frames['dropped'])
	EOF
}

trap 'kill -KILL $receiver 2>/dev/null' EXIT
stall ''
look
stall INT
look
trap - EXIT
