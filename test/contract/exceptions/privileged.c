/* SPDX-License-Identifier: MIT
 *
 * #GP (vector 13) with error code 0: SIGSEGV SI_KERNEL with address 0 for privileged instructions.
 */
#include "exceptions.h"

FAULTING(halt, "halt_at: hlt");
FAULTING(disable, "disable_at: cli");
FAULTING(enable, "enable_at: sti");
FAULTING(read_cr0, "read_cr0_at: mov %cr0, %rax");
FAULTING(write_cr3, "write_cr3_at: mov %rax, %cr3");
FAULTING(read_dr7, "read_dr7_at: mov %db7, %rax");
FAULTING(read_msr, "mov $0xc0000080, %ecx\n"
		   "read_msr_at: rdmsr");
FAULTING(invalidate, "invalidate_at: invlpg (%rsp)");
FAULTING(load_idt, "load_idt_at: lidt (%rsp)");
FAULTING(return_sys, "return_sys_at: sysretq");
FAULTING(swap_gs, "swap_gs_at: swapgs");

int main(void)
{
	fault_report("hlt", halt, halt_at);
	fault_report("cli", disable, disable_at);
	fault_report("sti", enable, enable_at);
	fault_report("mov from cr0", read_cr0, read_cr0_at);
	fault_report("mov to cr3", write_cr3, write_cr3_at);
	fault_report("mov from dr7", read_dr7, read_dr7_at);
	fault_report("rdmsr", read_msr, read_msr_at);
	fault_report("invlpg", invalidate, invalidate_at);
	fault_report("lidt", load_idt, load_idt_at);
	fault_report("sysret", return_sys, return_sys_at);
	fault_report("swapgs", swap_gs, swap_gs_at);
	return 0;
}
