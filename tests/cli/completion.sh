# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# What bash completes. Commands and options are held against --help, which is read here by itself;
# choices against what the program says when it is given none of them; EAL's words against DPDK's.
# shellcheck source=app/cli/completion/chainburst.bash
source "$(dirname "$0")/../../app/cli/completion/chainburst.bash"

# complete_words WORD...: what completes the last.
complete_words() {
	COMP_WORDS=("$CHAINBURST" "$@")
	COMP_CWORD=$#
	_chainburst
	printf '%s\n' "${COMPREPLY[@]}"
}
show() {
	printf '%s:' "$*"
	complete_words "$@" | LC_ALL=C sort | tr '\n' ' ' | sed 's/ *$//; s/^/ /'
	echo
}
mkdir folder
touch file.yaml folder.txt

echo "== each command has the options of its help"
python3 - "$CHAINBURST" >expected <<'P'
import re, subprocess, sys
say = lambda *words: subprocess.run([sys.argv[1], *words, '--help'], text=True, capture_output=True).stdout
for command in re.findall(r'^  (\S+)', say().split('commands:')[1], re.M):
    words = set()
    for line in say(command).split('\n'):
        if re.match(r'  (-|    --)', line):
            words |= set(re.findall(r'(?:^|(?<=[ ,]))--?[a-z][a-z0-9-]*', line[:2 + line[2:].find('--') + 2 +
                         len(re.split(r'[ =]', line[line.find('--') + 2:])[0])]))
    print(command, *sorted(words))
P
complete_words '' | grep -v '^-' | while read -r command; do
	echo "$command" "$(complete_words "$command" - | LC_ALL=C sort | tr '\n' ' ')" | sed 's/ *$//'
done >completed
diff expected completed && [[ $(wc -l <completed) -ge 4 ]] && grep -q '^send .* --to' completed && echo same

echo "== each choice is one, and they are all"
for where in 'send --cut' 'send --data' 'send --df' 'doctor --need'; do
	read -r command option <<<"$where"
	said=$("$CHAINBURST" "$command" "$option" nonsense 2>&1 | sed 's/.*expected //; s/ or /,/; s/, */ /g; s/,/ /g' |
		tr ' ' '\n' | sort | tr '\n' ' ')
	[[ $said == "$(complete_words "$command" "$option" '' | sort | tr '\n' ' ')" ]] || echo "$where: $said"
done

echo "== EAL's words are DPDK's"
dpdk-testpmd --help 2>/dev/null >eal || true
for word in $(_chainburst_eal); do
	# --version is chainburst's own
	[[ $word == -- || $word == --version ]] || grep -q -e "^ *$word\b" -e "[ ,|]$word\b" eal || echo "$word is not in testpmd --help"
done

echo "== cases"
show sen
show --no-h
show --no-huge -- d
show --no-huge -- doctor --j
show send --pc
show send --cut ''
show send --cut = f
show send --cut =
show send --to ''
show send file.yaml --pcap f
show send f
show doctor --sysroot f
show doctor --config = f
show doctor --json --n
