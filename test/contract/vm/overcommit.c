/* SPDX-License-Identifier: MIT
 *
 * overcommit_memory 0 (proc(5)): one request for more private writable or shared memory than the machine has is refused;
 * what is only reserved, or asked for in parts, is not. The break stays where it is. With 1 nothing is refused.
 */
#include "contract.h"

#include <sys/sysinfo.h>

#define TERABYTE (1ul << 40)

static void try(const char *what, unsigned long bytes, int prot, int flags)
{
	void *place = mmap(NULL, bytes, prot, flags | MAP_ANONYMOUS, -1, 0);
	say("%s: %s\n", what, place == MAP_FAILED ? errno_name(errno) : "mapped");
	if (place != MAP_FAILED)
		IS(munmap(place, bytes) == 0);
}

static void try_all(void)
{
	const int both = PROT_READ | PROT_WRITE;
	try("private", TERABYTE, both, MAP_PRIVATE);
	try("write only", TERABYTE, PROT_WRITE, MAP_PRIVATE);
	try("stack", TERABYTE, both, MAP_PRIVATE | MAP_STACK);
	try("no reserve", TERABYTE, both, MAP_PRIVATE | MAP_NORESERVE);
	try("read only", TERABYTE, PROT_READ, MAP_PRIVATE);
	try("no access", TERABYTE, PROT_NONE, MAP_PRIVATE);
	try("shared", TERABYTE, both, MAP_SHARED);
	try("shared, read only", TERABYTE, PROT_READ, MAP_SHARED);
	try("shared, no reserve", TERABYTE, both, MAP_SHARED | MAP_NORESERVE);
}

static void set(const char *value)
{
	int fd = open("/proc/sys/vm/overcommit_memory", O_WRONLY);
	IS(write(fd, value, 1) == 1);
	IS(close(fd) == 0);
}

int main(void)
{
	struct sysinfo info;
	IS(sysinfo(&info) == 0);
	unsigned long half = info.totalram / 2 & ~4095ul;
	try_all();
	for (int i = 0; i < 4; i++)
		IS(mmap(NULL, half, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
		   MAP_FAILED);
	char *end = (char *)syscall(SYS_brk, 0);
	IS((char *)syscall(SYS_brk, end + TERABYTE) == end);
	IS((char *)syscall(SYS_brk, 0) == end);
	IS((char *)syscall(SYS_brk, end + half) == end + half);
	IS((char *)syscall(SYS_brk, end) == end);
	set("1");
	try_all();
	set("0");
	try("private again", TERABYTE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	return 0;
}
