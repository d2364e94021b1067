/* SPDX-License-Identifier: MIT
 *
 * proc(5), /proc/PID/mem, cmdline, environ and auxv: memory is read and written as a debugger does it, through protections, and
 * not where nothing is mapped; arguments are as execve gave them.
 */
#include "proc_text.h"

#include <sys/auxv.h>

static char text[16384];

int main(int count, char **arguments)
{
	int memory = (int)MUST(open("/proc/self/mem", O_RDWR));
	char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SHOW(count);
	CALL(pwrite(memory, "written", 7, (long)page));
	show_bytes("page", page, 7);
	show_bytes("read", text, pread(memory, text, 7, (long)page));
	MUST(munmap(page, 4096));
	CALL(pread(memory, text, 7, (long)page));
	CALL(pwrite(memory, text, 7, (long)page));
	CALL(pread(memory, text, 7, 0));
	long length = MUST(read_whole("/proc/self/cmdline", text, sizeof(text)));
	IS(length > 1 && !strcmp(text, arguments[0]) && !text[length - 1]);
	int auxiliary = (int)MUST(open("/proc/self/auxv", O_RDONLY));
	unsigned long words[128];
	length = MUST(read(auxiliary, words, sizeof(words)));
	unsigned long page_size = 0;
	for (long i = 0; i + 1 < length / 8; i += 2) {
		if (words[i] == AT_PAGESZ)
			page_size = words[i + 1];
	}
	SHOW(page_size);
	IS(length > 32 && words[length / 8 - 2] == AT_NULL);
	length = MUST(read_whole("/proc/self/environ", text, sizeof(text)));
	IS(length >= 0);
	return 0;
}
