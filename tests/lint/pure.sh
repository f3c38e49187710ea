#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# baseline/ decides and touches nothing: what its library asks of others is on this list, which has no file, clock,
# environment, randomness or output in it.
set -eu
library=$OAKUM_BUILD/liboak_baseline.a
[ -e "$library" ] || { echo "no library '$library'"; exit 1; }
allowed='memchr memmem memcmp memcpy memmove memset strchr strrchr strcmp strncmp strlen strnlen strspn strcspn strpbrk strstr
strncat strcasecmp strncasecmp snprintf vsnprintf qsort bsearch free abs labs llabs isdigit strtol strtoll strtoull strtod
floor ceil round fmod pow log10 abort
oak_.*
__.*_chk __stack_chk_fail __errno_location __ctype_.*
__asan_.* __sancov_.* __start___sancov_.* __stop___sancov_.* __ubsan_.* __tsan_.* __gcov_.* __gcda_.* __sanitizer_.* _GLOBAL_OFFSET_TABLE_ .*_llvm.*'
pattern=$(printf '%s' "$allowed" | tr -s ' \n' '|')
# what core offers beyond values, text, time and memory is as impure as libc
impure='oak_fs_.* oak_exec.* oak_http_.* oak_module_.* oak_clock_.* oak_db_.* oak_value_load oak_lock.* oak_log.* oak_config.*'
impure=$(printf '%s' "$impure" | tr -s ' \n' '|')
undefined=$(nm -u "$library" | awk '$1 == "U" || $1 == "w" { print $2 }' | sort -u)
[ -n "$undefined" ] || { echo "nm shows nothing of '$library'"; exit 1; }
bad=$(printf '%s\n' "$undefined" | grep -vxE "$pattern" || :)
bad="$bad $(printf '%s\n' "$undefined" | grep -xE "$impure" || :)"
bad=$(printf '%s' "$bad" | tr -s ' \n' ' ')
[ -z "${bad# }" ] || { echo "baseline/ is not pure, it uses: $bad"; nm -A -u "$library" | grep -wE "$(printf '%s' "${bad# }" | sed 's/ *$//' | tr ' ' '|')" | head; exit 1; }
echo "$(printf '%s\n' "$undefined" | wc -l) symbols, all pure"
