/* SPDX-License-Identifier: MIT
 *
 * getdents64(2): dots and all entries with their types exactly once, also with the smallest buffers and while
 * entries are removed; a buffer too small for one is EINVAL; inode numbers agree with stat; rewinding.
 */
#include "contract.h"

struct entry {
	uint64_t inode;
	int64_t offset;
	unsigned short length;
	unsigned char type;
	char name[];
};

enum { FILES = 300 };

static int seen[FILES + 2];

static void count_entry(const struct entry *entry, int *wrong)
{
	struct stat status;
	int number = -1;
	if (strcmp(entry->name, ".") == 0)
		number = FILES;
	else if (strcmp(entry->name, "..") == 0)
		number = FILES + 1;
	else
		sscanf(entry->name, "file-%d", &number);
	if (number < 0)
		(*wrong)++;
	else
		seen[number]++;
	if (number < FILES &&
	    (lstat(entry->name, &status) == -1 || status.st_ino != entry->inode || entry->type != 8))
		(*wrong)++;
}

static void read_all(int fd, size_t size)
{
	char buffer[4096] __attribute__((aligned(8)));
	long count;
	int wrong = 0, once = 0;
	memset(seen, 0, sizeof(seen));
	MUST(lseek(fd, 0, SEEK_SET));
	while ((count = syscall(SYS_getdents64, fd, buffer, size)) > 0)
		for (long at = 0; at < count; at += ((struct entry *)(buffer + at))->length)
			count_entry((struct entry *)(buffer + at), &wrong);
	for (int i = 0; i < FILES + 2; i++)
		once += seen[i] == 1;
	say("buffer %zu: last result %ld, %d entries once, %d wrong\n", size, count, once, wrong);
}

static void types(void)
{
	char buffer[1024] __attribute__((aligned(8)));
	MUST(mkdir("types", 0755));
	MUST(mkdir("types/directory", 0755));
	MUST(symlink("x", "types/link"));
	MUST(mkfifo("types/fifo", 0600));
	int fd = (int)MUST(open("types", O_RDONLY)), types[256] = { 0 };
	long count = MUST(syscall(SYS_getdents64, fd, buffer, sizeof(buffer)));
	for (long at = 0; at < count; at += ((struct entry *)(buffer + at))->length)
		types[((struct entry *)(buffer + at))->type]++;
	say("directories %d, links %d, fifos %d\n", types[4], types[10], types[1]);
	CALL(syscall(SYS_getdents64, fd, buffer, sizeof(buffer)));
	CALL(syscall(SYS_getdents64, (int)MUST(open("/dev/null", O_RDONLY)), buffer, sizeof(buffer)));
	CALL(syscall(SYS_getdents64, 99, buffer, sizeof(buffer)));
	MUST(rmdir("types/directory"));
	MUST(unlink("types/link"));
	MUST(unlink("types/fifo"));
	MUST(rmdir("types"));
	CALL(syscall(SYS_getdents64, fd, buffer, sizeof(buffer)));
}

int main(void)
{
	char name[32], buffer[64] __attribute__((aligned(8)));
	types();
	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "file-%d", i);
		MUST(close((int)MUST(open(name, O_WRONLY | O_CREAT, 0600))));
	}
	int fd = (int)MUST(open(".", O_RDONLY));
	read_all(fd, 4096);
	read_all(fd, 100);
	read_all(fd, 32);
	MUST(lseek(fd, 0, SEEK_SET));
	CALL(syscall(SYS_getdents64, fd, buffer, 10L));
	CALL(syscall(SYS_getdents64, fd, 8L, 1000L));
	int removed = 0;
	for (long count; (count = MUST(syscall(SYS_getdents64, fd, buffer, sizeof(buffer)))) > 0;)
		for (long at = 0; at < count; at += ((struct entry *)(buffer + at))->length)
			removed += unlink(((struct entry *)(buffer + at))->name) == 0;
	SHOW(removed);
	return 0;
}
