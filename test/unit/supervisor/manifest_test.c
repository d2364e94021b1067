/* SPDX-License-Identifier: MIT */
/*
 * The manifest: the system's own is read to the rights that it lists, and mistakes are refused with a reason.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "abi/blocks.h"
#include "abi/handles.h"
#include "manifest.h"

static struct manifest manifest;
static char error[MANIFEST_ERROR_BYTES];
static char text[16384];

static status_code_t read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t bytes;

	assert_non_null(file);
	bytes = fread(text, 1, sizeof text, file);
	fclose(file);
	assert_in_range(bytes, 1, sizeof text - 1);
	return manifest_read("@manifest.lua", text, bytes, &manifest, error);
}

static const struct manifest_program *find(const char *name)
{
	for (uint32_t i = 0; i < manifest.program_count; i++) {
		if (strcmp(manifest.programs[i].name, name) == 0)
			return &manifest.programs[i];
	}
	fail_msg("%s is not in the manifest", name);
	return NULL;
}

static void system_manifest_is_read(void **state)
{
	const struct manifest_program *program;

	(void)state;
	if (read_file(SYSTEM_MANIFEST) != STATUS_OK)
		fail_msg("%s", error);
	program = find("serial.com2");
	assert_int_equal(program->irq, 3);
	assert_int_equal(program->port_count, 1);
	assert_int_equal(program->ports[0].first, 0x2f8);
	assert_int_equal(program->ports[0].count, 8);
	assert_int_equal(program->system_rights, 0);
	assert_int_equal(program->level, LEVEL_DRIVER);
	assert_true(program->events && !program->fpu && !program->vital);
	assert_int_equal(find("serial.com1")->system_rights, RIGHT_WRITE);
	program = find("screen");
	assert_true(program->framebuffer && program->optional && program->physical_count == 0);
	program = find("virtio-rng");
	assert_int_equal(program->pci.vendor, 0x1af4);
	assert_int_equal(program->pci.device_count, 2);
	assert_int_equal(program->pci.devices[1], 0x1005);
	assert_int_equal(program->dma_pages, 2);
	assert_true(program->events && program->irq == -1);
	program = find("linux-personality");
	assert_true(program->vital);
	assert_int_equal(program->irq, -1);
	assert_int_equal(program->port_count, 0);
	assert_true(program->call_count >= 5);
	assert_int_equal(program->quota.frames, UINT64_MAX);
	assert_true(program->held_kinds & 1u << KIND_THREAD);
	assert_int_equal(find("rtc")->held_kinds, 0);
	assert_int_equal(find("serial.com1")->held_kinds, 1u << KIND_NOTIFICATION);
}

static void test_manifest_is_read(void **state)
{
	(void)state;
	if (read_file(TEST_MANIFEST) != STATUS_OK)
		fail_msg("%s", error);
	if (read_file(SCREEN_MANIFEST) != STATUS_OK)
		fail_msg("%s", error);
}

static void expect(const char *program, const char *why)
{
	int bytes = snprintf(text, sizeof text,
			     "return { programs = { { name = 'p', program = '/p', %s } } }", program);

	status_code_t status = manifest_read("@manifest.lua", text, (size_t)bytes, &manifest, error);
	if (why == NULL && status != STATUS_OK)
		fail_msg("%s", error);
	if (why != NULL && (status == STATUS_OK || strstr(error, why) == NULL))
		fail_msg("wanted '%s', got %d '%s' for: %s", why, status, error, program);
}

#define QUOTA "quota = { frames = 1, objects = 1 }"

static void mistakes_are_refused(void **state)
{
	(void)state;
	expect(QUOTA, NULL);
	expect("", "quota is missing");
	expect(QUOTA ", prots = {}", "prots is no field");
	expect(QUOTA ", irq = 256", "no interrupt line");
	expect(QUOTA ", irq = 'x'", "irq is no number");
	expect(QUOTA ", ports = { a = { 0xffff, 2 } }", "beyond port 65535");
	expect(QUOTA ", ports = { a = { 1, 0 } }", "empty range");
	expect(QUOTA ", ports = { a = 5 }", "must be { first, count }");
	expect(QUOTA ", ports = { { 1, 2 } }", "no name");
	expect(QUOTA ", ports = 7", "ports is no table");
	expect(QUOTA ", system = { 'ROOT' }", "unknown right");
	expect(QUOTA ", holds = { 'timer', 'endpoint' }", NULL);
	expect(QUOTA ", holds = { 'io-port-range' }", "unknown or only granted");
	expect(QUOTA ", holds = 'timer'", "no list of names");
	expect(QUOTA ", calls = { a = 'supervisor' }", NULL);
	expect(QUOTA ", serves = 'supervisor'", "the supervisor's own");
	expect(QUOTA "}, { name = 'supervisor', program = '/q', " QUOTA, "the supervisor's own");
	expect(QUOTA ", fpu = 1", "neither true nor false");
	expect(QUOTA ", level = 'kernel'", "neither \"server\" nor");
	expect(QUOTA ", calls = { a = 'nobody' }", "served by nobody");
	expect(QUOTA ", serves = 'a name that is longer than all names may be'", "too long");
	expect("quota = { frames = -1, objects = 1 }", "no number");
	expect(QUOTA "}, { name = 'p', program = '/q', " QUOTA, "is there twice");
	expect(QUOTA ", options = { a = 5 }", "no text");
	expect(QUOTA ", framebuffer = 1", "neither true nor false");
	expect(QUOTA ", pci = 0x1af4", "must be { vendor");
	expect(QUOTA ", pci = { 0x1af4 }", "names no device");
	expect(QUOTA ", pci = { 0x1af4, 0x10000 }", "none, or too many");
	expect(QUOTA ", pci = { 1, 2, 3, 4, 5, 6 }", "none, or too many");
	expect(QUOTA ", pci = { 1, 2 }, irq = 3", "exclude each other");
	expect(QUOTA ", dma = 1025", "too many pages");
	expect(QUOTA ", pci = { 1, 2 }, dma = 1024", NULL);
}

static void too_many_are_refused(void **state)
{
	static const char script[] =
		"local t = {} for i = 1, 25 do t[i] = { name = 'p' .. i, program = '/p', " QUOTA
		" } end return { programs = t }";

	(void)state;
	assert_int_equal(manifest_read("@m", script, sizeof script - 1, &manifest, error), STATUS_INVALID);
	assert_non_null(strstr(error, "more than 24 programs"));
	expect(QUOTA ", ports = (function() local t = {} for i = 1, 9 do t['p' .. i] = { i, 1 } end return t "
		     "end)()",
	       "ports are too many");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(system_manifest_is_read),
		cmocka_unit_test(test_manifest_is_read),
		cmocka_unit_test(mistakes_are_refused),
		cmocka_unit_test(too_many_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
