# SPDX-License-Identifier: MIT
set(process_SOURCES capability_calls.c clone.c clone_calls.c clone_flags.c create.c credentials.c credentials_rules.c elf.c
    entry.c exec.c exec_arguments.c exec_calls.c exec_commit.c exec_load.c exec_stack.c exit.c family.c first.c group.c
    identity.c identity_calls.c limits.c namespaces.c notify.c pidfd.c prctl.c priority_calls.c process_calls.c restart.c
    robust_list.c rseq.c schedule.c schedule_calls.c script.c setns.c tree.c usage.c wait_child.c)
