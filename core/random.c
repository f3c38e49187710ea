/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random numbers from OpenSSL, which asks the system on every platform. */
#include "core/random.h"

#include <openssl/rand.h>
#include <stdlib.h>

uint64_t oak_random(void)
{
	unsigned char bytes[8];
	uint64_t n = 0;
	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		abort(); /* there is no safe way on */
	for (size_t i = 0; i < sizeof(bytes); i++)
		n = n << 8 | bytes[i];
	return n;
}
