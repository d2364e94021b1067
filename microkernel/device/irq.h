/* SPDX-License-Identifier: MIT */
/*
 * Operations on interrupt objects (struct irq: device.h), for the calls and for tests.
 */
#ifndef LICHEN_DEVICE_IRQ_H
#define LICHEN_DEVICE_IRQ_H

#include "device/device.h"

/* A new interrupt, bound to nothing: call irq_bind next. *status is STATUS_OK before the call. NOT_FOUND: no interrupt
   controller has the line; EXISTS: somebody has it; LIMIT: no vector is left; NO_MEMORY. */
struct irq *irq_create(uint32_t line, struct account *account, status_code_t *status);
void irq_bind(struct irq *irq, struct notification *notification, uint64_t bits);
void irq_acknowledge(struct irq *irq);

#endif
