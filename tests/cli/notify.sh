# Notifications by command and mail: on changes of status, once each, again when a target failed; configuration refused by name.
. "$(dirname "$0")/../lib/assert.sh"
now=2026-11-23T12:00:00Z
mkdir -p "$T/bin" "$T/got"
chmod 755 "$T" "$T/bin"
cat >"$T/bin/told" <<EOF
#!/bin/sh
[ ! -e "$T/broken" ] || { echo "the pager is broken" >&2; exit 1; }
cat >"$T/got/\$(date +%s%N).json"
echo "\$OAKUM_EVENT \$OAKUM_STATUS \$OAKUM_KEY" >>"$T/told"
EOF
cat >"$T/bin/sendmail" <<EOF
#!/bin/sh
echo "\$*" >>"$T/mail-args"
cat >>"$T/mail"
EOF
chmod 755 "$T/bin/told" "$T/bin/sendmail"
cat >"$T/oakum.yaml" <<EOF
node: {id: node-1, name: "wéb01"}
notify:
  - {name: pager, command: $T/bin/told, when: [NON_COMPLIANT, COMPLIANT, UNKNOWN]}
  - {name: ops, on: status, mail: {to: [ops@example.org, "root"], from: "oakum@example.org", sendmail: $T/bin/sendmail}}
EOF
OAKUM_CONFIG=$T/oakum.yaml
expect_told() { expect_true [ "$(cat "$T/told" 2>/dev/null | wc -l)" = "$1" ]; }

inventory=$OAKUM_SOURCE/tests/scenario/inventory-debian.yaml
scan() { oakum scan --inventory "$inventory" --baseline oakum-debian-strict --at "$1" -q; }
scan $now
expect_exit 0
expect_told 1 # the first scan of a node, and it is not compliant
expect_true grep -q '^STATUS_CHANGED NON_COMPLIANT ' "$T/told"
expect_true [ "$(jq -r '[.schema, .kind, .status, .previous] | @csv' "$T"/got/*.json)" = '"oakum.event/1","STATUS_CHANGED","NON_COMPLIANT",' ]
# nothing changed: nobody is told
scan 2026-11-23T13:00:00Z
expect_told 1
# mended: told once, with what it was
oakum inventory --inventory "$inventory" -o json
jq '.updates = []' "$T/out" >"$T/mended.json"
inventory=$T/mended.json
scan 2026-11-23T14:00:00Z
expect_told 2
expect_true grep -q '^STATUS_CHANGED COMPLIANT ' "$T/told"
expect_true grep -q 'was NON_COMPLIANT' "$T/mail"
scan 2026-11-23T15:00:00Z
expect_told 2
oakum notify list -o json
expect_exit 0
expect_json '[.notifications[].state]' '["SENT","SENT","SENT","SENT"]'

# --- test events; a target that fails is tried again, with the same key, once it is due ------------------------------------
oakum notify test --at $now -q
expect_exit 0
expect_true grep -q '^TEST TEST ' "$T/told"
expect_true grep -q '^Subject: =?UTF-8?Q?oakum=3A=20' "$T/mail"
expect_true grep -qx 'To: ops@example.org, root' "$T/mail"
expect_true [ "$(tail -n 1 "$T/mail-args")" = "-t -oi" ]
expect_true [ -z "$(LC_ALL=C sed '/^$/,$d' "$T/mail" | LC_ALL=C grep '[^ -~]' || true)" ]
: >"$T/told"
touch "$T/broken"
oakum notify test pager --at 2026-11-23T14:00:00Z
expect_exit 4
expect_err_has "the pager is broken"
oakum notify flush --at 2026-11-23T14:00:30Z
expect_exit 4
expect_told 0
rm "$T/broken"
oakum notify flush --at 2026-11-23T14:00:30Z # not due yet
expect_told 0
oakum notify flush --at 2026-11-23T14:02:00Z
expect_exit 0
expect_told 1
oakum notify flush --all --at 2026-11-23T14:03:00Z
expect_told 1
oakum notify test pager --at 2026-11-23T14:00:00Z # the very same event
expect_told 1
# given up after seven days
touch "$T/broken"
oakum notify test pager --at 2026-11-24T14:00:00Z
oakum notify flush --at 2026-12-02T14:00:00Z
expect_exit 4
oakum notify list -o json
expect_json '[.notifications[] | select(.state == "FAILED")] | length' 1
expect_true [ "$(stat -c %a "$T/state/notify")" = 700 ]

# --- what was interrupted in the middle is not sent again by itself -----------------------------------------------------------
rm "$T/broken"
: >"$T/told"
file=$(grep -l '"FAILED"' "$T"/state/notify/*.json)
sed -i 's/"FAILED"/"SENDING"/' "$file"
oakum notify flush --at 2026-12-02T15:00:00Z
expect_exit 4
expect_err_has "it may have arrived"
expect_told 0
oakum notify flush --all --at 2026-12-02T15:00:00Z
expect_exit 0
expect_told 1

# --- refused by name ----------------------------------------------------------------------------------------------------------
refused() {
	printf '%s\n' "$1" >"$T/bad.yaml"
	OAKUM_CONFIG=$T/bad.yaml
	oakum notify list
	expect_refused 2 "$2"
	OAKUM_CONFIG=$T/oakum.yaml
}
refused 'notify: {name: a}' "must be a list"
refused 'notify: [{command: /bin/true}]' "notify[0].name"
refused 'notify: [{name: a}]' "one of command, mail and webhook"
refused 'notify: [{name: a, command: /bin/true, mail: root}]' "one of command, mail and webhook"
refused 'notify: [{name: a, comand: /bin/true}]' "comand"
refused 'notify: [{name: a, webhook: {url: "ftp://x"}}]' "webhook.url"
refused 'notify: [{name: a, command: /bin/true, on: always}]' "notify[0].on"
refused 'notify: [{name: a, command: /bin/true}, {name: a, mail: root}]' "notify[1].name is there twice"
refused 'notify: [{name: a, webhook: {url: "http://x/", headers: {"X": "a\nb"}}}]' "webhook.headers"
oakum notify test nobody
expect_refused 2 nobody
# a program that others may write is not run
cp "$T/bin/told" "$T/bin/open"
chmod 777 "$T/bin/open"
printf 'notify: [{name: a, command: %s}]\n' "$T/bin/open" >"$T/open.yaml"
: >"$T/told"
OAKUM_CONFIG=$T/open.yaml
oakum notify test
expect_exit 4
expect_err_has "writable"
expect_told 0
# a broken target does not break a scan
printf 'notify: [{name: a}]\n' >"$T/open.yaml"
chmod 644 "$T/open.yaml"
oakum scan --inventory "$inventory" --at 2027-03-01T00:00:00Z
expect_exit 0
expect_err_has "nobody is notified"
finish
