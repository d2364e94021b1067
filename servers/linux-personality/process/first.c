/* SPDX-License-Identifier: MIT */
/*
 * Process 1: made from nothing, it opens the console as its descriptors 0 to 2 and executes init.
 */
#include "process/first.h"

#include <string.h>
#include "calls/calls.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/slab.h"
#include "file/file.h"
#include "linux_abi/files.h"
#include "linux_abi/process.h"
#include "process/create.h"
#include "process/credentials.h"
#include "process/exec.h"
#include "process/exit.h"
#include "process/limits.h"
#include "process/tree.h"
#include "runtime/log.h"
#include "signal/state.h"

#define TIMER_SLACK_NS 50000u
#define ARGUMENTS_LIMIT 0x20000u
#define STATUS_NO_PROGRAM (127u << 8)

/* Only read by process 1's thread at its start. */
static char command_line[BOOT_COMMAND_LINE_MAX];

static char *next_word(char **line)
{
	char *word = *line + strspn(*line, " \t\n");
	char *end = word + strcspn(word, " \t\n");
	if (word == end)
		return NULL;
	*line = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

void first_parse_command_line(char *line, struct first_command *command)
{
	static const char option[] = "init=";
	bool arguments = false;
	char *word;
	*command = (struct first_command){ 0 };
	while ((word = next_word(&line))) {
		if (arguments && command->argument_count < FIRST_ARGUMENTS_MAX)
			command->arguments[command->argument_count++] = word;
		else if (!strcmp(word, "--"))
			arguments = true;
		else if (!strncmp(word, option, sizeof(option) - 1))
			command->program = word + sizeof(option) - 1;
	}
}

static int make_tree(struct process *process)
{
	struct session *session = session_create(1);
	struct process_group *group = session ? process_group_create(1, session) : NULL;
	if (!group)
		return -ENOMEM;
	session->leader = process;
	process_join_group(process, group);
	process_group_put(group);
	session_put(session);
	process_table_add(process);
	process_init = process;
	return 0;
}

static int make_thread(struct thread *thread, struct process *process, struct fs_context *fs)
{
	thread->process = process;
	thread->tid = 1;
	thread->fs = fs;
	thread->files = files_create();
	thread->sighand = sighand_create();
	thread->credentials = credentials_create_root();
	thread->cpu_mask = 1;
	thread->timer_slack_ns = thread->default_timer_slack_ns = TIMER_SLACK_NS;
	thread->start_ns = clock_monotonic_ns();
	memcpy(thread->name, "init", 5);
	if (!thread->files || !thread->sighand || !thread->credentials)
		return -ENOMEM;
	sighand_publish(thread);
	return thread_make_kernel_thread(thread, false);
}

int first_process_start(const struct boot_info *boot, struct fs_context *fs, struct mount_namespace *mounts,
			struct uts_namespace *uts)
{
	struct process *process = process_allocate();
	struct thread *thread = thread_allocate();
	int error = process && thread ? make_thread(thread, process, fs) : -ENOMEM;
	if (error)
		return error;
	memcpy(command_line, boot->command_line, sizeof(command_line) - 1);
	process->pid = 1;
	process->leader = thread;
	process->unkillable = true;
	process->exit_signal = LINUX_SIGCHLD;
	process->start_ns = thread->start_ns;
	process->mounts = mounts;
	process->uts = uts;
	limits_init(process->limits);
	limits_set_threads(process->limits, boot->memory_bytes);
	process_get(process);
	lock_init(&process_tree_lock, RANK_TREE);
	lock_acquire(&process_tree_lock);
	error = make_tree(process);
	lock_acquire(&process->lock);
	thread_enlist(thread);
	lock_release(&process->lock);
	lock_release(&process_tree_lock);
	thread->credentials->user->processes++;
	if (!error)
		thread_run(thread);
	return error;
}

static void open_console(struct thread *self)
{
	int error;
	struct file *file = file_open_name(self, "/dev/console", LINUX_O_RDWR, 0, &error);
	if (!file) {
		log_warning("process 1 starts without a console: /dev/console: %s", call_error_text(-error));
		return;
	}
	for (int i = 0; i < 2; i++) {
		file_get(file);
		(void)files_install(self, file, 0, false);
	}
	(void)files_install(self, file, 0, false);
}

static int run(struct thread *self, const char *program, const struct first_command *command)
{
	struct exec_arguments arguments;
	int error = exec_arguments_init(&arguments, ARGUMENTS_LIMIT);
	if (error)
		return error;
	error = exec_argument_add(&arguments, program);
	for (uint32_t i = 0; i < command->argument_count && !error; i++)
		error = exec_argument_add(&arguments, command->arguments[i]);
	if (!error)
		error = exec_environment_add(&arguments, "HOME=/");
	if (!error)
		error = exec_environment_add(&arguments, "TERM=linux");
	if (error) {
		exec_arguments_free(&arguments);
		return error;
	}
	return exec_run(self, LINUX_AT_FDCWD, program, 0, program, &arguments);
}

void first_process_begin(struct thread *self)
{
	static const char *const usual[] = { "/sbin/init", "/etc/init", "/bin/init", "/bin/sh" };
	struct first_command command;
	int error = -ENOENT;
	first_parse_command_line(command_line, &command);
	open_console(self);
	if (command.program) {
		error = run(self, command.program, &command);
		if (error)
			log_error("init=%s: %s", command.program, call_error_text(-error));
	}
	for (uint32_t i = 0; error && !command.program && i < sizeof(usual) / sizeof(usual[0]); i++)
		error = run(self, usual[i], &command);
	if (!error)
		return;
	log_error("no program for process 1: %s", call_error_text(-error));
	process_exit_group(self, STATUS_NO_PROGRAM);
}
