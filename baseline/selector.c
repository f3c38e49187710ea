/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading selectors, and asking them about a node. */
#include "baseline/selector_tree.h"

#include <ctype.h>

#include "core/buf.h"
#include "core/str.h"

static const char *const key_words[OAK_KEY_COUNT] = {NULL, "id", "name", "os", "family", "version", "arch"};

/* --- words ------------------------------------------------------------------------------------------------------------ */

enum kind { END, WORD, QUOTED, OPEN, CLOSE, COMMA, EQUAL, UNEQUAL, BAD };

struct scan {
	struct oak_arena *arena;
	const char *text, *subject;
	size_t at, next; /* of the current word, and behind it */
	enum kind kind;
	const char *word; /* WORD, QUOTED */
	size_t depth, tests;
	struct oak_error *err;
};

static bool is_word(char c)
{
	return (unsigned char)c >= 0x80 || isalnum((unsigned char)c) || strchr("_.:/@+-~*", c);
}

/* "a ""b""" with its quote doubled inside. False = it does not end. */
static bool quoted(struct scan *s)
{
	char quote = s->text[s->at];
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_buf_init(&buf, OAK_SELECTOR_MAX);
	for (size_t i = s->at + 1; s->text[i]; i++) {
		if (s->text[i] == quote && s->text[i + 1] != quote) {
			s->next = i + 1;
			s->word = oak_arena_strdup(s->arena, oak_buf_text(&buf));
			return true;
		}
		i += s->text[i] == quote;
		oak_buf_addc(&buf, s->text[i]);
	}
	return false;
}

static void advance(struct scan *s)
{
	static const struct {
		const char *text;
		enum kind kind;
	} marks[] = {{"==", EQUAL}, {"!=", UNEQUAL}, {"=", EQUAL}, {"(", OPEN}, {")", CLOSE}, {",", COMMA}};
	s->at = s->next;
	while (s->text[s->at] && strchr(" \t\r\n", s->text[s->at]))
		s->at++;
	const char *p = s->text + s->at;
	s->next = s->at;
	if (!*p) {
		s->kind = END;
		return;
	}
	if (*p == '"' || *p == '\'') {
		s->kind = quoted(s) ? QUOTED : BAD;
		return;
	}
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (oak_starts_with(p, marks[i].text)) {
			s->kind = marks[i].kind;
			s->next += strlen(marks[i].text);
			return;
		}
	while (s->text[s->next] && is_word(s->text[s->next]))
		s->next++;
	s->kind = s->next > s->at ? WORD : BAD;
	s->word = oak_arena_strndup(s->arena, p, s->next - s->at);
}

static bool is(const struct scan *s, const char *word)
{
	return s->kind == WORD && oak_streq(s->word, word);
}

static bool is_reserved(const struct scan *s)
{
	return is(s, "and") || is(s, "or") || is(s, "not") || is(s, "in") || is(s, "all");
}

static struct oak_selector *wrong(struct scan *s, const char *wanted)
{
	oak_fail(s->err, OAK_INVALID, "selector.invalid", 0, "'%s': selector '%s': %s expected at character %zu%s%s%s", s->subject,
		 s->text, wanted, s->at + 1, s->kind == END ? ", where it ends" : " instead of '",
		 s->kind == END ? "" : oak_arena_strndup(s->arena, s->text + s->at, s->next > s->at ? s->next - s->at : 1),
		 s->kind == END ? "" : "'");
	return NULL;
}

static struct oak_selector *too_much(struct scan *s, const char *what)
{
	oak_fail(s->err, OAK_INVALID, "selector.invalid", 0, "'%s': selector has %s (split it into several assignments)", s->subject, what);
	return NULL;
}

/* --- the tree --------------------------------------------------------------------------------------------------------- */

static size_t capped(size_t n)
{
	return n > OAK_SELECTOR_TERMS ? OAK_SELECTOR_TERMS + 1 : n;
}

static struct oak_selector *node(struct scan *s, enum oak_selector_op op, struct oak_selector *left, struct oak_selector *right)
{
	struct oak_selector *n = OAK_NEW(s->arena, struct oak_selector);
	*n = (struct oak_selector){.op = op, .left = left, .right = right, .terms = 1, .terms_not = 1};
	if (op == OAK_SELECT_NOT) {
		n->terms = left->terms_not;
		n->terms_not = left->terms;
	} else if (op == OAK_SELECT_AND) {
		n->terms = capped(left->terms * right->terms);
		n->terms_not = capped(left->terms_not + right->terms_not);
	} else if (op == OAK_SELECT_OR) {
		n->terms = capped(left->terms + right->terms);
		n->terms_not = capped(left->terms_not * right->terms_not);
	}
	return n->terms > OAK_SELECTOR_TERMS || n->terms_not > OAK_SELECTOR_TERMS ? too_much(s, "too many alternatives") : n;
}

const char *oak_selector_canonical(struct oak_arena *arena, enum oak_selector_key kind, const char *value)
{
	static const char *const same[][2] = {{"x86_64", "amd64"}, {"x64", "amd64"}, {"aarch64", "arm64"}, {"i686", "i386"}, {"x86", "i386"}};
	if (kind != OAK_KEY_OS && kind != OAK_KEY_FAMILY && kind != OAK_KEY_ARCH)
		return value;
	char *lower = oak_arena_strdup(arena, value);
	for (char *p = lower; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	for (size_t i = 0; kind == OAK_KEY_ARCH && i < sizeof(same) / sizeof(*same); i++)
		if (oak_streq(lower, same[i][0]))
			return same[i][1];
	return lower;
}

static bool value(struct scan *s, struct oak_selector_test *test)
{
	if ((s->kind != WORD && s->kind != QUOTED) || is_reserved(s)) {
		wrong(s, "a value");
		return false;
	}
	*oak_push(s->arena, &test->values) = oak_selector_canonical(s->arena, test->kind, s->word);
	advance(s);
	return true;
}

static bool values(struct scan *s, struct oak_selector_test *test)
{
	if (s->kind != OPEN) {
		wrong(s, "'('");
		return false;
	}
	do {
		advance(s);
		if (!value(s, test))
			return false;
	} while (s->kind == COMMA);
	if (s->kind != CLOSE) {
		wrong(s, "',' or ')'");
		return false;
	}
	advance(s);
	return true;
}

static struct oak_selector *test(struct scan *s)
{
	struct oak_selector *n;
	if ((s->kind != WORD && s->kind != QUOTED) || is_reserved(s))
		return wrong(s, "a key");
	if (++s->tests > OAK_SELECTOR_TESTS)
		return too_much(s, "more than 256 tests");
	n = node(s, OAK_SELECT_TEST, NULL, NULL);
	n->test.key = s->word;
	for (int k = OAK_KEY_ID; s->kind == WORD && k < OAK_KEY_COUNT; k++)
		if (oak_streq(s->word, key_words[k]))
			n->test.kind = (enum oak_selector_key)k;
	if (s->kind == WORD && oak_starts_with(s->word, "tag:"))
		n->test.key = s->word + 4;
	advance(s);
	if (s->kind == EQUAL || s->kind == UNEQUAL) {
		n->unequal = s->kind == UNEQUAL;
		advance(s);
		return value(s, &n->test) ? n : NULL;
	}
	if (is(s, "not")) {
		n->unequal = true;
		advance(s);
		if (!is(s, "in"))
			return wrong(s, "'in'");
	}
	if (is(s, "in")) {
		advance(s);
		return values(s, &n->test) ? n : NULL;
	}
	return n;
}

static struct oak_selector *either(struct scan *s);

static struct oak_selector *factor(struct scan *s)
{
	struct oak_selector *inner;
	bool negated = is(s, "not");
	if (!negated && s->kind != OPEN) {
		if (!is(s, "all"))
			return test(s);
		advance(s);
		return node(s, OAK_SELECT_ALL, NULL, NULL);
	}
	if (++s->depth > OAK_SELECTOR_DEPTH)
		return too_much(s, "more than 64 levels");
	advance(s);
	inner = negated ? factor(s) : either(s);
	s->depth--;
	if (!inner)
		return NULL;
	if (negated)
		return node(s, OAK_SELECT_NOT, inner, NULL);
	if (s->kind != CLOSE)
		return wrong(s, "'and', 'or' or ')'");
	advance(s);
	return inner;
}

static struct oak_selector *both(struct scan *s)
{
	struct oak_selector *left = factor(s);
	while (left && is(s, "and")) {
		advance(s);
		struct oak_selector *right = factor(s);
		left = right ? node(s, OAK_SELECT_AND, left, right) : NULL;
	}
	return left;
}

static struct oak_selector *either(struct scan *s)
{
	struct oak_selector *left = both(s);
	while (left && is(s, "or")) {
		advance(s);
		struct oak_selector *right = both(s);
		left = right ? node(s, OAK_SELECT_OR, left, right) : NULL;
	}
	return left;
}

int oak_selector_parse(struct oak_arena *arena, const char *text, const char *subject, struct oak_selector **ret,
		       struct oak_error *err)
{
	struct scan s = {.arena = arena, .text = text, .subject = subject, .err = err};
	if (strlen(text) > OAK_SELECTOR_MAX)
		return oak_fail(err, OAK_INVALID, "selector.invalid", 0, "'%s': selector is longer than %d characters", subject,
				OAK_SELECTOR_MAX);
	advance(&s);
	*ret = either(&s);
	if (!*ret)
		return -1;
	if (s.kind != END)
		wrong(&s, "'and', 'or' or the end");
	return s.kind == END ? 0 : -1;
}

/* --- asking ----------------------------------------------------------------------------------------------------------- */

bool oak_selector_covers(enum oak_selector_key kind, const char *wanted, const char *value)
{
	size_t n = strlen(wanted);
	if (kind != OAK_KEY_VERSION)
		return oak_streq(wanted, value);
	return strncmp(wanted, value, n) == 0 && (value[n] == '\0' || value[n] == '.');
}

/* NULL = the node has no such tag. */
static const char *value_of(const struct oak_node *n, const struct oak_selector_test *test)
{
	const char *own[OAK_KEY_COUNT] = {NULL, n->id, n->name, n->platform.id, n->platform.family, n->platform.version, n->platform.arch};
	if (test->kind != OAK_KEY_TAG)
		return own[test->kind] ? own[test->kind] : "";
	for (size_t i = 0; i < n->tags.n; i++)
		if (oak_streq(n->tags.v[i].key, test->key))
			return n->tags.v[i].value;
	return NULL;
}

static bool test_matches(const struct oak_selector *s, const struct oak_node *n)
{
	const char *value = value_of(n, &s->test);
	bool found = value && s->test.values.n == 0;
	if (value && s->test.values.n) {
		struct oak_arena *arena = oak_arena_new();
		const char *canonical = oak_selector_canonical(arena, s->test.kind, value);
		for (size_t i = 0; i < s->test.values.n && !found; i++)
			found = oak_selector_covers(s->test.kind, s->test.values.v[i], canonical);
		oak_arena_free(arena);
	}
	return found != s->unequal;
}

bool oak_selector_matches(const struct oak_selector *s, const struct oak_node *n)
{
	switch (s->op) {
	case OAK_SELECT_ALL:
		return true;
	case OAK_SELECT_TEST:
		return test_matches(s, n);
	case OAK_SELECT_NOT:
		return !oak_selector_matches(s->left, n);
	case OAK_SELECT_AND:
		return oak_selector_matches(s->left, n) && oak_selector_matches(s->right, n);
	case OAK_SELECT_OR:
		return oak_selector_matches(s->left, n) || oak_selector_matches(s->right, n);
	}
	return false;
}

static const char *test_text(struct oak_arena *arena, const struct oak_selector *s, const struct oak_node *n, bool negated)
{
	const char *value = value_of(n, &s->test);
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_buf_init(&buf, 2 * OAK_SELECTOR_MAX);
	bool unequal = s->unequal != negated;
	oak_buf_addf(&buf, "%s%s%s", s->test.values.n || !unequal ? "" : "not ", s->test.kind == OAK_KEY_TAG ? "" : "the node's ", s->test.key);
	if (s->test.values.n == 1)
		oak_buf_addf(&buf, " %s %s", unequal ? "!=" : "==", s->test.values.v[0]);
	for (size_t i = 0; s->test.values.n > 1 && i < s->test.values.n; i++)
		oak_buf_addf(&buf, "%s%s", i ? ", " : unequal ? " not in (" : " in (", s->test.values.v[i]);
	oak_buf_adds(&buf, s->test.values.n > 1 ? ")" : "");
	if (value)
		oak_buf_addf(&buf, ", but it is '%s'", value);
	else
		oak_buf_adds(&buf, ", but the node has no such tag");
	return oak_arena_strdup(arena, oak_buf_text(&buf));
}

/* Why SELECTOR is not what WANTED says; NULL if it is. */
static const char *why(struct oak_arena *arena, const struct oak_selector *s, const struct oak_node *n, bool wanted)
{
	if (oak_selector_matches(s, n) == wanted)
		return NULL;
	if (s->op == OAK_SELECT_TEST)
		return test_text(arena, s, n, !wanted);
	if (s->op == OAK_SELECT_NOT)
		return why(arena, s->left, n, !wanted);
	if (s->op == OAK_SELECT_ALL)
		return "it excludes all nodes";
	const char *first = why(arena, s->left, n, wanted);
	return first ? first : why(arena, s->right, n, wanted);
}

const char *oak_selector_why_not(struct oak_arena *arena, const struct oak_selector *selector, const struct oak_node *n)
{
	return why(arena, selector, n, true);
}
