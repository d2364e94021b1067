/* SPDX-License-Identifier: MIT */
/*
 * chip: see chip.h. While an update is in progress the registers are undefined: the time is read until two readings in a
 * row, both begun outside an update, agree.
 */
#include "chip.h"

#include <string.h>
#include "runtime/driver.h"

#define PORT_INDEX 0x70
#define PORT_DATA 0x71

enum chip_register {
	CHIP_SECOND = 0x00,
	CHIP_MINUTE = 0x02,
	CHIP_HOUR = 0x04,
	CHIP_WEEKDAY = 0x06,
	CHIP_DAY = 0x07,
	CHIP_MONTH = 0x08,
	CHIP_YEAR = 0x09,
	CHIP_A = 0x0a,
	CHIP_B = 0x0b,
	CHIP_CENTURY = 0x32, /* where PCs keep it */
};

#define A_UPDATING 0x80
#define B_SET 0x80
#define B_BINARY 0x04
#define B_24_HOURS 0x02
#define HOUR_PM 0x80
#define UPDATE_READS 100000
#define AGREE_TRIES 16

struct raw_time {
	uint8_t second, minute, hour, day, month, year, century;
};

static uint8_t get(handle_t ports, enum chip_register reg)
{
	port_write8(ports, PORT_INDEX, (uint8_t)reg);
	return port_read8(ports, PORT_DATA);
}

static void put(handle_t ports, enum chip_register reg, uint8_t value)
{
	port_write8(ports, PORT_INDEX, (uint8_t)reg);
	port_write8(ports, PORT_DATA, value);
}

static bool wait_for_update(handle_t ports)
{
	for (int i = 0; i < UPDATE_READS; i++) {
		if (!(get(ports, CHIP_A) & A_UPDATING))
			return true;
	}
	return false;
}

static struct raw_time read_raw(handle_t ports)
{
	return (struct raw_time){
		.second = get(ports, CHIP_SECOND),
		.minute = get(ports, CHIP_MINUTE),
		.hour = get(ports, CHIP_HOUR),
		.day = get(ports, CHIP_DAY),
		.month = get(ports, CHIP_MONTH),
		.year = get(ports, CHIP_YEAR),
		.century = get(ports, CHIP_CENTURY),
	};
}

static int32_t decoded(uint8_t value, bool binary)
{
	return binary ? value : (value >> 4) * 10 + (value & 15);
}

static uint8_t encoded(int32_t value, bool binary)
{
	return (uint8_t)(binary ? value : value / 10 * 16 + value % 10);
}

static int32_t decoded_hour(uint8_t value, uint8_t mode)
{
	int32_t hour = decoded(value & (uint8_t)~HOUR_PM, mode & B_BINARY);

	if (mode & B_24_HOURS)
		return decoded(value, mode & B_BINARY);
	return hour % 12 + ((value & HOUR_PM) ? 12 : 0);
}

static uint8_t encoded_hour(int32_t hour, uint8_t mode)
{
	uint8_t value;

	if (mode & B_24_HOURS)
		return encoded(hour, mode & B_BINARY);
	value = encoded(hour % 12 == 0 ? 12 : hour % 12, mode & B_BINARY);
	return (uint8_t)(value | (hour >= 12 ? HOUR_PM : 0));
}

/* A chip without a century register holds something that is no century there: the year decides. */
static int32_t full_year(const struct raw_time *raw, bool binary)
{
	int32_t year = decoded(raw->year, binary), century = decoded(raw->century, binary);

	if (century >= 19 && century <= 22)
		return century * 100 + year;
	return year + (year < 70 ? 2000 : 1900);
}

static struct calendar_time to_calendar(const struct raw_time *raw, uint8_t mode)
{
	bool binary = (mode & B_BINARY) != 0;

	return (struct calendar_time){
		.year = full_year(raw, binary),
		.month = decoded(raw->month, binary),
		.day = decoded(raw->day, binary),
		.hour = decoded_hour(raw->hour, mode),
		.minute = decoded(raw->minute, binary),
		.second = decoded(raw->second, binary),
	};
}

status_t chip_read(handle_t ports, struct calendar_time *time)
{
	struct raw_time raw, again;
	int tries = 0;

	do {
		if (tries++ == AGREE_TRIES || !wait_for_update(ports))
			return STATUS_IO_ERROR;
		raw = read_raw(ports);
		if (!wait_for_update(ports))
			return STATUS_IO_ERROR;
		again = read_raw(ports);
	} while (memcmp(&raw, &again, sizeof raw) != 0);
	*time = to_calendar(&raw, get(ports, CHIP_B));
	return calendar_is_valid(time) ? STATUS_OK : STATUS_CORRUPT;
}

void chip_write(handle_t ports, const struct calendar_time *time)
{
	uint8_t mode = get(ports, CHIP_B);
	bool binary = (mode & B_BINARY) != 0;

	put(ports, CHIP_B, mode | B_SET);
	put(ports, CHIP_SECOND, encoded(time->second, binary));
	put(ports, CHIP_MINUTE, encoded(time->minute, binary));
	put(ports, CHIP_HOUR, encoded_hour(time->hour, mode));
	put(ports, CHIP_WEEKDAY, encoded(calendar_weekday(time), binary));
	put(ports, CHIP_DAY, encoded(time->day, binary));
	put(ports, CHIP_MONTH, encoded(time->month, binary));
	put(ports, CHIP_YEAR, encoded(time->year % 100, binary));
	put(ports, CHIP_CENTURY, encoded(time->year / 100, binary));
	put(ports, CHIP_B, mode & (uint8_t)~B_SET);
}
