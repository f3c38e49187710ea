# Completion works in the real shells: bash, zsh and fish, each asked what may follow.
. "$(dirname "$0")/../lib/assert.sh"
PATH=$OAKUM_BUILD:$PATH
for shell in bash zsh fish; do
	"$OAKUM" help --completion $shell >"$T/completion.$shell"
done

# bash_at WORD…: the words that bash offers for the last, unfinished one
bash_at() {
	run bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _oakum; printf "%s\n" "${COMPREPLY[@]}"' - "$T/completion.bash" "$@"
}
fish_at() { run fish -c "source $T/completion.fish; complete -C '$1'"; }
# zsh needs a terminal to complete; its bash emulation is asked instead
zsh_at() {
	run zsh -f -c 'autoload -U +X compinit && compinit -u -D; file=$1; shift; source $file
		COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); emulate ksh -c _oakum; print -l -- $COMPREPLY' - "$T/completion.zsh" "$@"
}
expect_word() { expect_true grep -qx -- "$1" "$T/out"; }
expect_no_word() { expect_true sh -c "! grep -qx -- '$1' '$T/out'"; }

for ask in bash_at zsh_at; do
	[ $ask = bash_at ] || have_tool zsh || continue
	$ask oakum sc
	expect_word scan
	[ $ask = zsh_at ] || expect_no_word inventory # zsh itself drops what does not begin like the word
	$ask oakum db ""
	expect_word check
	expect_word vacuum
	expect_no_word scan
	$ask oakum --state /x db ch
	expect_word check
	$ask oakum scan --ex
	expect_word --exit-code
	$ask oakum scan --color ""
	expect_word auto
	expect_no_word --color
	$ask oakum scan -o ""
	expect_word json
done
if have_tool fish; then
	fish_at "oakum sc"
	expect_out_has "scan"
	fish_at "oakum db "
	expect_out_has "vacuum"
	expect_out_lacks "inventory"
	fish_at "oakum scan --ex"
	expect_out_has "--exit-code"
	fish_at "oakum scan --color "
	expect_out_has "never"
fi
finish
