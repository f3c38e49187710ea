# timeout: 240
# Webhooks against a server on loopback: each template's fields as their receivers publish them, retries, and a program that is killed.
. "$(dirname "$0")/../lib/assert.sh"
need_tool node
chmod 755 "$T"
echo ok >"$T/mode"
: >"$T/log"
node "$OAKUM_SOURCE/tests/lib/webhook_server.js" "$T/port" "$T/log" "$T/mode" &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$T"' EXIT
until [ -s "$T/port" ]; do kill -0 $server && sleep 0.05 || break; done
url=http://127.0.0.1:$(cat "$T/port")
# a template of one's own, which must belong to us
printf '{"alarm": "{{text}}", "host": "{{nodeName}}", "n": {{missing}}}' >"$T/own.json"
cat >"$T/oakum.yaml" <<EOF
notify:
  - {name: generic, webhook: "$url/generic"}
  - {name: slack, webhook: {url: "$url/slack", template: slack}}
  - {name: teams, webhook: {url: "$url/teams", template: teams}}
  - {name: servicenow, webhook: {url: "$url/api/now/table/incident", template: servicenow, headers: {Authorization: "Basic dTpw"}}}
  - {name: jira, webhook: {url: "$url/rest/api/2/issue", template: jira, project: OPS, issueType: Bug}}
  - {name: own, webhook: {url: "$url/own", template: $T/own.json}}
EOF
OAKUM_CONFIG=$T/oakum.yaml
oakum inventory --inventory "$OAKUM_SOURCE/tests/scenario/inventory-debian.yaml" -o json
jq '.node.name = "we\"b <01>"' "$T/out" >"$T/inventory.json"
scan() { oakum scan --inventory "$T/inventory.json" --baseline oakum-debian-strict --at 2026-11-23T12:00:00Z; }
scan
expect_exit 0
expect_true [ "$(wc -l <"$T/log")" = 6 ]
got() { # PATH FILTER WANTED: the body that was posted there
	ok
	ran="webhook $1"
	found=$(jq -c "select(.path == \"$1\") | .body | fromjson | $2" "$T/log")
	[ "$found" = "$3" ] || fail "$2 is $found instead of $3"
}
header() {
	ok
	ran="webhook $1"
	found=$(jq -r "select(.path == \"$1\") | .headers[\"$2\"]" "$T/log")
	[ "$found" = "$3" ] || fail "header $2 is $found instead of $3"
}
for path in /generic /slack /teams /api/now/table/incident /rest/api/2/issue /own; do
	header $path content-type application/json
	header $path expect null
	expect_true [ "$(jq -r "select(.path == \"$path\") | .headers[\"idempotency-key\"]" "$T/log" | grep -cE '^[0-9a-f]{40}$')" = 1 ]
	expect_true [ "$(jq -r "select(.path == \"$path\") | .method" "$T/log")" = POST ]
done
expect_true [ "$(jq -r '.headers["idempotency-key"]' "$T/log" | sort -u | wc -l)" = 6 ]
text='"we\"b <01> is NON_COMPLIANT'
got /generic '[.schema, .kind, .status, .node.name]' '["oakum.event/1","STATUS_CHANGED","NON_COMPLIANT","we\"b <01>"]'
# Slack: text, and blocks whose type, text.type and text.text are required; a section's text has at most 3,000 characters
got /slack '[(.text | startswith('"$text"'")), (.blocks | map(.type)), .blocks[0].text.type, (.blocks[0].text.text == .text), (.text | length <= 3000)]' '[true,["section","context"],"plain_text",true,true]'
got /slack '[keys[]] - ["text","blocks"]' '[]'
# Teams: a message with an Adaptive Card
got /teams '[.type, .attachments[0].contentType, .attachments[0].content.type, .attachments[0].content.version, (.attachments[0].content.body | map(.type) | unique)]' '["message","application/vnd.microsoft.card.adaptive","AdaptiveCard","1.4",["TextBlock"]]'
got /teams '.attachments[0].content."$schema"' '"http://adaptivecards.io/schemas/adaptive-card.json"'
# ServiceNow: columns of the incident table; numbers are texts there, short_description has 160 characters
got /api/now/table/incident '[keys[]] - ["short_description","description","category","urgency","impact","correlation_id","correlation_display"]' '[]'
got /api/now/table/incident '[.urgency, .impact, (.short_description | length <= 160), (.correlation_id | length)]' '["2","2",true,40]'
header /api/now/table/incident authorization "Basic dTpw"
# Jira: fields with project, issuetype and summary; a summary has one line and at most 255 characters, labels have no blanks
got /rest/api/2/issue '[.fields.project.key, .fields.issuetype.name, (.fields.summary | length <= 255), ([.fields.labels[] | contains(" ")] | any)]' '["OPS","Bug",true,false]'
got /own '[.host, (.alarm | startswith('"$text"'"))]' '["we\"b <01>",true]'

# --- a server that is down, says no, never answers ---------------------------------------------------------------------------
cat >"$T/oakum.yaml" <<EOF
notify: [{name: hook, timeout: 60s, webhook: "$url/hook"}]
EOF
count() { wc -l <"$T/log"; }
at() { oakum notify "$2" --at "2026-11-23T$1Z" -q; }
: >"$T/log"
echo 503 >"$T/mode"
at 12:00:00 test
expect_exit 4
expect_true [ "$(count)" = 1 ]
at 12:00:10 flush # not due
expect_true [ "$(count)" = 1 ]
echo ok >"$T/mode"
at 12:01:30 flush
expect_exit 0
expect_true [ "$(count)" = 2 ]
expect_true [ "$(jq -r '.headers["idempotency-key"]' "$T/log" | sort -u | wc -l)" = 1 ]
at 12:10:00 flush
expect_true [ "$(count)" = 2 ]
# refused for good: not tried again
echo 400 >"$T/mode"
at 13:00:00 test
expect_exit 4
at 14:00:00 flush
expect_true [ "$(count)" = 3 ]
# nobody listens: it waits
sed "s|$url|http://127.0.0.1:1|" "$T/oakum.yaml" >"$T/down.yaml"
OAKUM_CONFIG=$T/down.yaml
at 15:00:00 test
expect_exit 4
oakum notify list -o json
expect_json '[.notifications[] | select(.target == "hook") | .state]' '["SENT","FAILED","QUEUED"]'
OAKUM_CONFIG=$T/oakum.yaml
echo ok >"$T/mode"
: >"$T/log"
oakum --no-network notify flush --at 2026-11-23T16:00:00Z -q
expect_true [ "$(count)" = 0 ]
at 16:00:00 flush
expect_exit 0
expect_true [ "$(count)" = 1 ]

# --- killed in the middle of an attempt: not sent twice; killed before: sent once -----------------------------------------------
echo hang >"$T/mode"
: >"$T/log"
"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/oakum.yaml" notify test --at 2026-11-23T17:00:00Z -q &
victim=$!
until [ "$(count)" = 1 ]; do kill -0 $victim || break; sleep 0.05; done
kill -9 $victim
wait $victim 2>/dev/null || true
echo ok >"$T/mode"
at 17:30:00 flush
expect_exit 4
expect_true [ "$(count)" = 1 ]
oakum notify list -o json
expect_json '[.notifications[] | select(.state == "UNKNOWN")] | length' 1
at 18:00:00 flush
expect_true [ "$(count)" = 1 ]
# two at once send once
sed 's/"state":"UNKNOWN"/"state":"QUEUED"/' "$(grep -l '"UNKNOWN"' "$T"/state/notify/*.json)" >"$T/queued"
cp "$T/queued" "$(grep -l '"UNKNOWN"' "$T"/state/notify/*.json)"
: >"$T/log"
jobs=
for _ in 1 2 3 4; do
	"$OAKUM" --state "$T/state" --cache "$T/cache" --config "$T/oakum.yaml" notify flush --at 2026-11-23T19:00:00Z -q &
	jobs="$jobs $!"
done
for job in $jobs; do wait "$job" || true; done
expect_true [ "$(count)" = 1 ]
# at every step, where fault points are built in
if [ -x "$OAKUM_SOURCE/build/faults/oakum" ]; then
	for n in 1 2 3; do
		: >"$T/log"
		rm -rf "$T/state/notify"
		OAKUM_FAULT=$n "$OAKUM_SOURCE/build/faults/oakum" --state "$T/state" --cache "$T/cache" --config "$T/oakum.yaml" notify test --at 2026-11-23T20:00:00Z -q || true
		at 20:30:00 flush
		expect_true [ "$(count)" -le 1 ]
		[ $n = 2 ] || expect_true [ "$(count)" = 1 ]
	done
fi
finish
