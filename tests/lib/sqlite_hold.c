/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keep a SQLite database open, with a reader, so that its -wal is not folded in, and on a line of input lock it: sqlite_hold FILE.
 * Prints a line when open and one when locked; ends with its input. */
#include <sqlite3.h>
#include <stdio.h>

static int run(sqlite3 *db, const char *sql, const char *said)
{
	int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	printf("%s %d\n", said, rc);
	fflush(stdout);
	return rc;
}

int main(int argc, char **argv)
{
	sqlite3 *db = NULL;
	char line[64];
	if (argc != 2 || sqlite3_open(argv[1], &db) != SQLITE_OK)
		return 1;
	run(db, "BEGIN; SELECT count(*) FROM Packages;", "open");
	while (fgets(line, sizeof(line), stdin))
		run(db, "COMMIT; BEGIN EXCLUSIVE;", "locked");
	sqlite3_close(db);
	return 0;
}
