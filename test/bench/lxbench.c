/* SPDX-License-Identifier: MIT
 *
 * lxbench - Linux-ABI micro-benchmarks, one static binary, JSON lines out.
 *
 *   lxbench [-l] [-F] [-b batches] [-t batch_ms] [-x name,name..] [name-prefix ...]
 *     -l   list the tests          -F   do not fork a guard process per test
 *     -b   batches per test (25)   -t   target length of one batch in ms (8)
 *     -x   skip tests with these prefixes
 *
 * Each test: warm up, calibrate a batch to ~batch_ms, time `batches` batches
 * with CLOCK_MONOTONIC and with rdtsc.  Output, one line per test:
 *   {"name","unit","min","median","max","n","batches","tsc_min"}
 * unit "ns": per operation, lower is better (best = min).
 * unit "MB/s" (1e6 B/s): higher is better (best = max).
 * A test that cannot run prints {"name","skip":"reason"}.
 *
 * Paths: LX_TMP (default /tmp; must be tmpfs), LX_EXT (default /mnt; ext4),
 * LX_BIN (default /bin: tiny, true_static, true_dyn, busybox),
 * LX_HOST=ip:port (host helper hostnet.py).
 * Needs x86-64.  Build: musl-gcc -static -O2 -o lxbench lxbench.c
 */
#include "bench.h"

const char *TMP = "/tmp", *EXT = "/mnt", *BIN = "/bin", *HOST;
char skip_reason[128];
int fd0 = -1, fd1 = -1, p0[2], p1[2];
pid_t kid;
char buf[1 << 20] __attribute__((aligned(4096)));
char path[256];
volatile u64 sink;
static double ns_per_tsc;

static inline u64 rdtsc(void)
{
	unsigned a, d;
	__asm__ volatile("lfence; rdtsc" : "=a"(a), "=d"(d) : : "memory");
	return (u64)d << 32 | a;
}
u64 now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000ull + t.tv_nsec;
}

_Noreturn void die(const char *what)
{
	printf("{\"error\":\"%s: %s\"}\n", what, strerror(errno));
	fflush(stdout);
	_exit(3);
}

void pin(int c)
{
	cpu_set_t s;
	CPU_ZERO(&s);
	CPU_SET(c, &s);
	sched_setaffinity(0, sizeof s, &s);
}

void reap(void)
{
	if (kid > 0) {
		kill(kid, SIGKILL);
		waitpid(kid, 0, 0);
		kid = 0;
	}
}

void t_fd(void)
{
	if (fd0 >= 0)
		close(fd0);
	if (fd1 >= 0)
		close(fd1);
	fd0 = fd1 = -1;
}

int mkfile(const char *dir, const char *name, size_t sz)
{
	snprintf(path, sizeof path, "%s/%s", dir, name);
	CHK(fd0 = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644));
	for (size_t o = 0; o < sz; o += sizeof buf) {
		size_t k = sz - o < sizeof buf ? sz - o : sizeof buf;
		if (write(fd0, buf, k) != (ssize_t)k)
			SKIP("write %s: %s", path, strerror(errno));
	}
	return 0;
}

void t_file(void)
{
	t_fd();
	unlink(path);
}

#define GROUP(name)                                                                                          \
	{                                                                                                    \
		rows_##name, &rows_##name##_count                                                            \
	}
static const struct group {
	const struct test *rows;
	const size_t *count;
} groups[] = { GROUP(calls), GROUP(exchange), GROUP(faults), GROUP(processes), GROUP(network), GROUP(files) };

static int cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* One batch: nanoseconds by the clock, and by the time-stamp counter in *tsc. */
static u64 once(const struct test *t, long n, u64 *tsc)
{
	u64 c = rdtsc(), a = now();
	u64 r = t->run(n);
	u64 b = now();

	*tsc = rdtsc() - c;
	return r ? r : b - a;
}

struct settings {
	int batches;
	u64 target_ns;
	int list, no_fork;
	const char *excluded;
	char **wanted;
	int wanted_count;
};

static void skip(const struct test *t, const char *reason)
{
	printf("{\"name\":\"%s\",\"skip\":\"%s\"}\n", t->name, reason);
	fflush(stdout);
}

/* Finds how many operations take about the target time; *elapsed is what that many took. */
static long calibrate(const struct test *t, u64 target, u64 *elapsed)
{
	u64 tsc, e = once(t, 1, &tsc);
	long n = 1;

	for (int k = 0; t->maxn != 1 && k < 14 && (k == 0 || e < target / 2); k++) {
		long m = e ? (long)((double)n * (double)target / (double)e) : n * 10;

		if (m > n * 10)
			m = n * 10;
		if (m < 1)
			m = 1;
		if (k)
			n = m;
		e = once(t, n, &tsc);
		if (e < 20000000) {
			u64 f = once(t, n, &tsc);

			e = f < e ? f : e;
		}
	}
	*elapsed = e;
	return n;
}

/* What the batches took per operation, sorted, becomes the row's line. */
static void report(const struct test *t, const double *clock_ns, const double *tsc_ns, int batches, long n)
{
	double best = clock_ns[0], median = clock_ns[batches / 2], worst = clock_ns[batches - 1],
	       tsc = tsc_ns[0];
	const char *unit = "ns";

	if (t->bytes) {
		double k = (double)t->bytes * 1e3;

		unit = "MB/s";
		double slowest = k / worst;

		worst = k / best;
		best = slowest;
		median = k / median;
		tsc = k / tsc;
	}
	printf("{\"name\":\"%s\",\"unit\":\"%s\",\"min\":%.1f,\"median\":%.1f,\"max\":%.1f,\"n\":%ld,"
	       "\"batches\":%d,"
	       "\"tsc_min\":%.1f}\n",
	       t->name, unit, best, median, worst, n * t->ops * batches, batches, tsc);
	fflush(stdout);
}

static void bench(const struct test *t, const struct settings *settings)
{
	static double clock_ns[512], tsc_ns[512];
	int batches = settings->batches;
	u64 elapsed, tsc;

	if (t->setup && t->setup()) {
		skip(t, skip_reason);
		if (t->done)
			t->done();
		return;
	}
	long n = calibrate(t, settings->target_ns, &elapsed);

	if (elapsed > 4 * settings->target_ns && batches > 9)
		batches = elapsed > 20 * settings->target_ns ? 7 : 11;
	for (int b = 0; b < batches; b++) {
		double operations = (double)n * (double)t->ops;

		clock_ns[b] = (double)once(t, n, &tsc) / operations;
		tsc_ns[b] = (double)tsc * ns_per_tsc / operations;
	}
	qsort(clock_ns, (size_t)batches, sizeof *clock_ns, cmp);
	qsort(tsc_ns, (size_t)batches, sizeof *tsc_ns, cmp);
	report(t, clock_ns, tsc_ns, batches, n);
	if (t->done)
		t->done();
}

/* In a process of its own, so that a row that hangs or dies costs only itself. */
static void bench_guarded(const struct test *t, const struct settings *settings)
{
	char reason[32];
	int status;
	pid_t p = settings->no_fork ? -1 : fork();

	if (p == 0) {
		setpgid(0, 0);
		alarm(120);
	}
	if (p <= 0)
		bench(t, settings);
	if (p == 0)
		_exit(0);
	if (p < 0)
		return;
	waitpid(p, &status, 0);
	kill(-p, SIGKILL);
	if (status) {
		snprintf(reason, sizeof reason, "status 0x%x", (unsigned)status);
		skip(t, reason);
	}
}

static int is_wanted(const struct test *t, const struct settings *settings)
{
	int wanted = settings->wanted_count == 0;

	for (int k = 0; k < settings->wanted_count; k++)
		wanted |= !strncmp(t->name, settings->wanted[k], strlen(settings->wanted[k]));
	if (!wanted || !settings->excluded)
		return wanted;
	char *list = strdup(settings->excluded);

	for (char *w = strtok(list, ","); w; w = strtok(NULL, ","))
		wanted &= strncmp(t->name, w, strlen(w)) != 0;
	free(list);
	return wanted;
}

static void settings_read(struct settings *settings, int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "lFb:t:x:")) > 0) {
		switch (option) {
		case 'l': settings->list = 1; break;
		case 'F': settings->no_fork = 1; break;
		case 'b': settings->batches = atoi(optarg); break;
		case 't': settings->target_ns = (u64)atoi(optarg) * 1000000; break;
		case 'x': settings->excluded = optarg; break;
		default: exit(2);
		}
	}
	settings->batches = settings->batches < 1 ? 1 : settings->batches > 512 ? 512 : settings->batches;
	settings->wanted = argv + optind;
	settings->wanted_count = argc - optind;
}

static void environment_read(void)
{
	TMP = getenv("LX_TMP") ? getenv("LX_TMP") : TMP;
	EXT = getenv("LX_EXT") ? getenv("LX_EXT") : EXT;
	BIN = getenv("LX_BIN") ? getenv("LX_BIN") : BIN;
	HOST = getenv("LX_HOST");
}

static void tsc_calibrate(void)
{
	u64 a = now(), c = rdtsc();

	while (now() - a < 50000000)
		;
	u64 b = now(), d = rdtsc();

	ns_per_tsc = (double)(b - a) / (double)(d - c);
}

int main(int argc, char **argv)
{
	struct settings settings = { .batches = 25, .target_ns = 8000000 };

	settings_read(&settings, argc, argv);
	environment_read();
	signal(SIGPIPE, SIG_IGN);
	memset(buf, 0x5a, sizeof buf);
	tsc_calibrate();
	if (!settings.list)
		printf("{\"name\":\"tsc\",\"unit\":\"MHz\",\"min\":%.1f}\n", 1e3 / ns_per_tsc);
	fflush(stdout);
	for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
		for (size_t i = 0; i < *groups[g].count; i++) {
			const struct test *t = &groups[g].rows[i];

			if (is_wanted(t, &settings) && settings.list)
				puts(t->name);
			else if (is_wanted(t, &settings))
				bench_guarded(t, &settings);
		}
	}
	return 0;
}
