/* SPDX-License-Identifier: MIT */
/*
 * vfs: file systems by inode.
 *
 * Reading order: state.h (what is remembered), inode.c and directory.c (tables), file.c and page_runs.c (contents and
 * their space), name_ops.c, rename_ops.c, inode_ops.c, filesystem_ops.c, xattr_ops.c (the work behind each message), intents.c
 * (changes that are told afterwards), unpack.c
 * (the boot archive), replies.c and vfs_ipc.c (messages), store.c and start.c (the arena), check.c (what must hold).
 */
#include "ops.h"
#include "runtime/bootstrap.h"
#include "runtime/log.h"
#include "runtime/server.h"
#include "start.h"

static void serve(void *context, struct server_call *call)
{
	status_code_t status = intents_apply(context);

	if (status == STATUS_OK)
		vfs_dispatch(context, call);
	else
		server_answer(call, status);
}

int main(void)
{
	static struct vfs_context vfs;
	struct server_loop loop = {
		.endpoint = bootstrap_handle("endpoint"),
		.deadline_ns = DEADLINE_NEVER,
		.context = &vfs,
		.serve = serve,
	};
	status_code_t status = vfs_start_up(&vfs);

	if (status == STATUS_OK)
		status = server_run(&loop);
	log_error("stopped: %s", status_name(status));
	return 1;
}
