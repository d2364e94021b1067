/* SPDX-License-Identifier: MIT
 *
 * personality(2), proc(5) randomize_va_space: stack, mappings and heap lie elsewhere in each of eight runs;
 * ADDR_NO_RANDOMIZE makes all runs equal and is inherited. Code is not compared: this system maps a file at one address
 * in all processes of a boot, by design, and draws that address at boot.
 */
#include "../contract.h"

#include <sys/personality.h>

struct places {
	unsigned long stack, heap, map;
};

static struct places run(const char *self)
{
	struct places places = { 0 };
	int ends[2];
	MUST(pipe(ends));
	pid_t child = fork();
	if (child == 0) {
		MUST(dup2(ends[1], 1));
		execl("/proc/self/exe", self, "report", (char *)NULL);
		_exit(1);
	}
	MUST(close(ends[1]));
	MUST(read(ends[0], &places, sizeof(places)));
	MUST(close(ends[0]));
	MUST(waitpid(child, NULL, 0));
	return places;
}

static void compare(const char *name, const char *self)
{
	int different[3] = { 0 };
	struct places first = run(self);
	for (int i = 0; i < 7; i++) {
		struct places next = run(self);
		different[0] |= next.stack != first.stack;
		different[1] |= next.heap != first.heap;
		different[2] |= next.map != first.map;
	}
	say("%s: stack %d, heap %d, mappings %d\n", name, different[0], different[1], different[2]);
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		struct places places = { (unsigned long)&argc, (unsigned long)syscall(SYS_brk, 0),
					 (unsigned long)mmap(NULL, 4096, PROT_READ,
							     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) };
		return write(1, &places, sizeof(places)) != sizeof(places);
	}
	SHOW(personality(0xffffffff));
	compare("randomized", argv[0]);
	CALL(personality(ADDR_NO_RANDOMIZE));
	HEX(personality(0xffffffff));
	compare("not randomized", argv[0]);
	return 0;
}
