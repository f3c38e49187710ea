#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Schedule vectors: EXPRESSION, ZONE, FROM, up to 4 instants, between tabs. Random cron() expressions are answered here by trying every day
# with Python's calendar and zoneinfo; OnCalendar ones by systemd-analyze (a change of clocks in between is left out: systemd skips a time
# that does not exist, we run at the end of the gap). Usage: make_schedules.py SEED CRONS ONCALENDARS. schedules.tsv is "make_schedules.py 3 400 150".
import calendar, datetime as dt, os, random, subprocess, sys
from zoneinfo import ZoneInfo

R = random.Random(int(sys.argv[1]))
UTC = dt.timezone.utc
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia", "Africa/Casablanca",
         "America/Santiago", "America/Sao_Paulo", "Asia/Kolkata", "Europe/Dublin", "Africa/Cairo", "Asia/Tehran", "America/Havana"]
NAMES = {"m": ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
         "w": ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]}

def name(kind, v):
    if kind in NAMES and R.random() < .4:
        t = NAMES[kind][v - 1]
        return R.choice([t, t.lower(), t.title()])
    return str(v)

# a field as text and as the set of its values
def field(kind, lo, hi, most=3):
    if R.random() < .3: return "*", set(range(lo, hi + 1))
    out, got = [], set()
    for _ in range(R.randint(1, most)):
        a, c = R.randint(lo, hi), R.random()
        if c < .5:
            out.append(name(kind, a)); got.add(a)
        elif c < .75:
            b = R.randint(lo, hi)
            if kind == "y" and b < a: a, b = b, a
            s = R.randint(1, 5) if R.random() < .4 else 1
            seq = list(range(a, b + 1)) if a <= b else list(range(a, hi + 1)) + list(range(lo, b + 1))
            out.append(f"{name(kind, a)}-{name(kind, b)}" + (f"/{s}" if s > 1 else "")); got |= set(seq[::s])
        else:
            s = R.randint(1, max(1, (hi - lo) // 2))
            start = R.choice(["*", "", name(kind, a)])
            out.append(f"{start}/{s}"); got |= set(range(lo if start in ("*", "") else a, hi + 1, s))
    return ",".join(out), got

def length(y, m): return calendar.monthrange(y, m)[1]
def cwd(y, m, d): return (calendar.weekday(y, m, d) + 1) % 7 + 1  # SUN = 1

def near(y, m, d):
    w = calendar.weekday(y, m, d)
    if w == 5: return d - 1 if d > 1 else d + 2
    if w == 6: return d + 1 if d < length(y, m) else d - 2
    return d

def day_field():
    c = R.random()
    if c < .2: return "L", lambda y, m, d: d == length(y, m)
    if c < .3:
        n = R.randint(0, 30)
        return f"L-{n}", lambda y, m, d: d == length(y, m) - n
    if c < .4: return "LW", lambda y, m, d: d == near(y, m, length(y, m))
    if c < .55:
        n = R.randint(1, 31)
        return f"{n}W", lambda y, m, d: n <= length(y, m) and d == near(y, m, n)
    t, got = field("d", 1, 31)
    return t, lambda y, m, d: d in got

def week_field():
    c = R.random()
    if c < .2:
        n = R.randint(1, 7)
        return R.choice([f"{n}L", NAMES["w"][n - 1] + "L"]), lambda y, m, d: cwd(y, m, d) == n and d + 7 > length(y, m)
    if c < .45:
        n, k = R.randint(1, 7), R.randint(1, 5)
        return f"{name('w', n)}#{k}", lambda y, m, d: cwd(y, m, d) == n and (d - 1) // 7 + 1 == k
    if c < .5: return "L", lambda y, m, d: cwd(y, m, d) == 7
    t, got = field("w", 1, 7)
    return t, lambda y, m, d: cwd(y, m, d) in got

def instant(naive, zone):
    z = ZoneInfo(zone)
    there = naive.replace(tzinfo=z, fold=0)
    if there.astimezone(UTC).astimezone(z).replace(tzinfo=None) == naive: return there.astimezone(UTC)
    # in a gap: the first instant at which the offset is the later one
    low = int((naive.replace(tzinfo=UTC) - dt.timedelta(hours=40)).timestamp()); high = low + 80 * 3600
    lo_t = [t for t in range(low, high, 900)]
    for a, b in zip(lo_t, lo_t[1:]):
        ta, tb = dt.datetime.fromtimestamp(a, z).replace(tzinfo=None), dt.datetime.fromtimestamp(b, z).replace(tzinfo=None)
        if ta < naive < tb and tb - ta > dt.timedelta(seconds=900):
            for s in range(a, b + 1):
                if dt.datetime.fromtimestamp(s, z).replace(tzinfo=None) >= naive: return dt.datetime.fromtimestamp(s, UTC)

def cron():
    mi, minutes = field("", 0, 59); ho, hours = field("", 0, 23)
    if R.random() < .5: h = R.randint(0, 3); ho, hours = str(h), {h}
    mo, months = field("m", 1, 12)
    if R.random() < .3: mo, months = "*", set(range(1, 13))
    ye, years = R.choice([("*", set(range(1970, 2200)))] * 3 + [field("y", 2024, 2040)])
    if any(p.endswith("/" + p.split("/")[-1]) and "/" in p for p in ye.split(",")): ye, years = "*", set(range(1970, 2200))
    if R.random() < .5: da, ok = day_field(); we = "?"
    else: we, ok = week_field(); da = "?"
    sec, seconds = "", {0}
    if R.random() < .1: sec, seconds = field("", 0, 59); sec += " "
    text = f"cron({sec}{mi} {ho} {da} {mo} {we} {ye})"
    times = [dt.timedelta(hours=h, minutes=m, seconds=s) for h in sorted(hours) for m in sorted(minutes) for s in sorted(seconds)]
    return text, lambda y, m, d: m in months and y in years and ok(y, m, d), times

def answer(matches, times, zone, start):
    got, day = set(), (start.astimezone(ZoneInfo(zone)).date() - dt.timedelta(days=2))
    for _ in range(366 * 9):
        if matches(day.year, day.month, day.day):
            for t in times:
                at = instant(dt.datetime.combine(day, dt.time()) + t, zone) if zone != "UTC" else (dt.datetime.combine(day, dt.time()) + t).replace(tzinfo=UTC)
                if at > start: got.add(at)
                if len(got) > 200 and at > start: break
        day += dt.timedelta(days=1)
        if len(got) >= 6: break
    return sorted(got)[:4]

# starts just before the changes of clocks as often as anywhere
def start_in(zone):
    t = R.randint(1767225600, 1893456000)
    if R.random() < .6 and zone != "UTC":
        z = ZoneInfo(zone)
        for step in range(400):
            a, b = dt.datetime.fromtimestamp(t, z), dt.datetime.fromtimestamp(t + 86400, z)
            if a.utcoffset() != b.utcoffset(): return dt.datetime.fromtimestamp(t - R.randint(0, 30000), UTC).replace(microsecond=0)
            t += 86400
    return dt.datetime.fromtimestamp(t, UTC)

def form(t): return t.strftime("%Y-%m-%dT%H:%M:%SZ")

def on_calendar():
    def part(lo, hi):
        out = []
        if R.random() < .3: return "*"
        for _ in range(R.randint(1, 2)):
            a, c = R.randint(lo, hi), R.random()
            if c < .6: out.append("%02d" % a)
            elif c < .8 and a < hi: out.append("%02d..%02d" % (a, R.randint(a + 1, hi)))
            else: out.append("%02d/%d" % (R.randint(lo, lo + 3), R.randint(1, (hi - lo) // 2)))
        return ",".join(out)
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    a, b = sorted(R.sample(range(7), 2))
    words = [R.choice(["", R.choice(days), ",".join(R.sample(days, 2)), f"{days[a]}..{days[b]}"])]
    date = f"{R.choice(['*', '*', '2027', '2026..2029', '2026/2'])}-{part(1, 12)}" + (f"~{R.randint(1, 9):02d}{R.choice(['', '/1', '/3'])}" if R.random() < .3 else f"-{part(1, 31)}")
    words.append(date if R.random() < .7 else "")
    words.append(f"{part(0, 23)}:{part(0, 59)}" if R.random() < .8 else "")
    return " ".join(w for w in words if w) or "daily"

def main():
    made = 0
    while made < int(sys.argv[2]):
        text, matches, times = cron()
        if len(text) > 200: continue
        zone = R.choice(ZONES); start = start_in(zone)
        print(text, zone, form(start), ",".join(form(t) for t in answer(matches, times, zone, start)) or "-", sep="\t")
        made += 1
    made = 0
    while made < int(sys.argv[3]):
        text, zone = on_calendar(), R.choice(ZONES); start = start_in(zone)
        run = subprocess.run(["systemd-analyze", "calendar", "--iterations=4", "--base-time=" + start.strftime("%Y-%m-%d %H:%M:%S UTC"), text],
                             env=dict(os.environ, TZ=zone, LC_ALL="C"), capture_output=True, text=True)
        if run.returncode: continue
        keys = ("Next elapse:", "Iter. #") if zone == "UTC" else ("(in UTC):",)
        at = [l.strip().split(": ", 1)[1] for l in run.stdout.splitlines() if l.strip().startswith(keys)]
        at = [dt.datetime.strptime(w, "%a %Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC) for w in at if w != "never"]
        z = ZoneInfo(zone)
        if any(x.astimezone(z).utcoffset() != y.astimezone(z).utcoffset() for x, y in zip([start] + at, at)): continue
        print("OnCalendar=" + text, zone, form(start), ",".join(map(form, at)) or "-", sep="\t")
        made += 1

main()
