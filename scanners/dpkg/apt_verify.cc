/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gpgv over Release files as apt calls it, SHA-256 over lists; verdicts kept by the files' stat. */
#include "scanners/dpkg/apt_verify.hh"

#include <apt-pkg/configuration.h>
#include <apt-pkg/error.h>
#include <apt-pkg/fileutl.h>
#include <apt-pkg/gpgv.h>
#include <apt-pkg/strutl.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "scanners/dpkg/apt_repositories.hh"

namespace oak {

/* A verdict is one word and a text: "good", "bad TEXT", "unchecked TEXT". */
enum { STATUS_FD = 3, NOT_SIGNED = 112 /* as apt's own helper ends then */ };
static const std::string GOOD = "good", BAD = "bad ", UNCHECKED = "unchecked ";

static std::string stamp_of(const std::string &path)
{
	struct stat st;
	if (stat(path.c_str(), &st) < 0)
		return path + " -;";
	std::ostringstream text;
	text << path << ' ' << st.st_dev << ' ' << st.st_ino << ' ' << st.st_size << ' ' << st.st_mtim.tv_sec << '.'
	     << st.st_mtim.tv_nsec << ' ' << st.st_ctim.tv_sec << '.' << st.st_ctim.tv_nsec << ';';
	return text.str();
}

static std::string key_of(const metaIndex *release)
{
	std::string text = stamp_of(release_file(release)), keys = release->GetSignedBy();
	if (!release_file(release).empty())
		text += stamp_of(release_file(release) + ".gpg");
	text += keys + ";" + std::to_string(release->GetTrusted()) + ";";
	for (const std::string &key : VectorizeString(keys, ','))
		if (!key.empty() && key[0] == '/')
			text += stamp_of(key);
	text += stamp_of(_config->FindFile("Dir::Etc::trusted")) + stamp_of(_config->FindDir("Dir::Etc::trustedparts"));
	for (const auto &target : release->GetIndexTargets())
		if (target.Option(IndexTarget::CREATED_BY) == "Packages")
			text += stamp_of(list_file(target));
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	oak_sha256(text.data(), text.size(), digest);
	oak_hex(digest, sizeof(digest), hex);
	return hex;
}

struct Signature {
	bool good = false, bad = false, unknown = false, ran = false;
	std::string key;
};

/* "[GNUPG:] BADSIG 0E98404D386FA1D9 Debian …" */
static void read_status(const std::string &line, Signature *signature)
{
	static const struct {
		const char *word;
		bool Signature::*flag;
	} words[] = {{"GOODSIG", &Signature::good},   {"VALIDSIG", &Signature::good}, {"BADSIG", &Signature::bad},
		     {"NODATA", &Signature::bad},     {"REVKEYSIG", &Signature::bad}, {"NO_PUBKEY", &Signature::unknown}};
	std::istringstream in(line);
	std::string tag, word, key;
	in >> tag >> word >> key;
	if (tag != "[GNUPG:]")
		return;
	signature->ran = true;
	for (const auto &row : words)
		if (word == row.word) {
			signature->*row.flag = true;
			if (row.flag == &Signature::unknown)
				signature->key = key;
		}
}

static bool has_keys(const std::string &keys)
{
	if (!keys.empty()) {
		for (const std::string &key : VectorizeString(keys, ','))
			if (key.empty() || key[0] != '/' || FileExists(key))
				return true;
		return false;
	}
	if (RealFileExists(_config->FindFile("Dir::Etc::trusted")))
		return true;
	std::string dir = _config->FindDir("Dir::Etc::trustedparts");
	std::vector<std::string> extensions = {"gpg", "asc"};
	return DirectoryExists(dir) && !GetListOfFilesInDir(dir, extensions, false).empty();
}

/* Key files in gpg's own format need none of the shell script with which apt prepares all others. */
static bool are_plain_keyrings(const std::string &keys)
{
	for (const std::string &key : VectorizeString(keys, ','))
		if (key.empty() || key[0] != '/' || !APT::String::Endswith(key, ".gpg") || !RealFileExists(key))
			return false;
	return !keys.empty();
}

/* Never returns. FILE's signed text is split off as apt does it; whatever else the file holds is not looked at. */
[[noreturn]] static void exec_gpgv(const std::string &file, const std::string &signature_file, const std::string &keys)
{
	FileFd signature, message;
	std::string sig = signature_file, data = file;
	if (file == signature_file) {
		if (!GetTempFile("oakum.sig", true, &signature) || !GetTempFile("oakum.data", true, &message) ||
		    !SplitClearSignedFile(file, &message, nullptr, &signature))
			_exit(NOT_SIGNED);
		signature.Seek(0);
		message.Seek(0);
		sig = "/proc/self/fd/" + std::to_string(fcntl(signature.Fd(), F_DUPFD, STATUS_FD + 1));
		data = "/proc/self/fd/" + std::to_string(fcntl(message.Fd(), F_DUPFD, STATUS_FD + 1));
	}
	std::vector<std::string> words = {"gpgv", "--homedir", "/nonexistent", "--ignore-time-conflict", "--status-fd",
					  std::to_string(STATUS_FD)};
	for (const std::string &key : VectorizeString(keys, ',')) {
		words.push_back("--keyring");
		words.push_back(key);
	}
	words.push_back(sig);
	words.push_back(data);
	std::vector<char *> argv;
	for (std::string &word : words)
		argv.push_back(word.data());
	argv.push_back(nullptr);
	execvp("gpgv", argv.data());
	_exit(127);
}

static bool run_gpgv(const std::string &file, const std::string &signature_file, const std::string &keys, Signature *ret,
		     int *ret_status)
{
	int ends[2];
	if (::pipe(ends) < 0)
		return false;
	pid_t pid = fork();
	if (pid == 0) {
		dup2(::open("/dev/null", O_RDWR), STDERR_FILENO);
		if (!are_plain_keyrings(keys))
			ExecGPGV(file, signature_file, STATUS_FD, ends, keys); /* it moves ends[1] there */
		int out = fcntl(ends[1], F_DUPFD, STATUS_FD + 1);
		close(ends[0]);
		close(ends[1]);
		dup2(out, STATUS_FD);
		close(out);
		exec_gpgv(file, signature_file, keys);
	}
	close(ends[1]);
	FILE *in = pid > 0 ? fdopen(ends[0], "r") : nullptr;
	char line[1024];
	while (in && fgets(line, sizeof(line), in))
		read_status(line, ret);
	if (in)
		fclose(in);
	return pid > 0 && waitpid(pid, ret_status, 0) == pid;
}

static std::string check_signature(const metaIndex *release, const std::string &file)
{
	std::string detached = file + ".gpg", keys = release->GetSignedBy();
	bool inside = APT::String::Endswith(file, "InRelease");
	if (release->GetTrusted() == metaIndex::TRI_YES || (!inside && !FileExists(detached)))
		return GOOD; /* unsigned, and shown as such, or trusted by the administrator */
	if (!has_keys(keys))
		return UNCHECKED + "its key is not there";
	Signature signature;
	int status = 0;
	if (!run_gpgv(file, inside ? file : detached, keys, &signature, &status))
		return UNCHECKED + "no process can be started for gpgv";
	if (signature.bad)
		return BAD + "its signature is broken";
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_SIGNED)
		return BAD + "it is not signed text";
	if (signature.good)
		return GOOD;
	if (signature.unknown)
		return BAD + "it is signed by key " + signature.key + ", which is not trusted for it";
	return signature.ran ? BAD + "its signature could not be read" : UNCHECKED + "gpgv cannot be run";
}

/* SHA-256 of FILE, decompressed by its name if PLAIN; empty = cannot be read. *RET_SIZE of what was hashed. */
static std::string digest_of(const std::string &file, bool plain, unsigned long long *ret_size)
{
	FileFd in;
	*ret_size = 0;
	bool ok = plain ? in.Open(file, FileFd::ReadOnly, FileFd::Extension) : in.Open(file, FileFd::ReadOnly, FileFd::None);
	struct oak_hasher *hasher = oak_sha256_new();
	std::vector<char> chunk(256 * 1024);
	unsigned long long got = 0;
	while (ok && (ok = in.Read(chunk.data(), chunk.size(), &got)) && got) {
		oak_hasher_add(hasher, chunk.data(), got);
		*ret_size += got;
	}
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	oak_hasher_end(hasher, digest);
	oak_hex(digest, sizeof(digest), hex);
	take_errors(true);
	return ok ? hex : "";
}

static std::string check_list(metaIndex *release, const IndexTarget &target)
{
	std::string file = list_file(target), plain = target.Option(IndexTarget::FILENAME);
	if (file.empty())
		return GOOD;
	std::string name = target.MetaKey + " ";
	bool compressed = file != plain;
	auto *sum = release->Lookup(target.MetaKey);
	bool raw = !sum && compressed;
	if (raw)
		sum = release->Lookup(target.MetaKey + file.substr(plain.size()));
	const HashString *expected = sum ? sum->Hashes.find("SHA256") : nullptr;
	if (!expected)
		return GOOD; /* nothing to compare with: apt would have refused it if it had to be signed */
	unsigned long long size;
	std::string digest = digest_of(file, !raw, &size);
	if (digest.empty())
		return BAD + name + "cannot be decompressed: it is damaged";
	if (size != sum->Size)
		return BAD + name + "has " + std::to_string(size) + " bytes, its Release file says " + std::to_string(sum->Size) +
		       ": it was not written whole";
	return digest == expected->HashValue() ? GOOD : BAD + name + "does not have the hash that its Release file says";
}

static std::string check(metaIndex *release)
{
	std::string file = release_file(release), reason;
	if (file.empty())
		return GOOD;
	std::string verdict = check_signature(release, file);
	if (verdict.compare(0, BAD.size(), BAD) == 0)
		return verdict;
	if (!release->Load(file, &reason)) {
		std::string why = reason.empty() ? take_errors() : reason;
		return BAD + "its Release file cannot be read: " + (why.empty() ? "it is cut off, or is no Release file" : why);
	}
	take_errors(true);
	for (const auto &target : release->GetIndexTargets()) {
		std::string list = target.Option(IndexTarget::CREATED_BY) == "Packages" ? check_list(release, target) : GOOD;
		if (list != GOOD)
			return list;
	}
	return verdict;
}

void Verifier::note(const std::string &name, const std::string &verdict)
{
	if (verdict.compare(0, BAD.size(), BAD) == 0)
		wrong[name] = verdict.substr(BAD.size());
	else if (verdict.compare(0, UNCHECKED.size(), UNCHECKED) == 0)
		unchecked[name] = verdict.substr(UNCHECKED.size());
}

void Verifier::load()
{
	std::ifstream in(host.own + "verified");
	std::string key, verdict;
	while (!host.own.empty() && in >> key && in.get() && std::getline(in, verdict))
		known[key] = verdict;
}

/* Only what is asked for now is kept. Losing the file costs one more check. */
void Verifier::save() const
{
	std::string text;
	for (const auto &[name, key] : keys)
		if (known.count(key))
			text += key + " " + known.at(key) + "\n";
	struct oak_error ignored = {};
	if (!host.own.empty() &&
	    oak_fs_write_atomic((host.own + "verified").c_str(), text.data(), text.size(), 0600, &ignored) < 0)
		return;
}

void Verifier::begin()
{
	load();
	for (metaIndex *release : *host.sources) {
		std::string name = release_name(release);
		keys[name] = key_of(release);
		auto at = known.find(keys[name]);
		if (at != known.end())
			note(name, at->second);
		else if (!release_file(release).empty())
			open.push_back(release);
	}
	int ends[2];
	if (open.empty() || pipe2(ends, O_CLOEXEC) < 0)
		return;
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		std::string answer;
		for (metaIndex *release : open)
			answer += release_name(release) + "\t" + check(release) + "\n";
		for (size_t at = 0; at < answer.size();) {
			ssize_t n = write(ends[1], answer.data() + at, answer.size() - at);
			if (n <= 0)
				break;
			at += static_cast<size_t>(n);
		}
		_exit(0);
	}
	close(ends[1]);
	pipe = ends[0];
}

void Verifier::end()
{
	if (pipe < 0)
		return;
	FILE *in = fdopen(pipe, "r");
	char *line = nullptr;
	size_t size = 0;
	while (in && getline(&line, &size, in) > 0) {
		std::string text(line, strcspn(line, "\n"));
		size_t tab = text.find('\t');
		if (tab == std::string::npos)
			continue;
		std::string name = text.substr(0, tab), verdict = text.substr(tab + 1);
		note(name, verdict);
		if (verdict.compare(0, UNCHECKED.size(), UNCHECKED) != 0)
			known[keys[name]] = verdict;
	}
	free(line);
	if (in)
		fclose(in);
	while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR)
		;
	pipe = -1;
	save();
}

void open_good(Verifier *verifier)
{
	open_sources();
	verifier->begin();
	std::vector<metaIndex *> all(host.sources->begin(), host.sources->end());
	for (metaIndex *release : all)
		if (verifier->wrong.count(release_name(release)))
			host.sources->drop(release);
	std::string failed;
	try {
		open_cache();
	} catch (const Failure &e) {
		failed = e.text;
	}
	size_t before = host.sources->dropped.size();
	verifier->end();
	all.assign(host.sources->begin(), host.sources->end());
	for (metaIndex *release : all) {
		std::string file = release_file(release);
		bool blamed = !failed.empty() && failed.find(URItoFileName(release->GetURI())) != std::string::npos;
		if (blamed && !verifier->wrong.count(release_name(release)))
			verifier->wrong[release_name(release)] = failed;
		if (verifier->wrong.count(release_name(release)))
			host.sources->drop(release);
	}
	if (host.sources->dropped.size() != before)
		open_cache();
	else if (!failed.empty())
		throw Failure(OAK_IO, "dpkg.cache", failed);
	open_policy();
}

} // namespace oak
