/* SPDX-License-Identifier: MIT */
/*
 * The tree of regions of an address space: finding, inserting, cutting, joining, and the search for gaps.
 *
 * `gap` of a region is what lies free between it and its lower neighbour (or address 0), less the guard that a region which
 * grows down keeps. Whoever moves a border refreshes the gap of the region and of its upper neighbour.
 */
#include "memory/aspace.h"

static void update_largest_gap(struct tree_node *node)
{
	struct region *region = region_of(node);
	region->largest_gap = region->gap;
	for (int side = TREE_LEFT; side <= TREE_RIGHT; side++) {
		struct region *child = region_of(node->child[side]);
		if (child && child->largest_gap > region->largest_gap)
			region->largest_gap = child->largest_gap;
	}
}

void regions_init(struct aspace *aspace)
{
	aspace->regions = (struct tree){ .root = NULL, .update = update_largest_gap };
	aspace->recent = NULL;
}

struct region *region_above(struct aspace *aspace, uint64_t address)
{
	struct region *best = aspace->recent;
	if (best && best->start <= address && address < best->end)
		return best;
	best = NULL;
	struct tree_node *node = aspace->regions.root;
	while (node) {
		struct region *region = region_of(node);
		if (region->end > address)
			best = region;
		node = node->child[region->end > address ? TREE_LEFT : TREE_RIGHT];
	}
	if (best)
		aspace->recent = best;
	return best;
}

struct region *region_at(struct aspace *aspace, uint64_t address)
{
	struct region *region = region_above(aspace, address);
	return region && region->start <= address ? region : NULL;
}

/* Recompute the free space below a region. */
static void refresh_gap(struct region *region)
{
	if (!region)
		return;
	struct region *lower = region_of(tree_previous(&region->node));
	uint64_t gap = region->start - (lower ? lower->end : 0);
	uint64_t guard = region->flags & MAP_FLAG_GROWS_DOWN ? STACK_GUARD_BYTES : 0;
	region->gap = gap > guard ? gap - guard : 0;
	tree_refresh(&region->aspace->regions, &region->node);
}

/* Add the region's pages to the counters, or with `sign` -1 take them off. */
static void count_region(const struct region *region, int64_t sign)
{
	struct aspace *aspace = region->aspace;
	uint64_t pages = region_pages(region) * (uint64_t)sign;
	aspace->mapped += pages;
	if (region_private(region) && (region->prot & PROT_BIT_WRITE) &&
	    !(region->flags & MAP_FLAG_GROWS_DOWN))
		aspace->data += pages;
	if (region->flags & MAP_FLAG_LOCKED)
		aspace->locked += pages;
	if (aspace->mapped > aspace->peak_mapped)
		aspace->peak_mapped = aspace->mapped;
}

struct region *region_create(struct aspace *aspace, const struct region *model)
{
	struct region *region = kernel_allocate(sizeof *region, aspace->object.account);
	if (!region)
		return NULL;
	*region = *model;
	region->aspace = aspace;
	if (region->object)
		object_get(&region->object->object);
	return region;
}

void region_free(struct region *region)
{
	if (region->object)
		object_put(&region->object->object);
	kernel_free(region, sizeof *region, region->aspace->object.account);
}

void region_insert(struct region *region)
{
	struct aspace *aspace = region->aspace;
	struct tree_node *parent = NULL, *node = aspace->regions.root;
	int side = TREE_LEFT;
	while (node) {
		parent = node;
		side = region_of(node)->start < region->start ? TREE_RIGHT : TREE_LEFT;
		node = node->child[side];
	}
	region->gap = region->largest_gap = 0;
	tree_insert(&aspace->regions, parent, side, &region->node);
	if (region->object)
		list_append(&region->object->regions, &region->object_link);
	aspace->region_count++;
	count_region(region, 1);
	refresh_gap(region);
	refresh_gap(region_next(region));
}

void region_destroy(struct region *region)
{
	struct aspace *aspace = region->aspace;
	struct region *upper = region_next(region);
	count_region(region, -1);
	aspace->region_count--;
	if (aspace->recent == region)
		aspace->recent = NULL;
	tree_remove(&aspace->regions, &region->node);
	refresh_gap(upper);
	if (region->object)
		list_remove(&region->object_link);
	region_free(region);
}

void region_resize(struct region *region, uint64_t start, uint64_t end)
{
	count_region(region, -1);
	if (region->object)
		region->offset += start - region->start;
	region->start = start;
	region->end = end;
	count_region(region, 1);
	refresh_gap(region);
	refresh_gap(region_next(region));
}

void region_change(struct region *region, uint32_t prot, uint32_t flags)
{
	count_region(region, -1);
	region->prot = (uint8_t)prot;
	region->flags = flags;
	count_region(region, 1);
	refresh_gap(region);
}

struct region *region_split(struct region *region, uint64_t address)
{
	struct region *upper = region_create(region->aspace, region);
	if (!upper)
		return NULL;
	upper->start = address;
	if (upper->object)
		upper->offset += address - region->start;
	upper->flags &= ~MAP_FLAG_GROWS_DOWN;
	region_resize(region, region->start, address);
	region_insert(upper);
	return upper;
}

static bool joinable(const struct region *lower, const struct region *upper)
{
	return lower->end == upper->start && lower->object == upper->object && lower->tag == upper->tag &&
	       lower->prot == upper->prot && lower->max_prot == upper->max_prot &&
	       (lower->flags & ~MAP_FLAG_GROWS_DOWN) == upper->flags &&
	       (!lower->object || lower->offset + (lower->end - lower->start) == upper->offset);
}

/* The lower one takes the upper one's place too. */
static struct region *join(struct region *lower, struct region *upper)
{
	uint64_t end = upper->end;
	region_destroy(upper);
	region_resize(lower, lower->start, end);
	return lower;
}

struct region *region_merge(struct region *region)
{
	struct region *upper = region_next(region);
	if (upper && joinable(region, upper))
		region = join(region, upper);
	struct region *lower = region_of(tree_previous(&region->node));
	if (lower && joinable(lower, region))
		region = join(lower, region);
	return region;
}

static status_t cut_at(struct aspace *aspace, uint64_t address)
{
	struct region *region = region_at(aspace, address);
	if (!region || region->start == address)
		return STATUS_OK;
	return region_split(region, address) ? STATUS_OK : STATUS_NO_MEMORY;
}

status_t regions_cut(struct aspace *aspace, uint64_t start, uint64_t end)
{
	status_code_t status = cut_at(aspace, start);
	return status ? status : cut_at(aspace, end);
}

bool region_range_free(struct aspace *aspace, uint64_t start, uint64_t end)
{
	struct region *region = region_above(aspace, start);
	return !region || region->start >= end;
}

/* Highest region of a subtree with a gap of `length`; the subtree has one. */
static struct region *highest_gap_below(struct tree_node *node, uint64_t length)
{
	for (;;) {
		struct region *right = region_of(node->child[TREE_RIGHT]);
		if (right && right->largest_gap >= length)
			node = &right->node;
		else if (region_of(node)->gap >= length)
			return region_of(node);
		else
			node = node->child[TREE_LEFT];
	}
}

/* The highest region at or below `region` with a gap of `length`; NULL: none. */
static struct region *previous_gap(struct region *region, uint64_t length)
{
	struct tree_node *node = &region->node;
	for (;;) {
		if (region_of(node)->gap >= length)
			return region_of(node);
		struct region *left = region_of(node->child[TREE_LEFT]);
		if (left && left->largest_gap >= length)
			return highest_gap_below(&left->node, length);
		while (node->parent && node->parent->child[TREE_LEFT] == node)
			node = node->parent;
		node = node->parent;
		if (!node)
			return NULL;
	}
}

/* Last region that starts below an address. */
static struct region *region_below(struct aspace *aspace, uint64_t address)
{
	struct region *upper = region_above(aspace, address - 1);
	if (upper && upper->start < address)
		return upper;
	return region_of(upper ? tree_previous(&upper->node) : tree_last(&aspace->regions));
}

static uint64_t lowest_allowed(const struct region *region)
{
	return region->start - (region->flags & MAP_FLAG_GROWS_DOWN ? STACK_GUARD_BYTES : 0);
}

uint64_t region_find_gap(struct aspace *aspace, uint64_t length, uint64_t low, uint64_t high)
{
	if (high < length || high - length < low)
		return 0;
	struct region *region = region_below(aspace, high);
	struct region *upper = region ? region_next(region) : region_of(tree_first(&aspace->regions));
	uint64_t top = upper && lowest_allowed(upper) < high ? lowest_allowed(upper) : high;
	if (top >= length && top - length >= (region ? region->end : 0))
		return top - length >= low ? top - length : 0;
	region = region ? previous_gap(region, length) : NULL;
	if (!region)
		return 0;
	uint64_t place = lowest_allowed(region) - length;
	return place >= low ? place : 0;
}
