# SPDX-License-Identifier: GPL-3.0-or-later
# Frozen snapshots on a live host: created, promoted to a ring, planned and installed from; what its repository dropped is told.
# timeout: 200
. "$(dirname "$0")/../lib/assert.sh"
. "$(dirname "$0")/../lib/roots.sh"
. "$(dirname "$0")/../lib/patch.sh"
own_mounts "$@"
BASE=$(debian_root) || skip "no mirror to build a root from"
everything_baseline
fresh_root live
for p in fine second; do make_deb "$R/repo" $p 1; done
index_repo "$R"
chroot "$R" apt-get -qq -y install fine second >/dev/null 2>&1
for p in fine second; do make_deb "$R/repo" $p 2; done
make_deb "$R/repo" absent 5
index_repo "$R"

oakum --root "$R" snapshot create monday --baseline "$T/everything.yaml" -o json
expect_exit 0
expect_json '[.approved[] | select(.name == "fine" or .name == "absent") | [.name, .evr]] | unique' '[["absent","5"],["fine","1"],["fine","2"]]'
oakum --root "$R" snapshot create monday --baseline "$T/everything.yaml"
expect_refused 1 exists
oakum snapshot promote monday canary
expect_exit 0
oakum snapshot list -o json
expect_json '[.snapshots[] | [.name, .rings]]' '[["monday",["canary"]]]'

# the world goes on: the frozen set does not
make_deb "$R/repo" fine 3
index_repo "$R"
oakum --root "$R" plan --baseline "$T/everything.yaml" -o json
expect_json '[.actions[] | [.patch, .to]] | sort' '[["fine.amd64","3"],["second.amd64","2"]]'
oakum --root "$R" plan --baseline "$T/everything.yaml" --snapshot canary -o json
expect_exit 0
expect_json .snapshot '"monday"'
expect_json '[.actions[] | [.patch, .to]] | sort' '[["fine.amd64","2"],["second.amd64","2"]]'

# what the repository dropped
rm "$R"/repo/fine_2_*
index_repo "$R"
oakum --root "$R" plan --baseline "$T/everything.yaml" --snapshot monday -o json
expect_exit 0
expect_json '[.actions[] | [.patch, .to]]' '[["second.amd64","2"]]'
expect_json '[.refused[] | [.patch, .reason]]' '[["fine.amd64","NO_LONGER_OFFERED"]]'

oakum --root "$R" patch --baseline "$T/everything.yaml" --snapshot monday -o json
expect_exit 4
expect_version fine 1
expect_version second 2
expect_clean_dpkg

# a snapshot that somebody changed is none
sed -i 's/"evr": "2"/"evr": "3"/' "$T/state/snapshots/monday.json"
oakum --root "$R" plan --baseline "$T/everything.yaml" --snapshot monday
expect_refused 5 digest
rm "$T/state/snapshots/monday.json"
oakum --root "$R" plan --baseline "$T/everything.yaml" --snapshot tuesday
expect_refused 2 tuesday
finish
