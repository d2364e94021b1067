/* SPDX-License-Identifier: MIT */
/*
 * manifest: which programs run, and exactly which rights each of them gets. Read from a Lua policy
 * (policy/manifest.lua shows the form) into plain structs; what is malformed, unknown or too much is refused with a
 * reason. Pure: it makes no kernel calls.
 */
#ifndef LICHEN_SUPERVISOR_MANIFEST_H
#define LICHEN_SUPERVISOR_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi/status.h"

#define MANIFEST_PROGRAMS 24
#define MANIFEST_NAME 32
#define MANIFEST_PATH 64
#define MANIFEST_CALLS 8
#define MANIFEST_RANGES 8
#define MANIFEST_MEMORY 4
#define MANIFEST_OPTIONS 8
#define MANIFEST_DEVICES 4
#define MANIFEST_DMA_PAGES 1024
/* The supervisor's own name and endpoint: anyone's to call, nobody's to have. */
#define MANIFEST_SUPERVISOR "supervisor"

/* The program calls endpoint `endpoint` through its handle "<name>.endpoint". */
struct manifest_call {
	char name[MANIFEST_NAME];
	char endpoint[MANIFEST_NAME];
};

/* Ports, or physical memory, granted under a name. */
struct manifest_range {
	char name[MANIFEST_NAME];
	uint64_t first, count;
};

struct manifest_option {
	char name[MANIFEST_NAME];
	char value[MANIFEST_PATH];
};

/* A function of a PCI device: the first with this vendor and one of these device numbers. */
struct manifest_pci {
	uint16_t vendor;
	uint16_t devices[MANIFEST_DEVICES];
	uint32_t device_count; /* 0: none is wanted */
};

struct manifest_quota {
	uint64_t frames, objects, guaranteed; /* UINT64_MAX: unlimited */
};

struct manifest_program {
	char name[MANIFEST_NAME];
	char file[MANIFEST_PATH];   /* in the boot archive */
	char serves[MANIFEST_NAME]; /* name of its endpoint, "": none */
	uint8_t level;              /* LEVEL_SERVER or LEVEL_DRIVER */
	bool fpu;
	bool vital;         /* its end is the end of the system */
	bool optional;      /* may be missing in the archive */
	bool acpi;          /* reads the firmware's tables */
	bool framebuffer;   /* owns the screen that the boot loader left */
	bool events;        /* gets a notification "events" */
	int32_t irq;        /* interrupt line, -1: none */
	uint32_t dma_pages; /* contiguous memory that its device may access, 0: none */
	struct manifest_pci pci;
	uint32_t system_rights; /* RIGHT_* on system control, 0: none */
	uint32_t account_rights;
	uint32_t held_kinds;  /* bit of each enum object_kind that it may make or receive */
	uint64_t stack_bytes; /* 0: as the loader thinks */
	struct manifest_quota quota;
	struct manifest_call calls[MANIFEST_CALLS];
	struct manifest_range ports[MANIFEST_RANGES];
	struct manifest_range physical[MANIFEST_RANGES];
	char memory[MANIFEST_MEMORY][MANIFEST_NAME]; /* "boot.module", "boot.info" */
	struct manifest_option options[MANIFEST_OPTIONS];
	uint32_t call_count, port_count, physical_count, memory_count, option_count;
};

struct manifest {
	struct manifest_program programs[MANIFEST_PROGRAMS];
	uint32_t program_count;
};

#define MANIFEST_ERROR_BYTES 240

/* Reads a policy's text. `name` starts with "@", as errors want it. INVALID with the reason in `error`; NO_MEMORY. */
status_t manifest_read(const char *name, const char *text, size_t bytes, struct manifest *manifest,
		       char error[MANIFEST_ERROR_BYTES]);

#endif
