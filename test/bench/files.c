/* SPDX-License-Identifier: MIT
 *
 * Rows of file systems in bulk: directories and large files on tmpfs, ext4 on a disk, the disk itself.
 */
#include "bench.h"

static u64 r_crunl_c, r_crunl_u;
static u64 crunl(long n, int which)
{
	char nm[300];
	u64 tc = 0, tu = 0;
	for (long b = 0; b < n; b++) {
		u64 a = now();
		for (int i = 0; i < 1000; i++) {
			sprintf(nm, "%s/d/f%d", TMP, i);
			int f = open(nm, O_CREAT | O_WRONLY | O_EXCL, 0644);
			if (f < 0)
				die(nm);
			close(f);
		}
		u64 c = now();
		for (int i = 0; i < 1000; i++) {
			sprintf(nm, "%s/d/f%d", TMP, i);
			if (unlink(nm))
				die(nm);
		}
		u64 d = now();
		tc += c - a;
		tu += d - c;
	}
	r_crunl_c = tc;
	r_crunl_u = tu;
	return which ? tu : tc;
}
static int s_dir(void)
{
	snprintf(path, sizeof path, "%s/d", TMP);
	if (mkdir(path, 0755) && errno != EEXIST)
		SKIP("mkdir: %s", strerror(errno));
	return 0;
}
static void t_dir(void)
{
	rmdir(path);
}
static u64 r_create(long n)
{
	return crunl(n, 0);
}
static u64 r_unlink(long n)
{
	return crunl(n, 1);
}
static int s_readdir(void)
{
	char nm[300];
	if (s_dir())
		return -1;
	for (int i = 0; i < 1000; i++) {
		sprintf(nm, "%s/f%d", path, i);
		int f = open(nm, O_CREAT | O_WRONLY, 0644);
		CHK(f);
		close(f);
	}
	return 0;
}
static u64 r_readdir(long n)
{
	for (long i = 0; i < n; i++) {
		DIR *d = opendir(path);
		int k = 0;
		if (!d)
			die("opendir");
		while (readdir(d))
			k++;
		closedir(d);
		if (k < 1000)
			die("readdir");
	}
	return 0;
}
static void t_readdir(void)
{
	char nm[300];
	for (int i = 0; i < 1000; i++) {
		sprintf(nm, "%s/f%d", path, i);
		unlink(nm);
	}
	rmdir(path);
}
#define FSZ (64l << 20)
static int s_tw(void)
{
	return mkfile(TMP, "lx_bw", 0);
}
static u64 r_twrite(long n)
{
	u64 t = 0;
	for (long b = 0; b < n; b++) {
		ftruncate(fd0, 0);
		u64 a = now();
		for (long o = 0; o < FSZ; o += 65536)
			if (pwrite(fd0, buf, 65536, o) != 65536)
				die("bw write");
		t += now() - a;
	}
	return t;
}
static int s_tr(void)
{
	return mkfile(TMP, "lx_bw", FSZ);
}
static u64 r_tread(long n)
{
	for (long b = 0; b < n; b++)
		for (long o = 0; o < FSZ; o += 65536)
			if (pread(fd0, buf, 65536, o) != 65536)
				die("bw read");
	return 0;
}
/* ext4 on virtio-blk */
static int s_ew(void)
{
	if (access(EXT, W_OK))
		SKIP("no %s", EXT);
	char p[256];
	snprintf(p, sizeof p, "%s/lost+found", EXT);
	if (access(p, F_OK))
		SKIP("%s is not an ext4 mount", EXT);
	return mkfile(EXT, "lx_bw", 0);
}
static u64 r_ewrite(long n)
{
	u64 t = 0;
	for (long b = 0; b < n; b++) {
		ftruncate(fd0, 0);
		fsync(fd0);
		u64 a = now();
		for (long o = 0; o < FSZ; o += 65536)
			if (pwrite(fd0, buf, 65536, o) != 65536)
				die("e write");
		if (fsync(fd0))
			die("fsync");
		t += now() - a;
	}
	return t;
}
static int s_er(void)
{
	if (s_ew())
		return -1;
	if (mkfile(EXT, "lx_bw", FSZ))
		return -1;
	fsync(fd0);
	return 0;
}
static u64 r_ecold(long n)
{
	u64 t = 0;
	for (long b = 0; b < n; b++) {
		int f = open("/proc/sys/vm/drop_caches", O_WRONLY);
		if (f >= 0) {
			write(f, "1\n", 2);
			close(f);
		}
		posix_fadvise(fd0, 0, 0, POSIX_FADV_DONTNEED);
		u64 a = now();
		for (long o = 0; o < FSZ; o += 65536)
			if (pread(fd0, buf, 65536, o) != 65536)
				die("e read");
		t += now() - a;
	}
	return t;
}
static u64 r_efsync(long n)
{
	for (long i = 0; i < n; i++) {
		if (pwrite(fd0, buf, 4096, 0) != 4096 || fsync(fd0))
			die("fsync");
	}
	return 0;
}
static u64 r_ecreate(long n)
{
	char nm[300];
	for (long b = 0; b < n; b++) {
		for (int i = 0; i < 100; i++) {
			sprintf(nm, "%s/c%d", EXT, i);
			int f = open(nm, O_CREAT | O_WRONLY, 0644);
			if (f < 0)
				die(nm);
			close(f);
		}
		for (int i = 0; i < 100; i++) {
			sprintf(nm, "%s/c%d", EXT, i);
			unlink(nm);
		}
	}
	return 0;
}
static int s_blk(void)
{
	CHK(fd0 = open("/dev/vda", O_RDONLY | O_DIRECT));
	return 0;
}
static u64 r_blk4k(long n)
{
	for (long i = 0; i < n; i++)
		if (pread(fd0, buf, 4096, (i * 7919 % 8192) << 12) != 4096)
			die("blk");
	return 0;
}
static u64 r_blk1m(long n)
{
	for (long i = 0; i < n; i++)
		if (pread(fd0, buf, 1 << 20, (i % 32) << 20) != 1 << 20)
			die("blk");
	return 0;
}

const struct test rows_files[] = {
	{ "tmpfs_create_file", s_dir, r_create, t_dir, 1000, 0, 0 },
	{ "tmpfs_unlink_file", s_dir, r_unlink, t_dir, 1000, 0, 0 },
	{ "readdir_1000", s_readdir, r_readdir, t_readdir, 1, 0, 0 },
	{ "tmpfs_write_64m", s_tw, r_twrite, t_file, 1, FSZ, 1 },
	{ "tmpfs_read_64m", s_tr, r_tread, t_file, 1, FSZ, 1 },
	{ "ext4_write_64m_fsync", s_ew, r_ewrite, t_file, 1, FSZ, 1 },
	{ "ext4_read_64m_cold", s_er, r_ecold, t_file, 1, FSZ, 1 },
	{ "ext4_read_64m_cached", s_er, r_tread, t_file, 1, FSZ, 1 },
	{ "ext4_pwrite4k_fsync", s_ew, r_efsync, t_file, 1, 0, 0 },
	{ "ext4_create_unlink", s_ew, r_ecreate, t_file, 100, 0, 0 },
	{ "vblk_direct_read_4k", s_blk, r_blk4k, t_fd, 1, 0, 0 },
	{ "vblk_direct_read_1m", s_blk, r_blk1m, t_fd, 1, 1 << 20, 0 },
};
ROW_COUNT(files);
