/* SPDX-License-Identifier: MIT */
/*
 * uart: see uart.h. Register names follow the 16550's data sheet.
 */
#include "uart.h"

#include "runtime/driver.h"

#define CLOCK_HZ 115200u
#define FIFO_BYTES 16
#define SERVICE_ROUNDS 64 /* a device that never stops asking must not stop the driver */

enum uart_register {
	REGISTER_DATA = 0, /* divisor low with LCR_DIVISOR */
	REGISTER_IER = 1,  /* divisor high with LCR_DIVISOR */
	REGISTER_IIR = 2,  /* FCR when written */
	REGISTER_LCR = 3,
	REGISTER_MCR = 4,
	REGISTER_LSR = 5,
	REGISTER_MSR = 6,
	REGISTER_SCRATCH = 7,
};

#define IER_RECEIVE 0x01
#define IER_TRANSMIT 0x02
#define IER_LINE 0x04
#define IER_MODEM 0x08
#define IIR_NONE 0x01
#define FCR_ENABLE 0x01
#define FCR_CLEAR_RECEIVE 0x02
#define FCR_CLEAR_TRANSMIT 0x04
#define FCR_TRIGGER_8 0x80
#define LCR_STOP 0x04
#define LCR_BREAK 0x40
#define LCR_DIVISOR 0x80
#define MCR_DTR 0x01
#define MCR_RTS 0x02
#define MCR_OUT2 0x08 /* lets the interrupt through */
#define LSR_DATA 0x01
#define LSR_OVERRUN 0x02
#define LSR_PARITY 0x04
#define LSR_FRAMING 0x08
#define LSR_BREAK 0x10
#define LSR_FIFO_EMPTY 0x20
#define LSR_IDLE 0x40
#define MSR_CTS 0x10
#define MSR_DSR 0x20
#define MSR_RING 0x40
#define MSR_CARRIER 0x80

static uint8_t get(const struct uart *uart, enum uart_register reg)
{
	return port_read8(uart->ports, (uint16_t)(uart->base + reg));
}

static void put(const struct uart *uart, enum uart_register reg, uint8_t value)
{
	port_write8(uart->ports, (uint16_t)(uart->base + reg), value);
}

static void set_interrupts(struct uart *uart, uint8_t interrupts)
{
	if (uart->interrupts == interrupts)
		return;
	uart->interrupts = interrupts;
	put(uart, REGISTER_IER, interrupts);
}

void uart_read_modem(struct uart *uart)
{
	uint8_t status = get(uart, REGISTER_MSR);
	uint32_t modem = 0;

	modem |= (status & MSR_CTS) ? CONSOLE_MODEM_CTS : 0;
	modem |= (status & MSR_DSR) ? CONSOLE_MODEM_DSR : 0;
	modem |= (status & MSR_RING) ? CONSOLE_MODEM_RING : 0;
	modem |= (status & MSR_CARRIER) ? CONSOLE_MODEM_CARRIER : 0;
	if (modem != uart->state.modem)
		uart->events |= CONSOLE_EVENT_MODEM;
	uart->state.modem = modem;
}

static void count_errors(struct uart *uart, uint8_t line)
{
	if (line & LSR_BREAK) {
		uart->state.breaks++;
		uart->events |= CONSOLE_EVENT_BREAK;
		return;
	}
	uart->state.overruns += (line & LSR_OVERRUN) != 0;
	uart->state.parity_errors += (line & LSR_PARITY) != 0;
	uart->state.framing_errors += (line & LSR_FRAMING) != 0;
	if (line & (LSR_OVERRUN | LSR_PARITY | LSR_FRAMING))
		uart->events |= CONSOLE_EVENT_ERRORS;
}

static void receive_byte(struct uart *uart, uint8_t line)
{
	uint8_t byte = get(uart, REGISTER_DATA);

	if ((line & LSR_BREAK) || !(uart->line.control & CONSOLE_CONTROL_RECEIVE))
		return;
	uart->state.received++;
	if (ring_used(&uart->input) == 0)
		uart->events |= CONSOLE_EVENT_READABLE;
	if (!ring_put(&uart->input, byte)) {
		uart->state.overruns++;
		uart->events |= CONSOLE_EVENT_ERRORS;
	}
}

/* Input that finds the ring full stays in the device, which may then hold the sender off. */
static void ask_for_interrupts(struct uart *uart)
{
	uint8_t wanted = IER_LINE | IER_MODEM;

	if (ring_room(&uart->input) != 0)
		wanted |= IER_RECEIVE;
	if (uart->transmitting)
		wanted |= IER_TRANSMIT;
	set_interrupts(uart, wanted);
}

void uart_input_taken(struct uart *uart)
{
	ask_for_interrupts(uart);
}

static bool may_send(const struct uart *uart)
{
	if (uart->paused || ring_used(&uart->output) == 0)
		return false;
	return !(uart->line.control & CONSOLE_CONTROL_RTS_CTS) || (uart->state.modem & CONSOLE_MODEM_CTS);
}

/* Fills the empty transmit FIFO. */
static void send_some(struct uart *uart)
{
	uint8_t bytes[FIFO_BYTES];
	uint32_t count = may_send(uart) ? ring_take(&uart->output, bytes, sizeof bytes) : 0;

	for (uint32_t i = 0; i < count; i++)
		put(uart, REGISTER_DATA, bytes[i]);
	uart->state.sent += count;
	uart->transmitting = count != 0;
	ask_for_interrupts(uart);
}

/* One look at the device; false when it wants nothing. */
static bool service_once(struct uart *uart)
{
	uint8_t cause = get(uart, REGISTER_IIR), line;

	if (cause & IIR_NONE)
		return false;
	line = get(uart, REGISTER_LSR);
	count_errors(uart, line);
	for (int i = 0; i < FIFO_BYTES && (line & LSR_DATA) && ring_room(&uart->input) != 0; i++) {
		receive_byte(uart, line);
		line = get(uart, REGISTER_LSR);
		count_errors(uart, line);
	}
	uart_read_modem(uart);
	if (line & LSR_FIFO_EMPTY)
		send_some(uart);
	else
		ask_for_interrupts(uart);
	return true;
}

void uart_service(struct uart *uart)
{
	for (int round = 0; round < SERVICE_ROUNDS && service_once(uart); round++)
		;
}

void uart_kick_output(struct uart *uart)
{
	if (!uart->transmitting && (get(uart, REGISTER_LSR) & LSR_FIFO_EMPTY))
		send_some(uart);
}

static uint8_t line_control(const struct console_line *line)
{
	static const uint8_t parity[] = {
		[CONSOLE_PARITY_NONE] = 0x00, [CONSOLE_PARITY_ODD] = 0x08,   [CONSOLE_PARITY_EVEN] = 0x18,
		[CONSOLE_PARITY_MARK] = 0x28, [CONSOLE_PARITY_SPACE] = 0x38,
	};

	return (uint8_t)((line->data_bits - 5) | (line->stop_bits == 2 ? LCR_STOP : 0) |
			 parity[line->parity]);
}

static void write_modem_control(struct uart *uart)
{
	uint8_t value = MCR_OUT2;

	value |= (uart->line.control & CONSOLE_CONTROL_DTR) ? MCR_DTR : 0;
	value |= (uart->line.control & CONSOLE_CONTROL_RTS) ? MCR_RTS : 0;
	put(uart, REGISTER_MCR, value);
}

static uint32_t divisor_of(uint32_t baud)
{
	uint32_t divisor = (CLOCK_HZ + baud / 2) / baud;

	if (divisor == 0)
		return 1;
	return divisor > 0xffff ? 0xffff : divisor;
}

status_t uart_set_line(struct uart *uart, const struct console_line *line)
{
	uint8_t control;
	uint32_t divisor;

	if (line->data_bits < 5 || line->data_bits > 8 || line->stop_bits < 1 || line->stop_bits > 2)
		return STATUS_INVALID;
	uart->line = *line;
	if (line->baud == 0) {
		uart->line.control &= ~(CONSOLE_CONTROL_DTR | CONSOLE_CONTROL_RTS);
		write_modem_control(uart);
		return STATUS_OK;
	}
	divisor = divisor_of(line->baud);
	uart->line.baud = CLOCK_HZ / divisor;
	control = line_control(line);
	put(uart, REGISTER_LCR, control | LCR_DIVISOR);
	put(uart, REGISTER_DATA, (uint8_t)divisor);
	put(uart, REGISTER_IER, (uint8_t)(divisor >> 8));
	put(uart, REGISTER_LCR, control);
	put(uart, REGISTER_IER, uart->interrupts);
	write_modem_control(uart);
	return STATUS_OK;
}

void uart_set_break(struct uart *uart, bool on)
{
	put(uart, REGISTER_LCR, (uint8_t)(line_control(&uart->line) | (on ? LCR_BREAK : 0)));
}

bool uart_is_drained(struct uart *uart)
{
	return ring_used(&uart->output) == 0 && (get(uart, REGISTER_LSR) & LSR_IDLE) != 0;
}

void uart_clear_transmit_fifo(struct uart *uart)
{
	put(uart, REGISTER_IIR, FCR_ENABLE | FCR_CLEAR_TRANSMIT | FCR_TRIGGER_8);
}

static bool is_there(struct uart *uart)
{
	put(uart, REGISTER_SCRATCH, 0x5a);
	return get(uart, REGISTER_SCRATCH) == 0x5a;
}

status_t uart_start(struct uart *uart, handle_t ports, uint16_t base)
{
	static const struct console_line first = {
		.baud = CLOCK_HZ,
		.data_bits = 8,
		.stop_bits = 1,
		.control = CONSOLE_CONTROL_DTR | CONSOLE_CONTROL_RTS | CONSOLE_CONTROL_RECEIVE,
	};
	status_code_t status;

	uart->ports = ports;
	uart->base = base;
	if (!is_there(uart))
		return STATUS_NOT_FOUND;
	put(uart, REGISTER_IER, 0);
	put(uart, REGISTER_IIR, FCR_ENABLE | FCR_CLEAR_RECEIVE | FCR_CLEAR_TRANSMIT | FCR_TRIGGER_8);
	status = uart_set_line(uart, &first);
	uart_read_modem(uart);
	uart->events = 0;
	set_interrupts(uart, IER_RECEIVE | IER_LINE | IER_MODEM);
	return status;
}
