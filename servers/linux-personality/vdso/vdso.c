/* SPDX-License-Identifier: MIT */
/*
 * The vDSO as the personality sees it: bytes to keep in a memory object and to map.
 */
#include "vdso/vdso.h"

#include "core/errno.h"
#include "memory/mm.h"
#include "memory/tags.h"
#include "process/create.h"
#include "runtime/kernel.h"

/* The build names the file. */
__asm__(".pushsection .rodata\n"
	"vdso_image: .incbin \"" VDSO_IMAGE "\"\n"
	"vdso_image_end:\n"
	".popsection");

extern const uint8_t vdso_image[], vdso_image_end[];

static handle_t page_object, image_object;

int vdso_init(handle_t clock_page)
{
	uint64_t bytes = (uint64_t)(vdso_image_end - vdso_image);
	struct call_result made, written;
	if (bytes > PAGE_SIZE)
		return -E2BIG;
	made = k_object_create(personality_account, 1, 0);
	if (made.status < 0)
		return errno_from_status(made.status);
	written = k_object_write(call_handle(made), 0, own_address(vdso_image), bytes);
	if (written.status < 0 || written.value != bytes) {
		k_handle_close(call_handle(made));
		return written.status < 0 ? errno_from_status(written.status) : -EIO;
	}
	image_object = call_handle(made);
	page_object = clock_page;
	return 0;
}

static status_code_t map_page(struct mm *mm, const struct map_request *wanted)
{
	struct map_request request = *wanted;
	request.length = PAGE_SIZE;
	request.flags = MAP_FLAG_NOREPLACE | MAP_FLAG_PREMAP;
	return (status_code_t)k_aspace_map(mm->aspace, own_address(&request)).status;
}

int vdso_map(struct mm *mm, uint64_t address)
{
	const struct map_request page = {
		.address = address,
		.object = page_object,
		.prot = PROT_BIT_READ,
		.max_prot = PROT_BIT_READ,
		.tag = TAG_VVAR,
	};
	const struct map_request image = {
		.address = address + PAGE_SIZE,
		.object = image_object,
		.prot = PROT_BIT_READ | PROT_BIT_EXEC,
		.tag = TAG_VDSO,
	};
	status_code_t status = map_page(mm, &page);
	if (!status)
		status = map_page(mm, &image);
	if (!status)
		mm->vdso = image.address;
	return status == STATUS_EXISTS ? 0 : errno_from_status(status);
}
