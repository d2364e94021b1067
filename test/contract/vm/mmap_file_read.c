/* SPDX-License-Identifier: MIT
 *
 * mmap(2): a private writable mapping of a 16 byte file: a store stays private, the rest of the last page is zero
 * and what is written there never reaches the file, and a whole page behind the end of the file raises SIGBUS.
 */
#include "contract.h"

#include <setjmp.h>

static sigjmp_buf escape;

static void on_fault(int signal_number, siginfo_t *info, void *context)
{
	(void)context;
	say("%s code %d, offset in page %d\n", signal_name(signal_number), info->si_code,
	    (int)((unsigned long)info->si_addr & 4095));
	siglongjmp(escape, 1);
}

int main(void)
{
	write_file("file", "0123456789abcdef");
	int fd = (int)MUST(open("file", O_RDWR));
	char *map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	MUST((long)map);
	show_bytes("map", map, 18);
	SHOW(map[16] | map[4095]);
	map[3] = 'X';
	map[20] = 'Y';
	char text[64];
	long count = pread(fd, text, sizeof(text), 0);
	show_bytes("file", text, count);
	MUST(pwrite(fd, "!", 1, 5));
	show_bytes("map of a page already copied", map, 16);
	catch_signal_info(SIGBUS, on_fault, 0);
	if (!sigsetjmp(escape, 1))
		map[4096 + 77] = 1;
	MUST(ftruncate(fd, 4096 + 100));
	map[4096 + 77] = 5;
	SHOW(map[4096 + 77]);
	MUST(ftruncate(fd, 2));
	if (!sigsetjmp(escape, 1))
		SHOW(((volatile char *)map)[4096]);
	show_bytes("map after truncation", map, 4);
	return 0;
}
