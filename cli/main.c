/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program's entrance: hands over to the command table. */
#include "cli/cmd.h"

int main(int argc, char **argv)
{
	return oak_main(argc, argv);
}
