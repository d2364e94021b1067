/* SPDX-License-Identifier: MIT
 *
 * mremap(2): MREMAP_FIXED moves over another mapping and destroys it, old size 0 duplicates a shared mapping,
 * MREMAP_DONTUNMAP leaves zero pages behind, and the argument errors are those of the page.
 */
#include "contract.h"

enum { PAGE = 4096, RW = PROT_READ | PROT_WRITE, ANON = MAP_PRIVATE | MAP_ANONYMOUS, DONTUNMAP = 4 };

static void errors(char *base)
{
	DOES(mremap(base + 1, PAGE, PAGE, 0));
	DOES(mremap(base, PAGE, 0, MREMAP_MAYMOVE));
	DOES(mremap(base, PAGE, PAGE, 8));
	DOES(mremap(base, PAGE, PAGE, MREMAP_FIXED, base + 4 * PAGE));
	DOES(mremap(base, PAGE, PAGE, MREMAP_FIXED | MREMAP_MAYMOVE, base + 4 * PAGE + 1));
	DOES(mremap(base, 2 * PAGE, 2 * PAGE, MREMAP_FIXED | MREMAP_MAYMOVE, base + PAGE));
	DOES(mremap(base, 0, PAGE, MREMAP_MAYMOVE));
	DOES(mremap((void *)PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE));
	MUST(munmap(base + 2 * PAGE, PAGE));
	DOES(mremap(base, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE));
}

int main(void)
{
	char *base = mmap(NULL, 8 * PAGE, RW, ANON, -1, 0);
	MUST((long)base);
	for (int i = 0; i < 8; i++)
		base[i * PAGE] = (char)('0' + i);
	char *target = base + 5 * PAGE;
	IS(mremap(base, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target) == target);
	say("at the target: %c, next %c\n", target[0], target[PAGE]);
	IS(msync(base, PAGE, MS_ASYNC) == -1 && errno == ENOMEM);
	char *left = mremap(base + PAGE, PAGE, PAGE, MREMAP_MAYMOVE | DONTUNMAP, 0);
	IS(left != MAP_FAILED && left != base + PAGE);
	say("moved: %c, left behind: %d\n", left[0], base[PAGE]);
	char *shared = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char *twin = mremap(shared, 0, PAGE, MREMAP_MAYMOVE);
	IS(twin != MAP_FAILED && twin != shared);
	shared[9] = 'T';
	say("twin: %c\n", twin[9]);
	errors(mmap(NULL, 8 * PAGE, RW, ANON, -1, 0));
	return 0;
}
