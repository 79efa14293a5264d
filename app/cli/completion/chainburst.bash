# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Completion of chainburst's command line in bash. Commands and options are what the program's own
# --help says, so that they cannot go out of date: it is asked each time, which takes 15 ms.

# The program's --help, or that of a command.
_chainburst_help() {
	"$1" ${2:+"$2"} --help 2>/dev/null
}

_chainburst_commands() {
	_chainburst_help "$1" | sed -n '/^commands:/,$s/^  \([a-z-]\{1,\}\) .*/\1/p'
}

# Lines "--option METAVAR" and "-o METAVAR"; without a METAVAR where it takes no value.
_chainburst_options() {
	_chainburst_help "$1" "$2" |
		sed -nE 's/^  (-(.), |    )--([a-z0-9-]+)( ([^ ]+))?( .*)?$/\2 --\3 \5/p' |
		while read -r a b c; do
			# the first word is the letter, if there is one
			if [[ $a == --* ]]; then
				echo "$a $b"
			else
				printf '%s %s\n' "$b" "$c" "-$a" "$c"
			fi
		done
}

# Values of options that take one of a few words.
_chainburst_choices() {
	case $1 in
	--cut) echo segment fragment ;;
	--data) echo auto copy map ;;
	--df) echo auto always never ;;
	--need) echo auto no-huge nic ;;
	esac
}

# Words that may stand before --: of the EAL's command line, those that are common.
_chainburst_eal() {
	echo --no-huge --no-pci --no-shconf --no-telemetry --in-memory --vdev --allow --block --lcores \
		-l --main-lcore -m --socket-mem --huge-dir --file-prefix --iova-mode --log-level --proc-type \
		--version --help --
}

# Index of the command in COMP_WORDS: 1, or behind --; empty: it is still to come.
_chainburst_command_at() {
	local i
	if _chainburst_commands "${COMP_WORDS[0]}" | grep -qxF -e "${COMP_WORDS[1]:-}"; then
		((COMP_CWORD > 1)) && echo 1
		return
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} == -- ]]; then
			((i + 1 < COMP_CWORD)) && echo "$((i + 1))"
			return
		fi
	done
}

# Is there a -- before the word that is completed?
_chainburst_behind_eal() {
	local i
	for ((i = 1; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} != -- ]] || return 0
	done
	return 1
}

# The value of an option; fails where it takes none.
_chainburst_value() {
	local program=$1 command=$2 option=$3 word=$4 metavar
	metavar=$(_chainburst_options "$program" "$command" | awk -v o="$option" '$1 == o { print $2; exit }')
	case $metavar in
	'') return 1 ;;
	FILE | OUT | IN) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
	DIR) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
	*) mapfile -t COMPREPLY < <(compgen -W "$(_chainburst_choices "$option")" -- "$word") ;;
	esac
}

_chainburst() {
	local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} before at
	before=${COMP_WORDS[COMP_CWORD - 1]}
	# --option=value are three words here
	if [[ $word == = ]]; then
		word=''
	elif [[ $before == = ]] && ((COMP_CWORD > 2)); then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	COMPREPLY=()
	at=$(_chainburst_command_at)
	if [[ -z $at ]]; then
		# without a command it is a shell, if there is one
		[[ $before == -* ]] && _chainburst_value "$program" shell "$before" "$word" && return
		local words
		words="$(_chainburst_commands "$program") $(_chainburst_options "$program" shell | cut -d' ' -f1)"
		_chainburst_behind_eal || words+=" $(_chainburst_eal)"
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
		return
	fi
	if [[ $before == -* ]] && _chainburst_value "$program" "${COMP_WORDS[at]}" "$before" "$word"; then
		return
	fi
	if [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(
			compgen -W "$(_chainburst_options "$program" "${COMP_WORDS[at]}" | cut -d' ' -f1)" -- "$word"
		)
		return
	fi
	mapfile -t COMPREPLY < <(compgen -f -- "$word")
}

complete -o filenames -F _chainburst chainburst
