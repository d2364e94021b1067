/* SPDX-License-Identifier: MIT
 *
 * Two hundred children in turn (fork, vfork, with and without exec of /bin/true) and fifty at once, each with a
 * status of its own, all reaped, none lost, no number in use twice at a time.
 */
#include "../contract.h"

static int one(int kind)
{
	int status = -1;
	pid_t child = kind & 1 ? vfork() : fork();
	if (child == 0) {
		if (kind & 2)
			execl("/bin/true", "true", (char *)NULL);
		_exit(kind & 2 ? 99 : kind + 10);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return 1;
	return WIFEXITED(status) && WEXITSTATUS(status) == (kind & 2 ? 0 : kind + 10) ? 0 : 1;
}

int main(void)
{
	int failed = 0, sum = 0, status, twice = 0;
	pid_t children[50];
	for (int i = 0; i < 200; i++)
		failed += one(i % 4);
	SHOW(failed);
	for (int i = 0; i < 50; i++) {
		children[i] = (pid_t)MUST(fork());
		if (children[i] == 0) {
			sleep_ms(i % 5);
			_exit(i);
		}
		for (int j = 0; j < i; j++)
			twice += children[i] == children[j];
	}
	SHOW(twice);
	for (int i = 0; i < 50; i++) {
		pid_t found = (pid_t)MUST(waitpid(-1, &status, 0));
		for (int j = 0; j < 50; j++)
			if (children[j] == found && WIFEXITED(status) && WEXITSTATUS(status) == j)
				sum += j;
	}
	SHOW(sum);
	CALL(waitpid(-1, &status, 0));
	return 0;
}
