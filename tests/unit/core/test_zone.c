/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zones against the C library's own reading of the same database, POSIX rules, and local times around every change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/zone.h"

static const char *const names[] = {"Europe/Berlin",	"America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo",
				    "Africa/Casablanca", "Pacific/Apia",     "Europe/Dublin",	    "Asia/Kathmandu",
				    "Asia/Gaza",	 "America/Scoresbysund"};

static struct oak_arena *arena;
static struct oak_zones zones;

static const struct oak_zone *zone_of(const char *name)
{
	struct oak_error err = {0};
	const struct oak_zone *zone = zones.find(zones.arg, name, &err);
	assert_non_null(zone);
	return zone;
}

static int libc_offset(oak_time t)
{
	time_t when = (time_t)t;
	struct tm tm;
	localtime_r(&when, &tm);
	return (int)tm.tm_gmtoff;
}

static void test_offsets(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct oak_zone *zone = zone_of(names[i]);
		setenv("TZ", names[i], 1);
		tzset();
		for (oak_time t = -2208988800; t < 13569465600; t += 86400 * 3 + 7201) /* 1900 to 2400 */
			if (oak_zone_offset(zone, t) != libc_offset(t))
				fail_msg("%s at %lld: %d, libc %d", names[i], (long long)t, oak_zone_offset(zone, t),
					 libc_offset(t));
	}
	setenv("TZ", "UTC", 1);
	tzset();
}

/* Every instant maps to a local time that maps back to it, or to its twin one change earlier; and in a gap the two
 * rules give what they say. */
static void test_instants(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct oak_zone *zone = zone_of(names[i]);
		for (oak_time t = 1262304000; t < 1262304000 + (oak_time)86400 * 365 * 5; t += 1800) {
			oak_time local = oak_zone_local(zone, t), back = oak_zone_instant(zone, local, OAK_GAP_END);
			if (back != t) {
				assert_true(back < t);
				assert_int_equal(oak_zone_local(zone, back), local);
			}
			int before = oak_zone_offset(zone, t - 1), after = oak_zone_offset(zone, t);
			if (after > before) {
				oak_time missing = t + before + (after - before) / 2;
				assert_int_equal(oak_zone_instant(zone, missing, OAK_GAP_END), t);
				assert_int_equal(oak_zone_instant(zone, missing, OAK_GAP_BEFORE), missing - before);
			}
		}
	}
}

static void test_posix(void **state)
{
	(void)state;
	static const struct {
		const char *rule;
		oak_time at;
		int offset;
	} rows[] = {
		{"CET-1CEST,M3.5.0,M10.5.0/3", 1774745999, 3600},	/* 2026-03-29T00:59:59Z */
		{"CET-1CEST,M3.5.0,M10.5.0/3", 1774746000, 7200},
		{"CET-1CEST,M3.5.0,M10.5.0/3", 1792889999, 7200}, /* 2026-10-25T00:59:59Z */
		{"CET-1CEST,M3.5.0,M10.5.0/3", 1792890000, 3600},
		{"<+0530>-5:30", 0, 19800},
		{"IST-1GMT0,M10.5.0,M3.5.0/1", 1769904000, 0}, /* Dublin: winter is its "daylight" time */
		{"IST-1GMT0,M10.5.0,M3.5.0/1", 1785542400, 3600},
		{"EST5EDT,M3.2.0,M11.1.0", 1773039599, -14400}, /* 2026-03-09 */
		{"AAA3BBB,J60/0,J61/0", 1709175600, -10800},	/* 29 February 2024 is never day 60 */
		{"AAA3BBB,J60/0,J61/0", 1709262000, -7200},
		{"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1774745999, -7200},
		{"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1774746000, -3600},
	};
	struct oak_error err = {0};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct oak_zone *zone;
		assert_int_equal(oak_zone_posix(arena, rows[i].rule, &zone, &err), 0);
		if (oak_zone_offset(zone, rows[i].at) != rows[i].offset)
			fail_msg("%s at %lld: %d", rows[i].rule, (long long)rows[i].at,
				 oak_zone_offset(zone, rows[i].at));
	}
	static const char *const bad[] = {"",	     "CE-1",  "CET",	  "CET-25",		"CET-1CEST", "CET-1CEST,M13.1.0,M1.1.0",
					  "CET-1x", "<+1>5", "CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,M10.5.0/168",
					  "CET-1CEST,M3.5.0,M10.5.0/3x", "<CET", "CET-1CEST,J0,J5", "CET-1CEST,M1.0.0,J5"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const struct oak_zone *zone;
		assert_int_equal(oak_zone_posix(arena, bad[i], &zone, &err), -1);
	}
}

static void test_bad_files(void **state)
{
	(void)state;
	struct oak_error err = {0};
	const struct oak_zone *zone;
	FILE *file = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
	assert_non_null(file);
	static char bytes[8192];
	size_t n = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	for (size_t cut = 0; cut < n; cut++)
		assert_int_equal(oak_zone_parse(arena, bytes, cut, "cut", &zone, &err), -1);
	assert_int_equal(oak_zone_parse(arena, bytes, n, "whole", &zone, &err), 0);
	assert_null(zones.find(zones.arg, "../../etc/passwd", &err));
	assert_string_equal(err.id, "zone.unknown");
	assert_null(zones.find(zones.arg, "Europe", &err));
	assert_null(zones.find(zones.arg, "europe/Nowhere", &err));
	assert_null(zones.find(zones.arg, "zone.tab", &err));
	assert_true(zones.find(zones.arg, "Europe/Berlin", &err) == zones.find(zones.arg, "Europe/Berlin", &err));
}

static int setup(void **state)
{
	(void)state;
	arena = oak_arena_new();
	zones = oak_zones_system(arena);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	oak_arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_instants),
		cmocka_unit_test(test_posix),
		cmocka_unit_test(test_bad_files),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
