/* SPDX-License-Identifier: MIT
 *
 * null(4), full(4): what is written to /dev/null is taken, what is read is nothing; /dev/zero reads as zeros; /dev/full is full.
 */
#include "contract.h"

int main(void)
{
	char text[64];
	int null = (int)MUST(open("/dev/null", O_RDWR));
	int zero = (int)MUST(open("/dev/zero", O_RDWR));
	int full = (int)MUST(open("/dev/full", O_RDWR));
	CALL(write(null, text, sizeof(text)));
	CALL(read(null, text, sizeof(text)));
	memset(text, 1, sizeof(text));
	CALL(read(zero, text, sizeof(text)));
	IS(!text[0] && !memcmp(text, text + 1, sizeof(text) - 1));
	CALL(write(zero, text, sizeof(text)));
	CALL(read(full, text, sizeof(text)));
	CALL(write(full, text, 1));
	CALL(lseek(null, 10, SEEK_SET));
	return 0;
}
