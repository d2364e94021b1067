/* SPDX-License-Identifier: MIT
 *
 * Rows of signals, page faults and memory mappings.
 */
#include "bench.h"

/* --- signals --- */
static volatile int hits;
static void onsig(int s)
{
	(void)s;
	hits++;
}
static u64 r_sigact(long n)
{
	struct sigaction sa = { .sa_handler = onsig };
	for (long i = 0; i < n; i++)
		if (sigaction(SIGUSR1, &sa, 0))
			die("sigaction");
	return 0;
}
static int s_sig(void)
{
	struct sigaction sa = { .sa_handler = onsig };
	CHK(sigaction(SIGUSR1, &sa, 0));
	return 0;
}
static u64 r_sig(long n)
{
	pid_t p = getpid();
	int h = hits;
	for (long i = 0; i < n; i++)
		kill(p, SIGUSR1);
	if (hits - h != n)
		die("sig lost");
	return 0;
}
static void onsegv(int s, siginfo_t *si, void *u)
{
	(void)s;
	(void)si;
	hits++;
	((ucontext_t *)u)->uc_mcontext.gregs[REG_RIP] += 3;
}
static char *prot;
static int s_segv(void)
{
	struct sigaction sa = { .sa_sigaction = onsegv, .sa_flags = SA_SIGINFO };
	CHK(sigaction(SIGSEGV, &sa, 0));
	prot = mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	sink = prot[0];
	return 0;
}
static u64 r_segv(long n)
{
	int h = hits;
	for (long i = 0; i < n; i++)
		__asm__ volatile(".byte 0xc6,0x00,0x00" ::"a"(prot) : "memory");
	if (hits - h != n)
		die("segv lost");
	return 0;
}

/* --- memory --- */
#define PFN 512
static u64 r_anon(long n)
{
	u64 t = 0;
	for (long b = 0; b < n; b++) {
		char *m = mmap(0, PFN * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (m == MAP_FAILED)
			die("mmap");
		madvise(m, PFN * 4096, MADV_NOHUGEPAGE);
		u64 a = now();
		for (int i = 0; i < PFN; i++)
			m[i * 4096] = 1;
		t += now() - a;
		munmap(m, PFN * 4096);
	}
	return t;
}
static u64 r_anonu(long n)
{
	u64 t = 0;
	for (long b = 0; b < n; b++) {
		char *m = mmap(0, PFN * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (m == MAP_FAILED)
			die("mmap");
		madvise(m, PFN * 4096, MADV_NOHUGEPAGE);
		for (int i = 0; i < PFN; i++)
			m[i * 4096] = 1;
		u64 a = now();
		munmap(m, PFN * 4096);
		t += now() - a;
	}
	return t;
}
static int s_mf(void)
{
	return mkfile(TMP, "lx_mm", PFN * 4096);
}
static u64 mfault(long n, int wr)
{
	u64 t = 0;
	for (long b = 0; b < n; b++) {
		volatile char *m = mmap(0, PFN * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd0, 0);
		if (m == MAP_FAILED)
			die("mmap");
		u64 a = now();
		if (wr)
			for (int i = 0; i < PFN; i++)
				m[i * 4096] = 1;
		else
			for (int i = 0; i < PFN; i++)
				sink = m[i * 4096];
		t += now() - a;
		munmap((void *)m, PFN * 4096);
	}
	return t;
}
static u64 r_mfr(long n)
{
	return mfault(n, 0);
}
static u64 r_mfw(long n)
{
	return mfault(n, 1);
}
static u64 r_mm(long n)
{
	for (long i = 0; i < n; i++) {
		void *m = mmap(0, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (m == MAP_FAILED)
			die("mmap");
		munmap(m, 65536);
	}
	return 0;
}
static u64 r_mprot(long n)
{
	static char a[8192] __attribute__((aligned(4096)));
	a[0] = 1;
	for (long i = 0; i < n; i++)
		if (mprotect(a, 4096, i & 1 ? PROT_READ | PROT_WRITE : PROT_READ))
			die("mprotect");
	mprotect(a, 4096, PROT_READ | PROT_WRITE);
	return 0;
}

const struct test rows_faults[] = {
	{ "sig_install", 0, r_sigact, 0, 1, 0, 0 },
	{ "sig_deliver", s_sig, r_sig, 0, 1, 0, 0 },
	{ "segv_catch", s_segv, r_segv, 0, 1, 0, 0 },
	{ "fault_anon_page", 0, r_anon, 0, PFN, 0, 0 },
	{ "munmap_touched_page", 0, r_anonu, 0, PFN, 0, 0 },
	{ "fault_file_read_page", s_mf, r_mfr, t_file, PFN, 0, 0 },
	{ "fault_file_write_page", s_mf, r_mfw, t_file, PFN, 0, 0 },
	{ "mmap_munmap_64k", 0, r_mm, 0, 1, 0, 0 },
	{ "mprotect_page", 0, r_mprot, 0, 1, 0, 0 },
};
ROW_COUNT(faults);
