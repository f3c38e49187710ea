/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many globs at once: literals in a hash table, globs behind an Aho-Corasick automaton of a literal run of each. */
#include "baseline/glob.h"

#include <stdlib.h>

#include "core/map.h"

enum { NONE = -1, ROOT = 0 };

struct node {
	int fail;       /* longest proper suffix that is a node too */
	int output;     /* nearest node on the fail chain (itself included) with patterns; NONE */
	int first;      /* first pattern of this node; chained by next[] */
};

struct oak_glob_set {
	const char *const *patterns;
	int *next;            /* per pattern: the next with the same literal or node; NONE */
	struct oak_map literals; /* folded text -> index + 1 of the first pattern */
	OAK_VEC(struct node) nodes;
	uint64_t *edges;      /* open addressing: see edge_slot */
	size_t edge_cap;      /* power of two */
	int always;           /* patterns without any literal run */
};

static char *fold_into(char *out, struct oak_str s)
{
	for (size_t i = 0; i < s.n; i++)
		out[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] - 'A' + 'a' : s.p[i]);
	out[s.n] = '\0';
	return out;
}

static char *fold(struct oak_arena *arena, struct oak_str s)
{
	return fold_into(oak_arena_alloc(arena, s.n + 1), s);
}

/* An edge is one word: (node << 8 | byte) + 1 in the high 36 bits, the target node in the low 28; 0 = free. */
static uint64_t *edge_slot(const struct oak_glob_set *set, int node, unsigned char byte)
{
	uint64_t key = ((uint64_t)(unsigned)node << 8 | byte) + 1;
	size_t mask = set->edge_cap - 1;
	size_t i = (size_t)(key * 0x9E3779B97F4A7C15u >> 32) & mask;

	while (set->edges[i] && set->edges[i] >> 28 != key)
		i = (i + 1) & mask;
	return &set->edges[i];
}

static int edge(const struct oak_glob_set *set, int node, unsigned char byte)
{
	uint64_t slot = *edge_slot(set, node, byte);

	return slot ? (int)(slot & 0xFFFFFFF) : NONE;
}

static int add_node(struct oak_arena *arena, struct oak_glob_set *set)
{
	*oak_push(arena, &set->nodes) = (struct node){ROOT, NONE, NONE};
	return (int)set->nodes.n - 1;
}

static void add_run(struct oak_arena *arena, struct oak_glob_set *set, const char *run, int pattern)
{
	int node = ROOT;

	for (; *run; run++) {
		unsigned char byte = (unsigned char)*run;
		int target = edge(set, node, byte);

		if (target == NONE) {
			target = add_node(arena, set);
			*edge_slot(set, node, byte) = (((uint64_t)(unsigned)node << 8 | byte) + 1) << 28 | (unsigned)target;
		}
		node = target;
	}
	set->next[pattern] = set->nodes.v[node].first;
	set->nodes.v[node].first = pattern;
}

static int step(const struct oak_glob_set *set, int node, unsigned char byte)
{
	for (;;) {
		int target = edge(set, node, byte);

		if (target != NONE)
			return target;
		if (node == ROOT)
			return ROOT;
		node = set->nodes.v[node].fail;
	}
}

/* Fail links by rising depth: a child is always behind its parent in breadth-first order. */
static void link_nodes(struct oak_arena *arena, struct oak_glob_set *set)
{
	struct child {
		int node;
		unsigned char byte;
		int sibling;
	} *children = oak_arena_alloc(arena, set->nodes.n * sizeof(*children));
	int *first = oak_arena_alloc(arena, set->nodes.n * sizeof(*first));
	int *queue = oak_arena_alloc(arena, set->nodes.n * sizeof(*queue));
	size_t head = 0, tail = 0;

	for (size_t i = 0; i < set->nodes.n; i++)
		first[i] = NONE;
	for (size_t i = 0; i < set->edge_cap; i++) {
		if (!set->edges[i])
			continue;
		uint64_t key = (set->edges[i] >> 28) - 1;
		int target = (int)(set->edges[i] & 0xFFFFFFF), parent = (int)(key >> 8);

		children[target] = (struct child){target, (unsigned char)key, first[parent]};
		first[parent] = target;
	}
	queue[tail++] = ROOT;
	while (head < tail) {
		int parent = queue[head++];

		for (int c = first[parent]; c != NONE; c = children[c].sibling) {
			struct node *node = &set->nodes.v[c];

			node->fail = parent == ROOT ? ROOT : step(set, set->nodes.v[parent].fail, children[c].byte);
			node->output = node->first != NONE ? c : set->nodes.v[node->fail].output;
			queue[tail++] = c;
		}
	}
}

enum { SHORT_RUN = 4 }; /* shorter ones occur in too many texts */

/* Patterns with each run, so that "lib" of "lib*-12345-dev" is not what finds it. */
static void count_runs(struct oak_arena *arena, struct oak_map *counts, const char *pattern)
{
	struct oak_str run;

	while (oak_glob_next_run(&pattern, &run)) {
		void **count = oak_map_slot(counts, fold(arena, run));
		*count = (void *)((intptr_t)*count + 1);
	}
}

/* The run to look for: not a short one, then the rarest, then the longest. NULL if PATTERN has none. */
static const char *choose_run(struct oak_arena *arena, const struct oak_map *counts, const char *pattern)
{
	const char *best = NULL;
	intptr_t best_count = 0;
	struct oak_str run;

	while (oak_glob_next_run(&pattern, &run)) {
		const char *text = fold(arena, run);
		intptr_t count = (intptr_t)oak_map_find(counts, text);
		size_t n = best ? strlen(best) : 0;
		bool longer_class = run.n >= SHORT_RUN && n < SHORT_RUN, same_class = (run.n >= SHORT_RUN) == (n >= SHORT_RUN);

		if (best && !longer_class && !(same_class && (count < best_count || (count == best_count && run.n > n))))
			continue;
		best = text;
		best_count = count;
	}
	return best;
}

static void add_pattern(struct oak_arena *arena, struct oak_glob_set *set, size_t i, const char *run)
{
	if (!oak_glob_is_pattern(set->patterns[i])) {
		void **slot = oak_map_slot(&set->literals, fold(arena, oak_str_of(set->patterns[i])));
		set->next[i] = (int)(intptr_t)*slot - 1;
		*slot = (void *)(intptr_t)(i + 1);
	} else if (!run) {
		set->next[i] = set->always;
		set->always = (int)i;
	} else {
		add_run(arena, set, run, (int)i);
	}
}

struct oak_glob_set *oak_glob_set_new(struct oak_arena *arena, const char *const *patterns, size_t n)
{
	struct oak_glob_set *set = OAK_NEW(arena, struct oak_glob_set);
	const char **runs = oak_arena_alloc(arena, (n + 1) * sizeof(*runs));
	struct oak_map counts;
	size_t bytes = 0, cap = 16;

	oak_map_init(&counts, arena, n);
	for (size_t i = 0; i < n; i++)
		if (oak_glob_is_pattern(patterns[i]))
			count_runs(arena, &counts, patterns[i]);
	for (size_t i = 0; i < n; i++) {
		runs[i] = oak_glob_is_pattern(patterns[i]) ? choose_run(arena, &counts, patterns[i]) : NULL;
		bytes += runs[i] ? strlen(runs[i]) : 0;
	}
	while (cap < bytes * 2)
		cap *= 2;
	set->patterns = patterns;
	set->next = oak_arena_alloc(arena, (n + 1) * sizeof(*set->next));
	set->edges = oak_arena_alloc(arena, cap * sizeof(*set->edges));
	set->edge_cap = cap;
	set->always = NONE;
	oak_map_init(&set->literals, arena, n);
	add_node(arena, set);
	for (size_t i = 0; i < n; i++)
		add_pattern(arena, set, i, runs[i]);
	link_nodes(arena, set);
	return set;
}

static void match_chain(const struct oak_glob_set *set, int pattern, const char *text, void (*hit)(void *, size_t),
			void *arg)
{
	for (; pattern != NONE; pattern = set->next[pattern])
		if (oak_glob_match(set->patterns[pattern], text))
			hit(arg, (size_t)pattern);
}

/* TEXT in lower case: in SMALL if it fits, else to be freed by the caller. */
enum { SMALL = 256 };
static char *lower_case(char small[SMALL], const char *text)
{
	struct oak_str whole = oak_str_of(text);

	return fold_into(whole.n < SMALL ? small : oak_alloc(whole.n + 1), whole);
}

static void match_literals(const struct oak_glob_set *set, const char *lower, void (*hit)(void *, size_t), void *arg)
{
	for (int i = (int)(intptr_t)oak_map_find(&set->literals, lower) - 1; i != NONE; i = set->next[i])
		hit(arg, (size_t)i);
}

static void match_globs(const struct oak_glob_set *set, const char *text, const char *lower,
			void (*hit)(void *, size_t), void *arg)
{
	int node = ROOT;

	match_chain(set, set->always, text, hit, arg);
	for (; *lower && set->nodes.n > 1; lower++) {
		node = step(set, node, (unsigned char)*lower);
		for (int out = set->nodes.v[node].output; out != NONE; out = set->nodes.v[set->nodes.v[out].fail].output)
			match_chain(set, set->nodes.v[out].first, text, hit, arg);
	}
}

void oak_glob_set_match(const struct oak_glob_set *set, const char *text, void (*hit)(void *arg, size_t index), void *arg)
{
	char small[SMALL], *lower = lower_case(small, text);

	match_literals(set, lower, hit, arg);
	match_globs(set, text, lower, hit, arg);
	if (lower != small)
		free(lower);
}

void oak_glob_set_literal(const struct oak_glob_set *set, const char *text, void (*hit)(void *arg, size_t index),
			  void *arg)
{
	char small[SMALL], *lower = lower_case(small, text);

	match_literals(set, lower, hit, arg);
	if (lower != small)
		free(lower);
}
