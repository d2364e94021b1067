/* SPDX-License-Identifier: MIT */
/*
 * The policy sandbox: what a good script gets, and that hostile ones stop with a reason.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <lua.h>
#include "runtime/policy/policy.h"

static const struct policy_limits limits = { .memory_bytes = 1 << 20, .instructions = 1000000 };
static char error[POLICY_ERROR_BYTES];

static status_code_t load(const char *text, struct policy **policy)
{
	return policy_load("@test.lua", text, strlen(text), &limits, policy, error);
}

static void expect_refusal(const char *text, const char *why)
{
	struct policy *policy;
	status_code_t status = load(text, &policy);

	if (status == STATUS_OK || strstr(error, why) == NULL)
		fail_msg("wanted '%s', got status %d '%s' for: %s", why, status, error, text);
	assert_null(policy);
}

static void good_script_answers_its_table(void **state)
{
	struct policy *policy;

	(void)state;
	assert_int_equal(load("local t = {} for i = 1, 10 do t[i] = i * i end\n"
			      "return { sum = t[10] + math.floor(0.5), text = ('%d'):format(7) }",
			      &policy),
			 STATUS_OK);
	lua_State *lua = policy_state(policy);
	lua_getfield(lua, 1, "sum");
	assert_int_equal(lua_tointeger(lua, -1), 100);
	lua_getfield(lua, 1, "text");
	assert_string_equal(lua_tostring(lua, -1), "7");
	policy_free(policy);
}

static void errors_name_file_and_line(void **state)
{
	(void)state;
	expect_refusal("return {\n\n", "test.lua:3:");
	expect_refusal("local x\nreturn { x.y }", "test.lua:2:");
	expect_refusal("return 5", "test.lua returns no table");
	expect_refusal("error({})", "no text");
}

static void endless_scripts_stop(void **state)
{
	(void)state;
	expect_refusal("while true do end", "instruction budget");
	expect_refusal("while true do pcall(function() while true do end end) end", "instruction budget");
	expect_refusal("local function f() return pcall(f) end while true do f() end", "");
	expect_refusal("return setmetatable({}, { __index = function(t, k) while true do end end }).x",
		       "instruction budget");
	expect_refusal("local c = coroutine", "no table");
}

static void greedy_scripts_stop(void **state)
{
	(void)state;
	expect_refusal("local t = {} for i = 1, 1e9 do t[i] = { i } end", "memory");
	expect_refusal("local s = 'x' while true do s = s .. s end", "memory");
}

static void what_is_not_bounded_is_not_there(void **state)
{
	static const char *const absent[] = {
		"load",        "loadfile",    "dofile",       "require",      "io",
		"os",          "debug",       "package",      "print",        "collectgarbage",
		"string.rep",  "string.find", "string.gsub",  "string.match", "string.gmatch",
		"string.dump", "math.random", "table.concat", "getmetatable",
	};
	char text[100];
	struct policy *policy;

	(void)state;
	for (unsigned i = 0; i < sizeof absent / sizeof absent[0]; i++) {
		snprintf(text, sizeof text, "return { absent = (%s == nil) }", absent[i]);
		assert_int_equal(load(text, &policy), STATUS_OK);
		lua_getfield(policy_state(policy), 1, "absent");
		if (!lua_toboolean(policy_state(policy), -1))
			fail_msg("%s is there", absent[i]);
		policy_free(policy);
	}
}

static void finalizers_are_refused(void **state)
{
	(void)state;
	expect_refusal("setmetatable({}, { __gc = function() end }) return {}", "finalizers");
}

static void bytecode_is_refused(void **state)
{
	(void)state;
	expect_refusal("\033Lua", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_script_answers_its_table),
		cmocka_unit_test(errors_name_file_and_line),
		cmocka_unit_test(endless_scripts_stop),
		cmocka_unit_test(greedy_scripts_stop),
		cmocka_unit_test(what_is_not_bounded_is_not_there),
		cmocka_unit_test(finalizers_are_refused),
		cmocka_unit_test(bytecode_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
