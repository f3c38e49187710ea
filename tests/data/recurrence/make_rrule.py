#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Recurrence vectors of random rules, answered by python3-dateutil: RULE, DTSTART, nothing, up to 8 dates, between tabs.
# Usage: make_rrule.py SEED COUNT. rrule.tsv is "make_rrule.py 5 600". Left out is what dateutil reads otherwise than we do and RFC 5545
# leaves open: BYWEEKNO without BYDAY (dateutil: all days of the week), weeks counted from the end so far that they lie in
# another year, INTERVAL of BYWEEKNO (calendar years or years of weeks), a yearly BYMONTHDAY without BYMONTH (dateutil: every month).
import random, sys, datetime as dt, itertools, signal
from dateutil import rrule as rr

seed, want = int(sys.argv[1]), int(sys.argv[2])
R = random.Random(seed)
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

def some(values, most):
    n = R.randint(1, most)
    return sorted(R.sample(list(values), min(n, len(list(values)))))

def lst(v): return ",".join(str(x) for x in v)

def signed(high, most):
    return some([x for x in list(range(1, high + 1)) + list(range(-high, 0))], most)

def byday(freq, ordinal):
    days = some(range(7), 4)
    if ordinal and R.random() < .6:
        top = 5 if freq == "MONTHLY" or ordinal == "month" else 53
        return ",".join(f"{R.choice([x for x in range(-top, top + 1) if x])if R.random()<.5 else R.choice([-1,1,2,3,-2])}{DAYS[d]}" for d in days[:3])
    return ",".join(DAYS[d] for d in days)

def rule():
    freq = R.choice(["YEARLY"] * 4 + ["MONTHLY"] * 4 + ["WEEKLY"] * 3 + ["DAILY"] * 3 + ["HOURLY", "MINUTELY", "SECONDLY"])
    p = {}
    p["FREQ"] = freq
    if R.random() < .5:
        p["INTERVAL"] = R.choice([1, 2, 2, 3, 3, 4, 5, 6, 7, 10, 12, 13, 18, 25, 30, 45, 90])
    if R.random() < .3: p["WKST"] = R.choice(DAYS)
    sub = freq in ("HOURLY", "MINUTELY", "SECONDLY")
    if R.random() < .35: p["BYMONTH"] = lst(some(range(1, 13), 4))
    weekno = freq == "YEARLY" and R.random() < .2
    if weekno:
        p["BYWEEKNO"] = lst(some([x for x in range(-51, 53) if x], 4))
        p.pop("INTERVAL", None)
    if freq != "WEEKLY" and R.random() < .3 and not weekno:
        p["BYMONTHDAY"] = lst(signed(31, 5))
    if freq in ("YEARLY",) and not weekno and R.random() < .2 and "BYMONTHDAY" not in p:
        p["BYYEARDAY"] = lst(signed(366, 6))
    if freq == "YEARLY" and "BYMONTHDAY" in p and "BYMONTH" not in p: p["BYMONTH"] = lst(some(range(1, 13), 4))
    if weekno or R.random() < .45:
        ordn = None
        if freq == "MONTHLY": ordn = "month"
        if freq == "YEARLY" and not weekno: ordn = "month" if "BYMONTH" in p else "year"
        p["BYDAY"] = byday(freq, ordn)
    if R.random() < .15: p["BYHOUR"] = lst(some(range(24), 3))
    if R.random() < .12: p["BYMINUTE"] = lst(some(range(60), 3))
    if R.random() < .06 and not weekno: p["BYSECOND"] = lst(some(range(60), 2))
    if freq in ("MONTHLY", "YEARLY") and any(k.startswith("BY") for k in p) and R.random() < .3:
        p["BYSETPOS"] = lst(signed(R.choice([3, 5, 12]), 3))
    if freq in ("DAILY", "WEEKLY", "HOURLY", "MINUTELY") and any(k.startswith("BY") for k in p) and R.random() < .5:
        p["BYSETPOS"] = lst(signed(3, 2))
    return p

def text(p): return ";".join(f"{k}={v}" for k, v in p.items())

class Slow(Exception): pass
def boom(*a): raise Slow()
signal.signal(signal.SIGALRM, boom)

made = 0
while made < want:
    p = rule()
    date = p["FREQ"] in ("YEARLY", "MONTHLY", "WEEKLY", "DAILY") and not any(k in p for k in ("BYHOUR", "BYMINUTE", "BYSECOND")) and R.random() < .3
    start = dt.datetime(R.randint(2019, 2028), R.randint(1, 12), R.randint(1, 28), R.randint(0, 23), R.choice([0, 0, 15, 30, 59]), R.choice([0, 0, 7]))
    if R.random() < .2: start = start.replace(day=1) - dt.timedelta(days=1)
    if R.random() < .1: start = dt.datetime(R.choice([2020, 2024, 2028]), 2, 29, start.hour, start.minute)
    if date: start = start.replace(hour=0, minute=0, second=0)
    signal.setitimer(signal.ITIMER_REAL, 1.0)
    try:
        first = next(iter(rr.rrulestr(text(p), dtstart=start)), None)
        if first is None or first.year > 2060: raise Slow()
        start = first
        if p["FREQ"] == "WEEKLY" and "BYSETPOS" in p: # dateutil's first week begins with DTSTART, RFC 5545's with WKST
            week = start - dt.timedelta(days=(start.weekday() - DAYS.index(p.get("WKST", "MO"))) % 7)
            if next(d for d in rr.rrulestr(text(p), dtstart=week) if d >= start) != start: raise Slow()
        kind = R.random()
        if kind < .35: p["COUNT"] = R.randint(1, 9)
        elif kind < .6:
            some_ = list(itertools.islice(rr.rrulestr(text(p), dtstart=start), R.randint(1, 7)))
            p["UNTIL"] = (some_[-1] + dt.timedelta(seconds=R.choice([0, 0, -1, 1, 86400]) * (86400 if date else 1))).strftime("%Y%m%d" if date else "%Y%m%dT%H%M%S")
            if some_[-1] == start and "-" in p["UNTIL"]: raise Slow()
        dates = list(itertools.islice(rr.rrulestr(text(p), dtstart=start), 8))
        if not dates or dates[0] != start or dates[-1].year > 2090: raise Slow()
        signal.setitimer(signal.ITIMER_REAL, 0)
    except (Slow, ValueError):
        signal.setitimer(signal.ITIMER_REAL, 0)
        continue
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    f = "%Y-%m-%d" if date else "%Y-%m-%dT%H:%M:%S"
    print(text(p), start.strftime(f), "", ",".join(d.strftime(f) for d in dates), sep="\t")
    made += 1
