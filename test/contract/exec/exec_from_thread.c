/* SPDX-License-Identifier: MIT
 *
 * execve(2) by a thread that is not the first: all other threads end, the new program has the process's id as its
 * thread id and one thread only; the parent sees one child that lives on; a failed exec leaves all threads.
 */
#include "../contract.h"

#include <dirent.h>
#include <pthread.h>

static int task_count(void)
{
	int count = 0;
	DIR *directory = opendir("/proc/self/task");
	for (struct dirent *entry; directory && (entry = readdir(directory));)
		count += entry->d_name[0] != '.';
	if (directory)
		closedir(directory);
	return count;
}

static void *forever(void *unused)
{
	sleep_forever(unused);
	return NULL;
}

static void *executes(void *pid_text)
{
	CALL(execl("./none", "none", (char *)NULL));
	SHOW(task_count());
	execl("/proc/self/exe", "self", (char *)pid_text, (char *)NULL);
	return NULL;
}

static int many_threads(void *unused)
{
	pthread_t thread;
	static char text[16];
	snprintf(text, sizeof(text), "%d", (int)getpid());
	for (int i = 0; i < 3; i++)
		MUST(-pthread_create(&thread, NULL, forever, unused));
	MUST(-pthread_create(&thread, NULL, executes, text));
	return sleep_forever(NULL);
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		IS(atoi(argv[1]) == getpid());
		IS(syscall(SYS_gettid) == getpid());
		SHOW(task_count());
		return 5;
	}
	run_child("many threads", many_threads, NULL);
	CALL(waitpid(-1, NULL, 0));
	return 0;
}
