/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program's entrance: hands over to the command table. */
int main(void)
{
	return 0;
}
