/* SPDX-License-Identifier: MIT */
/*
 * Capabilities across changes of user and exec: the rules of capabilities(7).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "process/credentials.h"

#define NET_RAW CAPABILITY_BIT(LINUX_CAP_NET_RAW)
#define CHOWN CAPABILITY_BIT(LINUX_CAP_CHOWN)

static struct credentials root(void)
{
	return (struct credentials){ .permitted = CAPABILITIES_ALL,
				     .effective = CAPABILITIES_ALL,
				     .bounding = CAPABILITIES_ALL };
}

static struct credentials user(uint32_t id)
{
	return (struct credentials){ .uid = id,
				     .euid = id,
				     .suid = id,
				     .fsuid = id,
				     .gid = id,
				     .egid = id,
				     .bounding = CAPABILITIES_ALL };
}

static void leaving_root_for_good_drops_everything(void **state)
{
	struct credentials old = root(), fresh = user(1000);
	(void)state;
	fresh.permitted = fresh.effective = CAPABILITIES_ALL;
	fresh.ambient = NET_RAW;
	credentials_fix_setuid(&fresh, &old);
	assert_int_equal(fresh.permitted, 0);
	assert_int_equal(fresh.effective, 0);
	assert_int_equal(fresh.ambient, 0);
}

static void keep_caps_keeps_the_permitted_set(void **state)
{
	struct credentials old = root(), fresh = user(1000);
	(void)state;
	old.securebits = LINUX_SECBIT_KEEP_CAPS;
	fresh.permitted = fresh.effective = CAPABILITIES_ALL;
	credentials_fix_setuid(&fresh, &old);
	assert_int_equal(fresh.permitted, CAPABILITIES_ALL);
	assert_int_equal(fresh.effective, 0);
}

static void a_temporary_change_only_drops_the_effective_set(void **state)
{
	struct credentials old = root(), fresh = root(), back;
	(void)state;
	fresh.euid = 1000;
	credentials_fix_setuid(&fresh, &old);
	assert_int_equal(fresh.permitted, CAPABILITIES_ALL);
	assert_int_equal(fresh.effective, 0);
	back = fresh;
	back.euid = 0;
	credentials_fix_setuid(&back, &fresh);
	assert_int_equal(back.effective, CAPABILITIES_ALL);
}

static void the_file_system_id_moves_file_capabilities(void **state)
{
	struct credentials old = root(), fresh = root();
	(void)state;
	fresh.fsuid = 1000;
	credentials_fix_setfsuid(&fresh, &old);
	assert_int_equal(fresh.effective & CHOWN, 0);
	assert_int_equal(fresh.effective & NET_RAW, NET_RAW);
	credentials_fix_setfsuid(&old, &fresh);
	assert_int_equal(old.effective & CHOWN, CHOWN);
}

static void exec_of_a_plain_file_as_user_is_not_secure(void **state)
{
	struct credentials old = user(1000), fresh = old;
	struct exec_identity identity = { 0 };
	(void)state;
	old.permitted = old.effective = fresh.permitted = NET_RAW;
	credentials_fix_exec(&fresh, &old, &identity);
	assert_int_equal(fresh.permitted, 0);
	assert_false(identity.secure);
}

static void exec_of_a_set_user_root_file_is_secure(void **state)
{
	struct credentials old = user(1000), fresh = old;
	struct exec_identity identity = { .set_user = true, .user = 0 };
	(void)state;
	fresh.ambient = NET_RAW;
	credentials_fix_exec(&fresh, &old, &identity);
	assert_int_equal(fresh.euid, 0);
	assert_int_equal(fresh.suid, 0);
	assert_int_equal(fresh.uid, 1000);
	assert_int_equal(fresh.permitted, CAPABILITIES_ALL);
	assert_int_equal(fresh.effective, CAPABILITIES_ALL);
	assert_int_equal(fresh.ambient, 0);
	assert_true(identity.secure);
}

static void ambient_capabilities_survive_exec(void **state)
{
	struct credentials old = user(1000), fresh;
	struct exec_identity identity = { 0 };
	(void)state;
	old.ambient = old.permitted = old.inheritable = NET_RAW;
	fresh = old;
	credentials_fix_exec(&fresh, &old, &identity);
	assert_int_equal(fresh.permitted, NET_RAW);
	assert_int_equal(fresh.effective, NET_RAW);
	assert_false(identity.secure);
}

static void the_bounding_set_limits_root(void **state)
{
	struct credentials old = root(), fresh;
	struct exec_identity identity = { 0 };
	(void)state;
	old.bounding &= ~CHOWN;
	fresh = old;
	credentials_fix_exec(&fresh, &old, &identity);
	assert_int_equal(fresh.permitted & CHOWN, 0);
	assert_int_equal(fresh.permitted & NET_RAW, NET_RAW);
}

static void groups_are_found(void **state)
{
	static union {
		struct group_list list;
		uint32_t words[2 + 3];
	} groups = { .words = { 1, 3, 5, 100, 70000 } };
	struct credentials mine = { .egid = 7, .fsgid = 8, .groups = &groups.list };
	(void)state;
	assert_true(credentials_in_group(&mine, 8));
	assert_false(credentials_in_group(&mine, 7));
	assert_true(credentials_in_egroup(&mine, 7));
	assert_true(credentials_in_group(&mine, 5));
	assert_true(credentials_in_group(&mine, 100));
	assert_true(credentials_in_group(&mine, 70000));
	assert_false(credentials_in_group(&mine, 99));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaving_root_for_good_drops_everything),
		cmocka_unit_test(keep_caps_keeps_the_permitted_set),
		cmocka_unit_test(a_temporary_change_only_drops_the_effective_set),
		cmocka_unit_test(the_file_system_id_moves_file_capabilities),
		cmocka_unit_test(exec_of_a_plain_file_as_user_is_not_secure),
		cmocka_unit_test(exec_of_a_set_user_root_file_is_secure),
		cmocka_unit_test(ambient_capabilities_survive_exec),
		cmocka_unit_test(the_bounding_set_limits_root),
		cmocka_unit_test(groups_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
