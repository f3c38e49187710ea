#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every row of the attack table and every case of the TUF conformance suite is a test of that name.
set -eu
cd "$OAKUM_SOURCE"
bad=0
say() { echo "$*"; bad=1; }
ids() { for n in $(seq 1 "$2"); do echo "$1$n"; done; }

for id in $(ids A 18) $(ids M 25) $(ids N 6) $(ids C 10) $(ids L 5) $(ids G 3) $(ids P 4); do
	grep -rqE "(^|[^A-Za-z0-9])(test_)?([A-Z][0-9]+_)*$id([^A-Za-z0-9]|\$)" tests/unit/repo tests/unit/distributor tests/cli tests/crash tests/integration \
		tests/lib --include='*.c' --include='*.sh' --include='*.py' || say "no test names row $id of the attack table"
done

# the suite's functions, and the rows of those that have several
suite=$(cat <<-END
	test_basic_init_and_refresh test_implicit_refresh test_invalid_initial_root test_unsigned_initial_root test_timestamp_eq_versions_check
	test_timestamp_content_changes test_new_targets_hash_mismatch test_new_targets_version_mismatch test_new_snapshot_hash_mismatch
	test_custom_fields test_metadata_bytes_match test_unsigned_metadata test_invalid_sig_in_valid_metadata test_incorrect_metadata_type
	test_max_root_rotations test_root_expired test_timestamp_expired test_snapshot_expired test_targets_expired test_expired_metadata
	test_client_downloads_expected_file test_client_downloads_expected_file_in_sub_dir test_repository_substitutes_target_file
	test_multiple_changes_to_target test_root_has_keys_but_not_snapshot test_wrong_hashing_algorithm test_snapshot_threshold
	test_duplicate_keys_root test_duplicate_sig_keyids test_keytype_and_scheme test_unusual_role_name test_simple_snapshot_rollback
	test_new_timestamp_version_rollback test_snapshot_rollback test_new_targets_fast_forward_recovery
	test_new_snapshot_fast_forward_recovery test_new_timestamp_fast_forward_recovery test_new_snapshot_version_mismatch
	test_targets_rollback test_static_repository test_graph_traversal test_targetfile_search
	test_cached_role_is_verified_against_current_delegator test_root_rotation test_non_root_rotations
	basic-delegation single-level-delegations two-level-delegations two-level-test-DFS-order-of-traversal
	three-level-delegation-test-DFS-order-of-traversal two-level-terminating-ignores-all-but-roles-descendants
	three-level-terminating-ignores-all-but-roles-descendants two-level-ignores-all-branches-not-matching-paths
	three-level-ignores-all-branches-not-matching-paths cyclic-graph two-roles-delegating-to-a-third
	two-roles-delegating-to-a-third-different-paths
	1-of-1-key-rotation 1-of-1-key-rotation-unused-signatures 3-of-5-sign-with-different-keycombos 3-of-5-one-key-rotated
	3-of-5-one-key-rotated-with-intermediate-step 3-of-5-all-keys-rotated-with-intermediate-step 1-of-3-threshold-increase-to-2-of-3
	2-of-3-threshold-decrease-to-1-of-3 1-of-2-threshold-increase-to-2-of-2 1-of-1-key-rotation-fail-not-signed-with-old-key
	1-of-1-key-rotation-fail-not-signed-with-new-key 3-of-5-one-key-rotate-fails-not-signed-with-3-new-keys
	3-of-5-one-key-rotate-fails-not-signed-with-3-old-keys 1-of-3-threshold-bump-to-2-of-3-fails-new-threshold-not-reached
	2-of-3-threshold-decr-to-1-of-3-fails-old-threshold-not-reached 3-of-5-one-key-signature-wrong-not-signed-with-3-expected-keys
	2-of-5-one-key-signature-m 3-of-5-sign-first-combo 3-of-5-sign-second-combo 3-of-5-sign-third-combo 3-of-5-sign-fourth-combo
	3-of-5-sign-fifth-combo
END
)
for name in $suite; do
	case $name in
	test_*) grep -qE "cmocka_unit_test\($name" tests/unit/repo/*.c ;;
	*) grep -qF "\"$name" tests/unit/repo/*.c ;;
	esac || say "no test is called '$name'"
done

# what is there must be run
for file in tests/unit/repo/test_*.c; do
	for name in $(sed -n 's/^static void \(test_[A-Za-z0-9_]*\)(void \*\*state.*/\1/p' "$file"); do
		grep -qF "cmocka_unit_test($name)" "$file" || grep -qF "($name," "$file" || say "'$name' of $file is never run"
	done
done
exit $bad
