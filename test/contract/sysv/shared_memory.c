/* SPDX-License-Identifier: MIT
 *
 * shmget, shmat, shmdt, shmctl: one memory for all who attach, inherited by fork and left by exec and exit, counted; alive
 * after removal as long as it is attached; addresses, permissions, errors.
 */
#include "contract.h"

#include <sys/shm.h>

#define KEY 0x5a5a
#define BYTES 10000

static int segment;
static char *memory;

static char *attach(int id, const void *address, int flags)
{
	return (char *)syscall(SYS_shmat, id, address, flags);
}

static void show_status_of(int id)
{
	struct shmid_ds status = { 0 };
	if (CALL(shmctl(id, IPC_STAT, &status)))
		return;
	say("mode %o, %d bytes, %d attached, key %s\n", (unsigned)status.shm_perm.mode, (int)status.shm_segsz,
	    (int)status.shm_nattch,
	    status.shm_perm.__key == KEY ? "same"
	    : status.shm_perm.__key      ? "other"
					 : "none");
}

static void creation(void)
{
	CALL(shmget(KEY, BYTES, 0600));
	CALL(shmget(KEY, 0, IPC_CREAT | 0600));
	CALL(shmget(KEY, -1, IPC_CREAT | 0600));
	segment = (int)MUST(shmget(KEY, BYTES, IPC_CREAT | 0600));
	CALL(shmget(KEY, BYTES, IPC_CREAT | IPC_EXCL | 0600));
	CALL(shmget(KEY, BYTES + 1, 0));
	IS(shmget(KEY, 1, 0) == segment);
	IS(shmget(KEY, 0, 0) == segment);
	show_status_of(segment);
}

static int child_writes(void *unused)
{
	char *own;
	(void)unused;
	show_status_of(segment);
	strcpy(memory, "from the child");
	own = attach(segment, NULL, 0);
	strcpy(own + 9000, "far");
	show_status_of(segment);
	return 0;
}

static int reads_only(void *unused)
{
	char *own = attach(segment, NULL, SHM_RDONLY);
	(void)unused;
	TEXT(own);
	CALL(mprotect(own, 4096, PROT_READ | PROT_WRITE));
	*own = 1;
	return 0;
}

static void sharing(void)
{
	memory = attach(segment, NULL, 0);
	show_bytes("fresh", memory, 4);
	strcpy(memory, "hello");
	run_child("child", child_writes, NULL);
	TEXT(memory);
	TEXT(memory + 9000);
	show_status_of(segment);
	run_child("reads only", reads_only, NULL);
	run_child("reads only", reads_only, NULL);
}

static void addresses(void)
{
	char *room = mmap(NULL, 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	DOES(attach(segment, room, 0));
	DOES(attach(segment, room + 1, 0));
	DOES(attach(segment, NULL, SHM_REMAP));
	MUST(munmap(room, 65536));
	IS(attach(segment, room, 0) == room);
	IS(attach(segment, room + 16384 + 5, SHM_RND) == room + 16384);
	DOES(attach(segment, room + 4096, 0));
	IS(attach(segment, room + 4096, SHM_REMAP) == room + 4096);
	show_status_of(segment);
	CALL(shmdt(room + 4096));
	show_status_of(segment);
	CALL(shmdt(room + 1));
	CALL(shmdt(room));
	CALL(shmdt(room));
	CALL(shmdt(room + 16384));
	CALL(shmdt((void *)&segment));
	DOES(attach(-1, NULL, 0));
	DOES(attach(0x7fff0000, NULL, 0));
	show_status_of(segment);
}

static int stranger(void *unused)
{
	(void)unused;
	MUST(setgid(1000));
	MUST(setuid(1000));
	CALL(shmget(KEY, 0, 0400));
	IS(shmget(KEY, 0, 0) == segment);
	DOES(attach(segment, NULL, SHM_RDONLY));
	show_status_of(segment);
	CALL(shmctl(segment, IPC_RMID, NULL));
	CALL(shmctl(segment, SHM_LOCK, NULL));
	return 0;
}

static void removal(void)
{
	struct shmid_ds status;
	char *again;
	MUST(shmctl(segment, IPC_STAT, &status));
	status.shm_perm.mode = 0640;
	CALL(shmctl(segment, IPC_SET, &status));
	CALL(shmctl(segment, SHM_LOCK, NULL));
	show_status_of(segment);
	CALL(shmctl(segment, SHM_UNLOCK, NULL));
	CALL(shmctl(segment, IPC_RMID, NULL));
	show_status_of(segment);
	CALL(shmget(KEY, 0, 0));
	TEXT(memory);
	again = attach(segment, NULL, 0);
	TEXT(again);
	CALL(shmdt(memory));
	show_status_of(segment);
	CALL(shmdt(again));
	show_status_of(segment);
	CALL(shmctl(segment, IPC_RMID, NULL));
}

static int attaches_and_ends(void *id)
{
	MUST(attach(*(int *)id, NULL, 0) ? 0 : -1);
	MUST(shmctl(*(int *)id, IPC_RMID, NULL));
	return 0;
}

static void end_of_the_last(void)
{
	int id = (int)MUST(shmget(IPC_PRIVATE, 4096, 0600));
	IS(id != segment);
	run_child("ends", attaches_and_ends, &id);
	show_status_of(id);
}

int main(void)
{
	creation();
	sharing();
	addresses();
	run_child("stranger", stranger, NULL);
	removal();
	end_of_the_last();
	return 0;
}
