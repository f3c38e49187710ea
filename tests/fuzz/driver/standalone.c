/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a fuzz target over files and folders of files, and over 10 s of seeded mutations of them, without any engine. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_BYTES = 1 << 20 };
static unsigned char *inputs[4096];
static size_t sizes[4096], input_count, runs;

static void run(const unsigned char *data, size_t size)
{
	/* an exact allocation, so that a sanitizer sees the first byte read past the end */
	unsigned char *copy = malloc(size ? size : 1);
	if (size)
		memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	runs++;
}

static void load(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file) {
		perror(path);
		exit(1);
	}
	unsigned char *data = malloc(INPUT_BYTES);
	size_t n = fread(data, 1, INPUT_BYTES, file);
	fclose(file);
	run(data, n);
	if (input_count < sizeof(inputs) / sizeof(*inputs)) {
		inputs[input_count] = data;
		sizes[input_count++] = n;
	} else {
		free(data);
	}
}

static void load_any(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0) {
		perror(path);
		exit(1);
	}
	if (!S_ISDIR(st.st_mode)) {
		load(path);
		return;
	}
	DIR *dir = opendir(path);
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		char name[4096];
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.')
			load_any(name);
	}
	if (dir)
		closedir(dir);
}

static uint64_t state = 0x9e3779b97f4a7c15u;
static size_t draw(size_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return n ? (size_t)(state % n) : 0;
}

static void mutate_one(void)
{
	size_t pick = draw(input_count), n = sizes[pick];
	unsigned char *data = malloc(n + 64);
	memcpy(data, inputs[pick], n);
	for (size_t times = 1 + draw(4); times; times--) {
		size_t at = draw(n ? n : 1), other = draw(input_count);
		switch (draw(5)) {
		case 0:
			if (n)
				data[at] = (unsigned char)draw(256);
			break;
		case 1:
			n = at; /* cut */
			break;
		case 2:
			if (n)
				data[at] ^= (unsigned char)(1u << draw(8));
			break;
		case 3:
			if (n && sizes[other]) /* a piece of another input */
				for (size_t i = 0; i < 16 && at + i < n && i < sizes[other]; i++)
					data[at + i] = inputs[other][(draw(sizes[other]) + i) % sizes[other]];
			break;
		default:
			if (n && n + 1 < sizes[pick] + 64) { /* repeat a byte */
				memmove(data + at + 1, data + at, n - at);
				n++;
			}
		}
	}
	run(data, n);
	free(data);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		load_any(argv[i]);
	const char *seconds = getenv("OAKUM_FUZZ_SECONDS");
	time_t end = time(NULL) + (seconds ? strtol(seconds, NULL, 10) : 2);
	while (input_count && time(NULL) < end)
		for (int i = 0; i < 64; i++)
			mutate_one();
	printf("%zu inputs, %zu runs\n", input_count, runs);
	for (size_t i = 0; i < input_count; i++)
		free(inputs[i]);
	return input_count ? 0 : 1;
}
