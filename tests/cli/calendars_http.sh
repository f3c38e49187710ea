# SPDX-License-Identifier: GPL-3.0-or-later
# Calendars as Google, Outlook and Apple hand them out: over http(s) and webcal, behind redirects and a proxy; and everything that
# servers give instead of a calendar. What cannot be read opens no window.
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/servers.sh"
need_tool nginx openssl curl
cd "$T" || exit 1
mkdir www

# event FILE TYPE START END SUMMARY: a calendar with one event, CRLF as the RFC wants
event() {
	printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 'PRODID:-//Google Inc//Google Calendar 70.9054//EN' "X-CALENDAR-TYPE:$2" BEGIN:VEVENT \
		UID:1@example.org DTSTAMP:20261101T000000Z "DTSTART:$3" "DTEND:$4" "SUMMARY:$5" END:VEVENT END:VCALENDAR >"www/$1"
}
event freeze.ics DEFAULT_OPEN 20261123T000000Z 20261124T000000Z 'freeze of the year'
event shift.ics DEFAULT_CLOSED 20261123T150000Z 20261123T160000Z 'night shift'
openssl req -x509 -newkey rsa:2048 -nodes -keyout server.key -out server.pem -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>/dev/null
NGINX_TLS="ssl_certificate $T/server.pem; ssl_certificate_key $T/server.key;"
nginx_serve "$T/www"
hostile_serve "$T/www"
printf 'network: {caFile: %s}\n' "$T/server.pem" >tls.yaml
noon=2026-11-23T12:00:00Z

# --- calendars -----------------------------------------------------------------------------------------------------
state() { oakum calendar state --at $noon -o json "$@"; }
for address in "$nginx_url/freeze.ics" "$hostile_url/file/freeze.ics" "$hostile_url/hops/3/freeze.ics" "$hostile_url/cut99/freeze.ics"; do
	state "$address"
	expect_exit 0
	expect_json '[.state, .nextTransitionTime]' '["CLOSED","2026-11-24T00:00:00Z"]'
done
state "$nginx_url/freeze.ics" "$nginx_url/shift.ics"
expect_json '[.state, .nextTransitionTime]' '["CLOSED",null]'
# packed, as servers of calendars do; what claims to be and is not, is cut off or unpacks to more than is read
gzip -c www/freeze.ics >www/freeze.gz
state "$hostile_url/gzip/freeze.gz"
expect_exit 0
expect_json '[.state, .nextTransitionTime]' '["CLOSED","2026-11-24T00:00:00Z"]'
state "$hostile_url/gzip/freeze.ics"
expect_refused 75 'cannot be unpacked'
head -c 100 www/freeze.gz >www/short.gz
state "$hostile_url/gzip/short.gz"
ok; [ "$code" != 0 ] || fail 'half of a packed calendar was believed'
head -c 40000000 /dev/zero | gzip -c >www/bomb.gz
state "$hostile_url/gzip/bomb.gz"
expect_refused 2 'larger than allowed'
# https and webcal with a certificate of the house
for address in "$nginx_tls/freeze.ics" "webcal://${nginx_tls#https://}/freeze.ics"; do
	OAKUM_CONFIG=$T/tls.yaml
	state "$address"
	expect_exit 0
	expect_json .state '"CLOSED"'
	OAKUM_CONFIG=
	state "$address"
	expect_refused 5 certificate
done
# through the proxy of the configuration
printf 'network: {proxy: "http://127.0.0.1:%s"}\n' "$hostile_port" >proxy.yaml
OAKUM_CONFIG=$T/proxy.yaml
state http://calendars.invalid/file/freeze.ics
expect_exit 0
expect_json .state '"CLOSED"'
OAKUM_CONFIG=

# --- what is no answer ---------------------------------------------------------------------------------------------
head -c 120 www/freeze.ics >www/half.ics
gzip -c www/freeze.ics >www/packed.ics
: >www/empty.ics
while IFS='|' read -r expected path words; do
	row=$path
	state "$hostile_url$path"
	expect_refused "$expected" "$words"
done <<END
2|/html/freeze.ics|web page
1|/file/absent.ics|404
75|/status/503|503
1|/status/403|403
75|/always-cut/freeze.ics|cannot fetch
2|/loop|redirect
75|/huge|ended too early
2|/file/half.ics|half.ics
2|/file/packed.ics|packed.ics
2|/file/empty.ics|empty.ics
75|/away/freeze.ics|does not speak HTTP
END
row=
state http://127.0.0.1:1/freeze.ics
expect_refused 75 'cannot fetch'
state --no-network "$nginx_url/freeze.ics"
expect_refused 75 network

# --- windows -------------------------------------------------------------------------------------------------------
window() { # ADDRESS
	cat >window.yaml <<-END
		schema: oakum.window/1
		name: afternoon
		schedule: cron(0 11 * * ? *)
		timezone: UTC
		duration: 3
		cutoff: 1
		calendars: ["$1"]
	END
	oakum window check "$T/window.yaml" --at $noon -o json
}
window "$nginx_url/freeze.ics"
expect_exit 75
expect_json .state '"CALENDAR_CLOSED"'
oakum window check "$T/window.yaml" --at $noon
expect_out_has "closed by 'freeze of the year'"
expect_out_has 'it opens 2026-11-24T11:00:00Z'
window "$nginx_url/freeze.ics#DEFAULT_CLOSED"
expect_exit 0
expect_json .state '"OPEN"'
window "$hostile_url/status/503"
expect_refused 75 503
window "$hostile_url/html/freeze.ics"
expect_refused 2 'web page'
# an event is changed at its source: nothing of before is believed
window "$nginx_url/freeze.ics"
expect_exit 75
event freeze.ics DEFAULT_OPEN 20261125T000000Z 20261126T000000Z 'moved'
window "$nginx_url/freeze.ics"
expect_exit 0
finish
