/* SPDX-License-Identifier: MIT
 *
 * What every contract test is written with. A test is one small program whose standard output and wait status
 * are compared, line by line, between Debian's Linux kernel and this system; nothing here passes a verdict.
 *
 * Rules of use:
 *  1. Print what happened, by the macros below; never print what differs from boot to boot (addresses, process
 *     ids, times, sizes of the machine): print relations between them with IS.
 *  2. Every line goes out with one write, so a child's or a handler's lines mix safely with the parent's.
 *  3. A step that only prepares the scene is wrapped in MUST: it ends the program with status 99 when it fails.
 *  4. A test runs as root, in its own session and its own empty working directory, with standard input from
 *     /dev/null and descriptors 0, 1 and 2 only.
 */
#ifndef CONTRACT_H
#define CONTRACT_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Prints "expression: value". */
#define SHOW(e) say("%s: %lld\n", #e, (long long)(e))
#define HEX(e) say("%s: 0x%llx\n", #e, (unsigned long long)(e))
#define TEXT(e) say("%s: \"%s\"\n", #e, (e))
/* Prints "expression: yes" or "no"; the value is the truth of the expression. */
#define IS(e) contract_truth(#e, (e) ? true : false)
/* Prints "call: result", with the name of errno when the result is -1; the value is the result. */
#define CALL(e) contract_call(#e, (errno = 0, (long)(e)))
/* As CALL, without the value: "done" or the name of errno. For calls that return an address or a process id. */
#define DOES(e) contract_does(#e, (errno = 0, (long)(e)))
#define MUST(e) contract_must(__FILE__, __LINE__, #e, (errno = 0, (long)(e)))

__attribute__((format(printf, 1, 2))) void say(const char *format, ...);
bool contract_truth(const char *text, bool value);
long contract_call(const char *text, long value);
long contract_does(const char *text, long value);
long contract_must(const char *file, int line, const char *text, long value);

const char *errno_name(int number);
const char *signal_name(int signal_number);
/* Prints the bytes with C escapes; a negative length is printed as such. */
void show_bytes(const char *name, const void *bytes, long length);
/* Prints a wait status: "exited 3", "killed SIGSEGV", "stopped SIGTSTP", "continued". */
void show_status(const char *name, int status);

/* Forks a child that runs body(argument) and exits with its result. */
pid_t start(int (*body)(void *argument), void *argument);
/* Waits for the child and prints its wait status. */
void reap(const char *name, pid_t child);
/* start, then reap. */
void run_child(const char *name, int (*body)(void *argument), void *argument);
/* A body for start that sleeps until a signal kills it. */
int sleep_forever(void *unused);
/* Returns when the process sleeps in a system call, as its stat file tells, or after two seconds. */
void wait_until_asleep(pid_t pid);
/* Returns when the one thread of this process sleeps; the same bound. */
void wait_until_thread_asleep(pid_t tid);

void catch_signal(int signal_number, void (*handler)(int), int flags);
void catch_signal_info(int signal_number, void (*handler)(int, siginfo_t *, void *), int flags);
void block_signal(int signal_number);
void unblock_signal(int signal_number);
bool signal_is_blocked(int signal_number);
bool signal_is_pending(int signal_number);

long now_ms(void);
void sleep_ms(long milliseconds);

void write_file(const char *path, const char *text);
/* Reads at most size - 1 bytes and ends them with a 0; returns the count, -1 when the file does not open. */
long read_file(const char *path, char *text, size_t size);

#endif
