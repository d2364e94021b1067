# SPDX-License-Identifier: MIT
"""check-stack on small programs with one planted fault each, compiled as the kernel is."""
import kernel_stack
import tree

FLAGS = ["-O2", "-g", "-ffreestanding", "-fno-pic", "-no-pie", "-fno-omit-frame-pointer", "-fno-stack-protector", "-mno-red-zone",
         "-fno-asynchronous-unwind-tables", "-fcf-protection=none", "-nostdlib", "-static", "-Wl,--build-id=none", "-Wl,-e,start"]
HEAD = """
#define APART __attribute__((noinline, noclone))
volatile int sink;
APART void leaf(void) { volatile char room[256]; room[0] = 1; sink = room[0]; }
"""
STACK = "stack test 4096 1024: start\n"


def findings(scratch, source, table=STACK):
    (scratch / "a.c").write_text(HEAD + source)
    (scratch / "stack.txt").write_text(table)
    tree.tool(["gcc", *FLAGS, "-o", str(scratch / "a"), str(scratch / "a.c")], "compiling")
    return kernel_stack.check(scratch / "a", scratch / "stack.txt")


def one(found, words):
    assert len(found) == 1 and words in found[0], found


def test_stack_takes_a_small_program(scratch):
    source = "void start(void) { leaf(); if (sink) leaf(); for (;;) ; }"
    assert findings(scratch, source) == []
    assert findings(scratch, source, "stack test 1300 1000: start\n") == []


def test_stack_sees_depth(scratch):
    source = "APART void middle(void) { volatile char room[2900]; room[1] = 1; leaf(); sink = room[1]; }\nvoid start(void) { middle(); sink = 1; }"
    one(findings(scratch, source), "of 3072 bytes, 1024 kept free: start -> middle -> leaf")


def test_stack_sees_a_trap_that_does_not_fit(scratch):
    source = "void trap(void) { leaf(); sink++; }\nvoid start(void) { leaf(); sink++; }"
    assert findings(scratch, source, "stack test 4096 1024: start\ntrap test 700: trap\n") == []
    one(findings(scratch, source, "stack test 4096 1024: start\ntrap test 900: trap\n"), "a trap needs")


def test_stack_sees_recursion(scratch):
    source = """APART int deep(int a);
APART int deeper(int a) { return sink ? a : 3 * deep(a - 1); }
APART int deep(int a) { return a > 3 ? 1 + deeper(a - 1) * 2 : 7; }
void start(void) { sink = deep(sink); }"""
    one(findings(scratch, source), "recursion: deep -> deeper -> deep")


POINTER = "void (*volatile pointer)(void) = leaf;\nvoid start(void) { pointer(); sink = 2; }"


def test_stack_wants_a_line_for_each_pointer(scratch):
    found = findings(scratch, POINTER)
    assert len(found) == 2 and "needs `from start: ...`" in found[0] and "leaf: its address is taken" in found[1], found
    assert findings(scratch, POINTER, STACK + "from start: leaf\n") == []


def test_stack_counts_what_a_pointer_reaches(scratch):
    table = "stack test 1300 1024: start\n"
    one(findings(scratch, POINTER, table + "from start: leaf\n"), "start -> leaf")


def test_stack_sees_lines_that_are_stale(scratch):
    one(findings(scratch, POINTER, STACK + "from start: leaf gone\n"), "no address of a function gone")
    one(findings(scratch, POINTER, STACK + "from start: leaf\nfrom leaf: leaf\n"), "no call through a pointer in leaf")
    one(findings(scratch, POINTER, STACK + "stack other 4096 0: gone\nfrom start: leaf\n"), "there is no function gone")


def test_stack_reads_tables(scratch):
    source = """APART void other(void) { volatile char room[3100]; room[2] = 1; sink = room[2]; }
static void (*const table[])(void) = { leaf, other, leaf };
void start(void) { table[sink](); sink = 2; }"""
    one(findings(scratch, source), "start -> other")


def test_stack_follows_switches(scratch):
    cases = "".join(f"case {i}: leaf(); sink = {i * i + 7}; leaf(); break; " for i in range(12))
    assert findings(scratch, f"void start(void) {{ switch (sink) {{ {cases} }} sink = 1; }}") == []


def test_stack_admits_what_it_cannot_follow(scratch):
    source = 'void start(void) { __asm__ volatile("subq %%rax, %%rsp" ::: "memory"); sink = 1; }'
    one(findings(scratch, source), "cannot follow")
