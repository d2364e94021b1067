/* SPDX-License-Identifier: MIT */
/*
 * Memory objects, address spaces and the pager protocol: flags and argument blocks.
 */
#ifndef LICHEN_ABI_MEMORY_H
#define LICHEN_ABI_MEMORY_H

#include "types.h"

/* object_create flags */
#define OBJECT_PAGED 0x1u      /* pages come from a pager: object_create_paged only */
#define OBJECT_CONTIGUOUS 0x2u /* physically contiguous, present at once: DMA pools */

/* State of one page of an object; lives in the object's index beside the frame. */
enum page_state {
	PAGE_ABSENT = 0,           /* anonymous object: reads as zeros; paged object: must be requested */
	PAGE_REQUESTED = 1,        /* a request is with the pager */
	PAGE_CLEAN_UNRESERVED = 2, /* mapped read-only; a write asks the pager MAKE_WRITABLE */
	PAGE_CLEAN_WRITABLE = 3,   /* space is reserved; a write makes it dirty */
	PAGE_DIRTY = 4,
	PAGE_WRITING = 5, /* write-back in progress; a write marks it dirty again afterwards */
	PAGE_ERROR = 6,   /* the pager could not supply it: the waiters saw PAGER_ERROR */
};

/* Memory access bits, of regions and faults. */
#define PROT_BIT_READ 1u
#define PROT_BIT_WRITE 2u
#define PROT_BIT_EXEC 4u

/* aspace_map flags */
#define MAP_FLAG_FIXED 0x01u      /* at address, replacing what is there */
#define MAP_FLAG_NOREPLACE 0x02u  /* at address, or EXISTS */
#define MAP_FLAG_SHARED 0x04u     /* writes reach the object; else private copy-on-write */
#define MAP_FLAG_GROWS_DOWN 0x08u /* a fault in the gap below extends the region, down to its limit */
#define MAP_FLAG_POPULATE 0x10u   /* make all pages present now */
#define MAP_FLAG_LOCKED 0x20u     /* count against the locked limit and populate */
#define MAP_FLAG_WIPE_ON_FORK 0x40u
#define MAP_FLAG_NO_FORK 0x80u
#define MAP_FLAG_PREMAP 0x100u /* map the object's resident pages at once */

/* Argument of aspace_map; answers the address. */
struct map_request {
	uint64_t address;    /* page aligned; a hint without FIXED or NOREPLACE, 0: anywhere */
	uint64_t length;     /* bytes, page aligned, not 0 */
	handle_t object;     /* HANDLE_NONE: anonymous zeros */
	uint32_t prot;       /* PROT_BIT_* */
	uint64_t offset;     /* into the object, page aligned */
	uint32_t flags;      /* MAP_FLAG_* */
	uint32_t max_prot;   /* what aspace_protect may ever give; 0: READ|WRITE|EXEC as the handle allows */
	uint64_t tag;        /* the holder's id for the region; split regions keep it; 0: untagged */
	uint64_t low, high;  /* search window without FIXED; high 0: the default top-down window */
	uint64_t grow_limit; /* lowest address a GROWS_DOWN region may reach */
};

/* aspace_query fills this with the first region that ends above an address. */
struct region_info {
	uint64_t start, end; /* bytes */
	uint64_t offset;
	uint64_t tag;
	uint64_t object_id; /* 0: anonymous */
	uint32_t prot;
	uint32_t flags;
	uint64_t resident_pages;
	uint64_t private_pages; /* of these, pages of the address space's own */
};

/* aspace_info fills this. */
struct aspace_info {
	uint64_t mapped_bytes;
	uint64_t resident_pages;
	uint64_t private_pages;
	uint64_t data_bytes; /* private writable */
	uint64_t locked_bytes;
	uint64_t peak_mapped_bytes, peak_resident_pages;
	uint64_t table_pages; /* page tables below the top one */
	uint64_t regions;
	uint64_t minor_faults, major_faults;
};

/* aspace_limit: which limit */
enum aspace_limit { LIMIT_MAPPED = 0, LIMIT_DATA = 1, LIMIT_LOCKED = 2, LIMIT_REGIONS = 3, LIMIT_COUNT };

/* aspace_advise */
enum advice {
	ADVICE_DISCARD = 1,       /* drop private pages and mappings; they refault */
	ADVICE_POPULATE_READ = 2, /* fault in for reading */
	ADVICE_POPULATE_WRITE = 3,
	ADVICE_WIPE_ON_FORK = 4,
	ADVICE_KEEP_ON_FORK = 5,
	ADVICE_NO_FORK = 6,
	ADVICE_DO_FORK = 7,
	ADVICE_LOCK = 8,
	ADVICE_UNLOCK = 9,
};

/* What a pager is asked; object_requests fills an array of these. */
enum page_request_kind { REQUEST_PAGE = 1, REQUEST_WRITABLE = 2 };

struct page_request {
	uint64_t cookie; /* of the object, as given to object_create_paged */
	uint64_t page;   /* first page */
	uint32_t count;  /* pages wanted, at least 1 */
	uint32_t kind;
};

/* object_supply flags */
#define SUPPLY_WRITABLE 0x1u /* space is reserved: clean-writable; else clean-unreserved */
#define SUPPLY_ERROR 0x2u    /* cannot: waiters get PAGER_ERROR; no source */

struct object_info {
	uint64_t pages;
	uint64_t resident_pages;
	uint64_t dirty_pages;
	uint64_t object_id;
	uint64_t mappings; /* regions that map it */
	uint64_t writers;  /* of these, shared ones that may be written or become so */
	uint64_t handles;  /* handles and other references to it */
};

/* One piece of a vectored copy between the caller and a guest; an array of these is the argument. */
struct copy_piece {
	uint64_t guest;  /* gaddr_t value */
	uint64_t own;    /* address in the calling domain, or byte offset in the object for object copies */
	uint64_t length; /* bytes */
};

#define COPY_PIECES_MAX 64u

/* aspace_copy, aspace_copy_object flags */
#define COPY_TO_GUEST 0x1u /* else from the guest */
#define COPY_NOFAULT 0x2u  /* stop short instead of faulting a page in */
#define COPY_FORCE 0x4u    /* as a debugger: ignores write protection, copies privately (needs MANAGE) */

#endif
