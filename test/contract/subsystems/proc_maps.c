/* SPDX-License-Identifier: MIT
 *
 * proc(5), /proc/PID/maps: the format of its lines; the heap, the stack, and a mapping of one's own with its file, its offset and
 * its rights, which follow mprotect; the sizes in smaps agree.
 */
#include "proc_text.h"

static char text[65536];

/* The line that has the address; its name without the padding. */
static bool find_mapping(const void *address, char rights[5], unsigned long *offset, char *name)
{
	if (read_whole("/proc/self/maps", text, sizeof(text)) < 0)
		return false;
	for (char *line = text; *line; line += *line == '\n') {
		unsigned long start, end, inode;
		unsigned major, minor;
		int used = 0;
		if (sscanf(line, "%lx-%lx %4s %lx %x:%x %lu%n", &start, &end, rights, offset, &major, &minor,
			   &inode, &used) >= 7 &&
		    (unsigned long)address >= start && (unsigned long)address < end) {
			const char *from = line + used + strspn(line + used, " ");
			snprintf(name, 256, "%.*s", (int)strcspn(from, "\n"), from);
			return true;
		}
		line += strcspn(line, "\n");
	}
	return false;
}

static void show_mapping(const char *what, const void *address)
{
	char rights[5], name[256];
	unsigned long offset;
	if (!find_mapping(address, rights, &offset, name))
		say("%s: not there\n", what);
	else
		say("%s: %s %08lx \"%s\"\n", what, rights, offset,
		    strrchr(name, '/') ? strrchr(name, '/') : name);
}

int main(void)
{
	int local, fd = (int)MUST(open("mapped", O_RDWR | O_CREAT, 0644));
	MUST(ftruncate(fd, 3 * 4096));
	char *map = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 4096);
	char *own = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	show_mapping("stack", &local);
	char *heap = (char *)syscall(SYS_brk, 0L);
	MUST(syscall(SYS_brk, heap + 8192) == (long)(heap + 8192) ? 0 : -1);
	heap[0] = 1;
	show_mapping("heap", heap);
	show_mapping("file", map);
	MUST(mprotect(map, 4096, PROT_READ | PROT_WRITE));
	show_mapping("file, first page", map);
	show_mapping("file, second page", map + 4096);
	show_mapping("anonymous", own);
	MUST(mprotect(own, 4096, PROT_NONE));
	show_mapping("nothing allowed", own);
	MUST(munmap(own, 4 * 4096));
	char rights[5], name[256];
	unsigned long offset;
	IS(find_mapping(own, rights, &offset, name));
	MUST(unlink("mapped"));
	show_mapping("removed file", map);
	MUST(read_whole("/proc/self/maps", text, sizeof(text)));
	char *bracket = strstr(text, "[stack]");
	while (bracket > text && bracket[-1] != '\n')
		bracket--;
	SHOW(strcspn(bracket, "["));
	return 0;
}
