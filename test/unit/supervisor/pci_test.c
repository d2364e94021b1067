/* SPDX-License-Identifier: MIT */
/*
 * PCI: a model of a small machine's configuration space: functions are found behind bridges, their memory is measured without
 * being moved, and a space that answers nonsense ends no test early.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "pci.h"

#define PLACES 3
#define WORDS 64

static struct {
	uint16_t place;
	uint32_t words[WORDS];
	uint32_t decoded[6]; /* bits of the base address registers that can be set */
} model[PLACES];
static bool noise;

static const uint16_t wanted[] = { 0x1044, 0x1005 };

static uint32_t *word_of(uint16_t place, uint8_t offset)
{
	for (unsigned i = 0; i < PLACES; i++) {
		if (model[i].place == place && model[i].words[0] != 0)
			return &model[i].words[offset / 4];
	}
	return NULL;
}

static uint32_t model_read(uint16_t place, uint8_t offset)
{
	uint32_t *word = word_of(place, offset);

	assert_int_equal(offset % 4, 0);
	if (noise)
		return rand() % 4 == 0 ? (uint32_t)rand() << 1 : 0x10051af4;
	return word != NULL ? *word : UINT32_MAX;
}

static void model_write(uint16_t place, uint8_t offset, uint32_t value)
{
	uint32_t *word = word_of(place, offset), bar = (offset - 0x10u) / 4;

	if (word == NULL)
		return;
	if (offset == 4) { /* the status half is cleared by ones */
		assert_int_equal(value >> 16, 0);
		*word = (*word & 0xffff0000) | value;
		return;
	}
	if (offset >= 0x10 && bar < 6) {
		for (unsigned i = 0; i < PLACES; i++) {
			if (model[i].place == place) {
				assert_int_equal(model[i].words[1] & 3, 0); /* it must not decode meanwhile */
				value = (value & model[i].decoded[bar]) |
					(*word & 0xf & ~model[i].decoded[bar]);
			}
		}
	}
	*word = value;
}

static const struct pci_access access_model = { .read = model_read, .write = model_write };

/* A host bridge, a bridge to bus 5, and behind it the device, as function 3. */
static void make_machine(void)
{
	noise = false;
	memset(model, 0, sizeof model);
	model[0].place = 0x0000;
	model[0].words[0] = 0x29c08086;
	model[1].place = 0x00f8;
	model[1].words[0] = 0x000c1b36;
	model[1].words[3] = 0x00010000;
	model[1].words[6] = 0x00050500;
	model[2].place = 0x0510;
	model[2].words[0] = 0x10441af4;
	model[2].words[1] = 0x00100003;
	model[2].words[4] = 0x0000c001; /* ports */
	model[2].words[5] = 0xfe001000; /* 4 KiB */
	model[2].decoded[1] = 0xfffff000;
	model[2].words[8] = 0x0000000c; /* 16 KiB at 8 GiB + 16 KiB, 64 bits, prefetchable */
	model[2].words[8] |= 0x4000;
	model[2].words[9] = 2;
	model[2].decoded[4] = 0xffffc000;
	model[2].decoded[5] = 0xffffffff;
	model[2].words[13] = 0x40;
	model[2].words[16] = 0x00004c09;
	model[2].words[19] = 0x00020011;
}

static void a_function_is_found_and_measured(void **state)
{
	struct pci_function function;

	(void)state;
	make_machine();
	assert_true(pci_find(&access_model, 0x1af4, wanted, 2, &function));
	assert_int_equal(function.place, 0x0510);
	assert_int_equal(function.bars[0].bytes, 0);
	assert_int_equal(function.bars[1].base, 0xfe001000);
	assert_int_equal(function.bars[1].bytes, 0x1000);
	assert_int_equal(function.bars[4].base, 0x200004000);
	assert_int_equal(function.bars[4].bytes, 0x4000);
	assert_int_equal(function.bars[5].bytes, 0);
	assert_int_equal(function.msix, 0x4c);
	assert_int_equal(model[2].words[5], 0xfe001000);
	assert_int_equal(model[2].words[8], 0x400c);
	assert_int_equal(model[2].words[9], 2);
	assert_int_equal(model[2].words[1], 0x00100003);
}

static void what_is_not_there_is_not_found(void **state)
{
	static const uint16_t other[] = { 0x1041 };
	struct pci_function function;

	(void)state;
	make_machine();
	assert_false(pci_find(&access_model, 0x1af4, other, 1, &function));
	assert_false(pci_find(&access_model, 0x8086, wanted, 2, &function));
	model[1].words[6] = 0x00000000; /* a bridge to its own bus */
	assert_false(pci_find(&access_model, 0x1af4, wanted, 2, &function));
}

static void functions_of_a_device_are_looked_at(void **state)
{
	struct pci_function function;

	(void)state;
	make_machine();
	model[0].place = 0x0510;
	model[2].place = 0x0513;
	assert_false(pci_find(&access_model, 0x1af4, wanted, 2, &function));
	model[0].words[3] = 0x00800000;
	assert_true(pci_find(&access_model, 0x1af4, wanted, 2, &function));
	assert_int_equal(function.place, 0x0513);
}

static void a_device_is_switched_on_and_off(void **state)
{
	uint8_t copy[PCI_CONFIGURATION_BYTES];
	struct pci_function function;

	(void)state;
	make_machine();
	assert_true(pci_find(&access_model, 0x1af4, wanted, 2, &function));
	pci_enable(&access_model, &function);
	assert_int_equal(model[2].words[1], 0x00100406); /* memory and master, neither ports nor INTx */
	assert_int_equal(model[2].words[19], 0x80020011);
	pci_copy(&access_model, function.place, copy);
	assert_memory_equal(copy, model[2].words, sizeof copy);
	pci_disable(&access_model, function.place);
	assert_int_equal(model[2].words[1] & 7, 0);
}

static void ranges_that_make_no_sense_are_left_out(void **state)
{
	struct pci_function function;

	(void)state;
	make_machine();
	model[2].decoded[1] = 0xfff0f000; /* holes */
	model[2].words[8] = 0x800c;       /* not at a multiple of its size */
	model[2].decoded[4] = 0xffff0000;
	model[2].words[19] = 0x00024c11;
	model[2].words[16] = 0x00004009; /* capabilities in a ring without MSI-X */
	assert_true(pci_find(&access_model, 0x1af4, wanted, 2, &function));
	assert_int_equal(function.bars[1].bytes, 0);
	assert_int_equal(function.bars[4].bytes, 0);
	assert_int_equal(function.msix, 0);
}

static void noise_is_survived(void **state)
{
	struct pci_function function;

	(void)state;
	srand(5);
	make_machine();
	noise = true;
	for (int round = 0; round < 300; round++) {
		if (!pci_find(&access_model, 0x1af4, wanted, 2, &function))
			continue;
		for (unsigned i = 0; i < PCI_BARS; i++)
			assert_int_equal(function.bars[i].bytes & (function.bars[i].bytes - 1), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_function_is_found_and_measured),
		cmocka_unit_test(what_is_not_there_is_not_found),
		cmocka_unit_test(functions_of_a_device_are_looked_at),
		cmocka_unit_test(a_device_is_switched_on_and_off),
		cmocka_unit_test(ranges_that_make_no_sense_are_left_out),
		cmocka_unit_test(noise_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
