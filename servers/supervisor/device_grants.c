/* SPDX-License-Identifier: MIT */
/*
 * device_grants: the part of grants.h that depends on which devices the machine has: the boot loader's screen, a function of
 * a PCI device with its interrupt, memory for its DMA.
 */
#include "grants.h"

#include "pci.h"
#include "runtime/format.h"
#include "runtime/kernel.h"
#include "runtime/log.h"

#define DEVICE_BIT 0x1
#define IRQ_MSI 0x100u /* any line from here on: the kernel picks a vector */
#define SCREEN_BYTES_MAX (256ull << 20)
#define ADDRESS_MAX (1ull << 52)
#define FRAMEBUFFER_LINEAR 1
#define FRAMEBUFFER_TEXT 2

/* Whole pages around the screen's bytes. */
static status_t add_framebuffer(struct grants *grants, const struct boot_framebuffer *frame)
{
	uint64_t bytes = (uint64_t)frame->pitch * frame->height, first, end;

	if ((frame->kind != FRAMEBUFFER_LINEAR && frame->kind != FRAMEBUFFER_TEXT) || bytes == 0 ||
	    bytes > SCREEN_BYTES_MAX || frame->address >= ADDRESS_MAX)
		return STATUS_NOT_FOUND;
	first = frame->address & ~(uint64_t)(PAGE_SIZE - 1);
	end = (frame->address + bytes + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
	return grants_add_own(grants, "framebuffer", k_physical_carve(HANDLE_PHYSICAL, first, end - first),
			      RIGHT_READ | RIGHT_WRITE | RIGHT_MANAGE);
}

/* Ranges smaller than a page may share it with another device, and are not given. */
static status_t add_bars(struct grants *grants, const struct pci_function *function)
{
	status_code_t status = STATUS_OK;

	for (unsigned i = 0; i < PCI_BARS && status == STATUS_OK; i++) {
		const struct pci_range *bar = &function->bars[i];
		char digit[2] = { (char)('0' + i), '\0' };

		if (bar->bytes < PAGE_SIZE || bar->base + bar->bytes > ADDRESS_MAX)
			continue;
		status = grants_add_own(grants, grants_name(grants, "pci.bar.", digit),
					k_physical_carve(HANDLE_PHYSICAL, bar->base, bar->bytes),
					RIGHT_READ | RIGHT_WRITE | RIGHT_MANAGE);
	}
	return status;
}

static status_t add_configuration(struct grants *grants, const struct program *program, uint16_t place)
{
	uint8_t copy[PCI_CONFIGURATION_BYTES];
	struct call_result made = k_object_create(program->account, 1, 0);
	status_code_t status = grants_add_own(grants, "pci.configuration", made, RIGHT_READ);

	if (status != STATUS_OK)
		return status;
	pci_copy(&pci_ports, place, copy);
	return call_status(k_object_write(call_handle(made), 0, own_address(copy), sizeof copy));
}

static status_t add_function(struct grants *grants, const struct program *program)
{
	const struct manifest_pci *wanted = &program->manifest->pci;
	struct pci_function function;
	status_code_t status;

	if (!pci_find(&pci_ports, wanted->vendor, wanted->devices, wanted->device_count, &function))
		return STATUS_NOT_FOUND;
	grants->has_device = true;
	grants->device_place = function.place;
	pci_enable(&pci_ports, &function);
	status = add_bars(grants, &function);
	if (status == STATUS_OK)
		status = add_configuration(grants, program, function.place);
	if (status == STATUS_OK && function.msix != 0)
		status = grants_add_own(grants, "irq",
					k_irq_create(HANDLE_SYSTEM, IRQ_MSI, grants->events, DEVICE_BIT),
					RIGHT_READ | RIGHT_MANAGE);
	return status;
}

/* The supervisor keeps a handle of its own: frames that a device may still write to must not become free. */
static status_t add_dma(struct grants *grants, const struct program *program)
{
	struct call_result made = k_object_create(program->account, program->manifest->dma_pages,
						  OBJECT_CONTIGUOUS);

	if (made.status < 0)
		return call_status(made);
	grants->dma = call_handle(made);
	return grants_add(grants, "dma", grants->dma, RIGHT_READ | RIGHT_WRITE | RIGHT_MANAGE, 0);
}

status_t grants_add_devices(struct grants *grants, const struct programs *programs,
			    const struct program *program)
{
	const struct manifest_program *manifest = program->manifest;
	status_code_t status = STATUS_OK;

	if (manifest->framebuffer)
		status = add_framebuffer(grants, &programs->files->info->framebuffer);
	if (status == STATUS_OK && manifest->dma_pages != 0)
		status = add_dma(grants, program);
	if (status == STATUS_OK && manifest->pci.device_count != 0)
		status = add_function(grants, program);
	return status;
}

void grants_stop_device(uint16_t place)
{
	pci_disable(&pci_ports, place);
	log_info("PCI device %x:%x.%x is switched off", place >> 8, place >> 3 & 31, place & 7);
}
