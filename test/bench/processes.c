/* SPDX-License-Identifier: MIT
 *
 * Rows of processes and threads: fork, vfork, exec, shells, thread creation.
 */
#include "bench.h"

/* --- processes --- */
static u64 r_fork(long n)
{
	for (long i = 0; i < n; i++) {
		pid_t p = fork();
		if (p < 0)
			die("fork");
		if (!p)
			_exit(0);
		if (waitpid(p, 0, 0) != p)
			die("wait");
	}
	return 0;
}
static u64 r_vfork(long n)
{
	for (long i = 0; i < n; i++) {
		pid_t p = vfork();
		if (p < 0)
			die("vfork");
		if (!p)
			_exit(0);
		if (waitpid(p, 0, 0) != p)
			die("wait");
	}
	return 0;
}
static char xp[256];
static char *xargv[4];
static char *xenv[] = { "PATH=/bin", 0 };
static int s_x(const char *f)
{
	snprintf(xp, sizeof xp, "%s/%s", BIN, f);
	if (access(xp, X_OK))
		SKIP("no %s", xp);
	xargv[0] = (char *)f;
	xargv[1] = 0;
	return 0;
}
static int s_tiny(void)
{
	return s_x("tiny");
}
static int s_xs(void)
{
	return s_x("true_static");
}
static int s_xd(void)
{
	return s_x("true_dyn");
}
static int s_sh(void)
{
	if (s_x("busybox"))
		return -1;
	xargv[0] = "sh";
	xargv[1] = "-c";
	xargv[2] = "true";
	xargv[3] = 0;
	return 0;
}
static int s_shx(void)
{
	if (s_x("busybox"))
		return -1;
	xargv[0] = "sh";
	xargv[1] = "-c";
	xargv[2] = "/bin/tiny;/bin/tiny";
	xargv[3] = 0;
	return 0;
}
static u64 xrun(long n, int vf)
{
	for (long i = 0; i < n; i++) {
		int st;
		pid_t p = vf ? vfork() : fork();
		if (p < 0)
			die("fork");
		if (!p) {
			execve(xp, xargv, xenv);
			_exit(127);
		}
		if (waitpid(p, &st, 0) != p || st)
			die("exec status");
	}
	return 0;
}
static u64 r_vx(long n)
{
	return xrun(n, 1);
}
static u64 r_fx_(long n)
{
	return xrun(n, 0);
}
static void *nop(void *x)
{
	return x;
}
static u64 r_thr(long n)
{
	for (long i = 0; i < n; i++) {
		pthread_t t;
		if (pthread_create(&t, 0, nop, 0))
			die("pthread");
		pthread_join(t, 0);
	}
	return 0;
}

const struct test rows_processes[] = {
	{ "fork_exit_wait", 0, r_fork, 0, 1, 0, 0 },     { "vfork_exit_wait", 0, r_vfork, 0, 1, 0, 0 },
	{ "vfork_exec_tiny", s_tiny, r_vx, 0, 1, 0, 0 }, { "fork_exec_static", s_xs, r_fx_, 0, 1, 0, 0 },
	{ "fork_exec_dyn", s_xd, r_fx_, 0, 1, 0, 0 },    { "sh_c_true", s_sh, r_fx_, 0, 1, 0, 0 },
	{ "sh_c_two_tiny", s_shx, r_fx_, 0, 1, 0, 0 },   { "thread_create_join", 0, r_thr, 0, 1, 0, 0 },
};
ROW_COUNT(processes);
