/* SPDX-License-Identifier: MIT
 *
 * fork(2): memory is copied on write in both directions. Data, stack, heap and an anonymous mapping written by
 * the child stay as they were in the parent, what the parent writes later is not seen by the child, and a
 * grandchild gets the child's values.
 */
#include "contract.h"

static int global = 1;
static char *page;

static int grandchild(void *heap)
{
	say("grandchild: global %d, heap %d, page %d\n", global, *(int *)heap, page[4095]);
	global = 300;
	return 9;
}

static int child(void *heap)
{
	char gate;
	say("child: global %d, heap %d, page %d\n", global, *(int *)heap, page[4095]);
	global = 30;
	*(int *)heap = 31;
	page[4095] = 32;
	MUST(read(3, &gate, 1));
	say("child after the parent wrote: global %d, heap %d, page %d, other page %d\n", global,
	    *(int *)heap, page[4095], page[4096]);
	run_child("grandchild", grandchild, heap);
	say("child after the grandchild: global %d\n", global);
	return 7;
}

int main(void)
{
	int ends[2];
	int *heap = malloc(sizeof(int));
	*heap = 2;
	page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	page[4095] = 3;
	page[4096] = 4;
	MUST(pipe(ends));
	pid_t pid = start(child, heap);
	global = 10;
	*heap = 11;
	page[4095] = 12;
	page[4096] = 13;
	MUST(write(ends[1], "x", 1));
	reap("child", pid);
	say("parent: global %d, heap %d, page %d %d\n", global, *heap, page[4095], page[4096]);
	return 0;
}
