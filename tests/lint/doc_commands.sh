# SPDX-License-Identifier: GPL-3.0-or-later
# Every oakum command that a page names is one that there is, and so is each of its options.
. "$(dirname "$0")/../lib/assert.sh"
need_tool python3
cat >"$T/check.py" <<'EOF'
import glob, os, re, subprocess, sys
oakum, source = sys.argv[1:]
env = dict(os.environ, NO_COLOR="1")
def ask(*words):
    p = subprocess.run([oakum, *words], capture_output=True, text=True, env=env)
    return p.stdout + p.stderr if p.returncode == 0 else None
helps = {}
def help_of(words):
    key = tuple(words)
    if key not in helps:
        helps[key] = ask(*words, "--help")
    return helps[key]
bad = checked = 0
pages = [source + "/README.md", *glob.glob(source + "/docs/*.md"), *glob.glob(source + "/docs/formats/*.md")]
for page in pages:
    text = open(page, encoding="utf-8").read()
    found = re.findall(r"`(oakum [^`]+)`", text)
    for block in re.findall(r"```sh\n(.*?)```", text, re.S):
        found += re.findall(r"^(oakum .*)$", block, re.M)
    for command in found:
        command = re.split(r"[;|>)]|&&", command.split("\n")[0])[0]
        words = command.split()[1:]
        name = []
        for w in words:
            if not re.fullmatch(r"[a-z][a-z-]*", w):
                break
            if help_of(name + [w]) is None:
                break
            name.append(w)
        checked += 1
        if words and not name and re.fullmatch(r"[a-z][a-z-]*", words[0]):
            print(f"{page}: no such command: {command}")
            bad += 1
            continue
        said = help_of(name) if name else ""
        for option in re.findall(r"(?<!\S)(--[a-z][a-z-]*)", command):
            if name and not re.search(re.escape(option) + r"(?![a-z-])", said + (ask("help") or "")):
                print(f"{page}: {' '.join(name)} has no option {option}: {command}")
                bad += 1
print(checked, "commands")
sys.exit(1 if bad or checked < 100 else 0)
EOF
run python3 "$T/check.py" "$OAKUM" "$OAKUM_SOURCE"
ASSERT_LINES=40
expect_exit 0
finish
