/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates of an update: one for each advisory; on Debian the origin says what an advisory does not. */
#include "baseline/candidate.h"

bool oak_is_security_class(const char *classification)
{
	static const char *const words[] = {"Security", "SecurityUpdates", "Security Updates"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (oak_strcaseeq(classification, words[i]))
			return true;
	return false;
}

static bool contains(const char *text, const char *word)
{
	return text && oak_strcasestr(text, word);
}

bool oak_is_security_archive(const struct oak_repository *r)
{
	return contains(r->suite, "security") || contains(r->codename, "security") || contains(r->label, "debian-security") ||
	       contains(r->uri, "security.debian.org") || contains(r->uri, "debian-security");
}

/* On Debian advisories come from imported feeds: they say nothing about the archive that offers the version. */
bool oak_carries_advisories(const struct oak_judge *judge, const struct oak_repository *repository)
{
	if (repository->advisories)
		return true;
	if (judge->filters.flavour == OAK_FLAVOUR_DEB)
		return oak_is_security_archive(repository);
	return judge->evidence.unattributed || oak_map_has(&judge->evidence.carriers, repository->id);
}

static bool of_updates_archive(const struct oak_repository *r)
{
	return (r->suite && oak_ends_with(r->suite, "-updates")) || (r->codename && oak_ends_with(r->codename, "-updates"));
}

/* What the origins of a Debian version say: trusted security archive, any trusted origin, an -updates suite. */
struct origins {
	bool security, distrusted_security, trusted, updates;
};

static struct origins look_at_origins(const struct oak_judge *judge, const struct oak_update *update)
{
	struct origins o = {.trusted = update->origins.n == 0};

	for (size_t i = 0; i < update->origins.n; i++) {
		const struct oak_repository *r = oak_evidence_repository(&judge->evidence, update->origins.v[i]);

		if (!r) {
			o.trusted = true; /* a recorded inventory without this repository: its own word counts */
			continue;
		}
		o.trusted |= r->trusted;
		o.updates |= r->trusted && of_updates_archive(r);
		o.security |= r->trusted && oak_is_security_archive(r);
		o.distrusted_security |= !r->trusted && oak_is_security_archive(r);
	}
	return o;
}

static bool has_security_advisory(const struct oak_update *update)
{
	for (size_t i = 0; i < update->advisories.n; i++)
		if (oak_is_security_class(update->advisories.v[i].classification))
			return true;
	return false;
}

/* Debian: a trusted security origin makes it security, or what an imported feed says of a version that may be trusted. */
static void classify_debian(const struct oak_judge *judge, struct oak_candidate *c)
{
	struct origins o = look_at_origins(judge, c->update);
	bool said = c->update->security && o.trusted && !o.distrusted_security;

	c->security = o.security || said || (o.trusted && has_security_advisory(c->update));
	if (c->classification && *c->classification)
		return;
	c->classification = c->security ? "Security" : o.updates ? "Bugfix" : NULL;
}

size_t oak_candidate_count(const struct oak_update *update)
{
	return update->advisories.n ? update->advisories.n : 1;
}

struct oak_candidate oak_candidate_of(const struct oak_judge *judge, const struct oak_update *update, size_t i)
{
	struct oak_candidate c = {.update = update};

	if (i < update->advisories.n) {
		c.advisory = &update->advisories.v[i];
		c.classification = c.advisory->classification;
		c.severity = c.advisory->severity;
	}
	switch (judge->filters.flavour) {
	case OAK_FLAVOUR_DEB:
		classify_debian(judge, &c);
		break;
	case OAK_FLAVOUR_RPM:
		c.security = c.classification && *c.classification;
		break;
	case OAK_FLAVOUR_SUSE:    /* its rules never tell security from the rest */
	case OAK_FLAVOUR_WINDOWS: /* EnableNonSecurity is for Linux */
	case OAK_FLAVOUR_COUNT:
		c.security = true;
		break;
	}
	return c;
}

/* "name:stream" of a label "name:stream:version:context:arch". */
static struct oak_str stream_of(const char *label)
{
	struct oak_str rest = oak_str_of(label), name = OAK_STR(""), stream = OAK_STR("");

	if (oak_str_next(&rest, ':', &name) && oak_str_next(&rest, ':', &stream))
		return (struct oak_str){label, (size_t)(stream.p + stream.n - label)};
	return oak_str_of(label);
}

bool oak_candidate_same_stream(const char *a, const char *b)
{
	return oak_str_eq(stream_of(a), stream_of(b));
}

void oak_candidate_not_security(struct oak_judge *judge, const struct oak_candidate *candidate, enum oak_reason *ret_reason,
				const char **ret_detail)
{
	bool could_tell = candidate->update->origins.n == 0;

	for (size_t i = 0; i < candidate->update->origins.n; i++) {
		const struct oak_repository *r = oak_evidence_repository(&judge->evidence, candidate->update->origins.v[i]);

		could_tell |= !r || judge->filters.flavour == OAK_FLAVOUR_DEB ||
			      oak_carries_advisories(judge, r);
	}
	*ret_reason = could_tell ? OAK_REASON_NOT_SECURITY : OAK_REASON_NO_ADVISORIES;
	*ret_detail = could_tell ? "it is in no advisory and comes from no trusted security archive"
				 : "its repository carries no advisories, so nothing tells whether it is a security update";
}
